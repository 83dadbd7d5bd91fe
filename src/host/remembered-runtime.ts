// What the runtime on this machine said of itself when it was last asked, kept in the data directory. It is forgotten when
// a package that brings it changes; a GPU that came or went since is noticed by whoever asks anew.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeDirectory, readPackageFile, writeFileAtomically } from '../base/index.ts';

const { dependencies, optionalDependencies } = readPackageFile();
// The builds for all platforms are of one version.
const packageVersion = `koffi ${dependencies.koffi}, libraries ${optionalDependencies['@node-llama-cpp/linux-x64']}`;

/** @throws TGL_DISK_FULL, TGL_FILE_NOT_WRITABLE */
export function rememberRuntime(home: string, build: string): void {
  if (rememberedRuntime(home) === build) return;
  makeDirectory(home, 0o700);
  writeFileAtomically(pathOf(home), `${JSON.stringify({ package: packageVersion, build })}\n`);
}

/** Undefined where nobody has asked yet, or another version of the package was asked. */
export function rememberedRuntime(home: string): string | undefined {
  try {
    const note = JSON.parse(readFileSync(pathOf(home), 'utf8')) as { package?: unknown; build?: unknown };
    const sound = note.package === packageVersion && typeof note.build === 'string';
    return sound ? (note.build as string) : undefined;
  } catch {
    return undefined;
  }
}

function pathOf(home: string): string {
  return join(home, 'runtime.json');
}
