// The environment of the child process: what finding libraries and devices needs, and nothing else, so that a
// compromised runtime finds no keys in it. Not covered: files that the same operating-system user may read.

const passedOn: readonly string[] = [
  'PATH',
  'LD_LIBRARY_PATH',
  'CUDA_PATH',
  'CUDA_VISIBLE_DEVICES',
  'GGML_VK_VISIBLE_DEVICES',
  'VK_ICD_FILENAMES',
  'TMPDIR',
  'TEMP',
  'TMP',
  'SystemRoot',
  'windir',
];

/** The variables of `environment` that a child may see. */
export function childEnvironment(environment: NodeJS.ProcessEnv): Record<string, string> {
  const kept = passedOn.map((name) => [name, environment[name]] as const);
  return Object.fromEntries(kept.filter((entry): entry is [string, string] => entry[1] !== undefined));
}
