// `tiegel remove`: forgets a model and frees the bytes that no other model needs. Servers that have it in service are
// named, since they go on with what they have loaded and cannot load it again.

import { openCatalog } from '../catalog/index.ts';
import { runningServers } from '../host/index.ts';
import type { CommandContext, ExitCode } from './command.ts';
import { formatBytes } from './terminal.ts';

export async function runRemove(
  { environment, terminal, clock }: CommandContext,
  model: string,
): Promise<ExitCode> {
  const { blobs, bytes } = openCatalog({ home: environment.home, clock }).variants.remove(model);
  const inService = runningServers(environment.home).filter(({ models }) => models.includes(model));
  for (const { process, url } of inService) {
    terminal.note(
      `${terminal.bad('Warning')}: ${model} is in service at ${url} (process ${process}). That server keeps serving it until it unloads it. To stop it now, run tiegel revoke or restart the server.`,
    );
  }
  terminal.print(`Removed ${model}; ${formatBytes(bytes)} in ${blobs} files freed.`);
  terminal.result({ model, blobs, bytes, inService });
  return 0;
}
