// `tiegel inspect`: what a GGUF or safetensors file holds, read by the bounded readers and never by native code.
import { digestOf, digestOfFile, TiegelError } from '../base/index.ts';
import {
  furtherTemplates,
  type Gguf,
  type GgufValue,
  modelFileKind,
  openGguf,
  optionalString,
  readDecoder,
  templateFor,
} from '../formats/index.ts';
import type { CommandContext, ExitCode } from './command.ts';
import { inspectSafetensors } from './inspect-safetensors.ts';

/** What stands in the way of serving a file; empty where nothing does. */
type Problems = readonly string[];

export async function runInspect(
  context: CommandContext,
  path: string,
  flags: { readonly tensors?: true },
): Promise<ExitCode> {
  if (modelFileKind(path) === 'safetensors') return inspectSafetensors(context, path, flags);
  const { terminal } = context;
  using gguf = openGguf(path);
  const digest = await digestOfFile(path);
  const template = optionalString(gguf, 'tokenizer.chat_template');
  const problems = problemsOf(gguf, template);
  const parameters = gguf.tensors.reduce((sum, { shape }) => sum + shape.reduce((a, b) => a * b, 1), 0);

  const { bold, dim } = terminal;
  terminal.print(`${bold(path)}`);
  terminal.print(
    `GGUF version ${gguf.version}, ${gguf.tensors.length} tensors, ${parameters.toLocaleString('en')} parameters`,
  );
  terminal.print(`sha256 ${digest}`);
  terminal.print(`\n${bold('Metadata')}`);
  for (const [key, value] of gguf.metadata) terminal.print(`  ${key.padEnd(42)} ${describeValue(value)}`);
  if (flags.tensors) {
    terminal.print(`\n${bold('Tensors')} ${dim('(row length first)')}`);
    for (const { name, type, shape, byteLength } of gguf.tensors) {
      terminal.print(`  ${name.padEnd(28)} ${type.padEnd(6)} [${shape.join(', ')}]  ${byteLength} bytes`);
    }
  }
  terminal.print(`\n${bold('Can be served')}`);
  terminal.print(
    problems.length === 0 ? '  nothing in the file prevents it' : `  no: ${problems.join('\n      ')}`,
  );
  terminal.result({
    path,
    digest,
    version: gguf.version,
    parameters,
    metadata: Object.fromEntries([...gguf.metadata].map(([key, value]) => [key, describeValue(value)])),
    tensors: gguf.tensors,
    chatTemplate: template === undefined ? null : digestOf(template),
    problems,
  });
  return problems.length === 0 ? 0 : 1;
}

function problemsOf(gguf: Gguf, template: string | undefined): Problems {
  const checks = [() => readDecoder(gguf), () => templateFor(template ?? '')];
  const further = furtherTemplates(gguf).map(
    ({ key }) => `the file holds a further chat template under ${key}`,
  );
  const wrong = checks.flatMap((check) => {
    try {
      check();
      return [];
    } catch (error) {
      if (TiegelError.isInstance(error)) return [error.message];
      throw error;
    }
  });
  return [...wrong, ...further];
}

const longestValue = 70;

/** One line for a value: long texts are cut, arrays are counted. */
function describeValue({ value, ...type }: GgufValue): string {
  if (type.type === 'array') return `${(value as { length: number }).length} × ${type.elementType}`;
  const text = type.type === 'string' ? JSON.stringify(value) : String(value);
  return text.length > longestValue ? `${text.slice(0, longestValue)}… (${text.length} characters)` : text;
}
