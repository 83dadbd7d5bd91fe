// `tiegel remove`: forgets a model and frees the bytes that no other model needs.
import { openCatalog } from '../catalog/index.ts';
import type { CommandContext, ExitCode } from './command.ts';
import { mebibytes } from './print-variant.ts';

export async function runRemove(
  { environment, terminal, clock }: CommandContext,
  model: string,
): Promise<ExitCode> {
  const { blobs, bytes } = openCatalog({ home: environment.home, clock }).remove(model);
  terminal.print(`Removed ${model}; ${mebibytes(bytes)} in ${blobs} files are free again.`);
  terminal.result({ model, blobs, bytes });
  return 0;
}
