// `tiegel inspect` of a safetensors file: what its header says, and whether its numbers and texts are sound.
import { reviewSafetensors } from '../assess/index.ts';
import { digestOfFile } from '../base/index.ts';
import { openSafetensors } from '../formats/index.ts';
import type { CommandContext, ExitCode } from './command.ts';

const longestText = 70;

export async function inspectSafetensors(
  { terminal, onProgress }: CommandContext,
  path: string,
  flags: { readonly tensors?: true },
): Promise<ExitCode> {
  using file = openSafetensors(path);
  const { findings } = await reviewSafetensors(path, (done, total) =>
    onProgress({ doing: 'Checking', count: { done, total, unit: 'tensors' } }),
  );
  onProgress(null);
  const problems = findings.filter(({ verdict }) => verdict === 'fail').map(({ reason }) => reason);
  const digest = await digestOfFile(path);
  const tensors = [...file.tensors.values()];
  const parameters = tensors.reduce((sum, { shape }) => sum + shape.reduce((a, b) => a * b, 1), 0);

  const { bold, dim } = terminal;
  terminal.print(`${bold(path)}`);
  terminal.print(`safetensors, ${tensors.length} tensors, ${parameters.toLocaleString('en')} parameters`);
  terminal.print(`sha256 ${digest}`);
  terminal.print(`\n${bold('Metadata')}`);
  for (const [key, text] of file.metadata) terminal.print(`  ${shown(key).padEnd(42)} ${shown(text)}`);
  if (flags.tensors) {
    terminal.print(`\n${bold('Tensors')} ${dim('(row length last)')}`);
    for (const { name, type, shape, byteLength } of tensors)
      terminal.print(
        `  ${shown(name).padEnd(48)} ${type.padEnd(8)} [${shape.join(', ')}]  ${byteLength} bytes`,
      );
  }
  terminal.print(`\n${bold('Sound')}`);
  terminal.print(
    problems.length === 0
      ? '  yes; `tiegel convert` makes a GGUF file of its directory'
      : `  no: ${problems.join('\n      ')}`,
  );
  const metadata = Object.fromEntries(file.metadata);
  terminal.result({ path, digest, format: 'safetensors', parameters, metadata, tensors, problems });
  return problems.length === 0 ? 0 : 1;
}

/** Names and texts may hold whatever a terminal obeys. */
function shown(text: string): string {
  const plain = text.slice(0, longestText).replaceAll(/[\p{C}\p{Zl}\p{Zp}]/gu, '\uFFFD');
  return text.length > longestText ? `${plain}… (${text.length} characters)` : plain;
}
