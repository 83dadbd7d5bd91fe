// `tiegel convert`: a safetensors checkpoint as a GGUF file, which can then be imported.
import { basename, resolve } from 'node:path';
import { TiegelError } from '../base/index.ts';
import { convertCheckpoint, type WritableType, writableTypes } from '../formats/index.ts';
import type { CommandContext, ExitCode } from './command.ts';

type ConvertFlags = { readonly out: string; readonly type: string; readonly name?: string };

export async function runConvert(
  { terminal, signal, onProgress }: CommandContext,
  directory: string,
  flags: ConvertFlags,
): Promise<ExitCode> {
  const type = typeOf(flags.type);
  const { architecture, tensors, parameters } = await convertCheckpoint({
    directory,
    out: flags.out,
    type,
    name: flags.name ?? basename(resolve(directory)),
    signal,
    onProgress: (done, total) => onProgress({ doing: 'Converting', count: { done, total, unit: 'tensors' } }),
  });
  onProgress(null);
  const peakMemoryMiB = Math.round(process.resourceUsage().maxRSS / 1024);
  terminal.print(
    `${terminal.bold(flags.out)}: ${architecture}, ${tensors} tensors, ${parameters.toLocaleString('en')} parameters as ${type}`,
  );
  terminal.print(`\nNext: tiegel import ${flags.out}`);
  terminal.result({ path: flags.out, architecture, type, tensors, parameters, peakMemoryMiB });
  return 0;
}

function typeOf(name: string): WritableType {
  const type = writableTypes.find((known) => known.toLowerCase() === name.toLowerCase());
  if (type) return type;
  const known = writableTypes.map((some) => some.toLowerCase()).join(', ');
  throw new TiegelError('TGL_USAGE', { problem: `--type is ${name}; the types are ${known}.` });
}
