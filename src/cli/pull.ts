// `tiegel pull`: fetches a model into the catalog, where it waits in quarantine. The only command that connects to
// another machine by itself; what was fetched is kept when it is interrupted.

import { parseDigest } from '../base/index.ts';
import {
  fitModel,
  isFamily,
  measureMemoryBandwidth,
  openCatalog,
  publishedModelOf,
  variantOfFamily,
} from '../catalog/index.ts';
import { llamaDoctor, runtimeBuildOf } from '../engine/index.ts';
import { fetchIntoCatalog, findModel, machineOf, measuredSpeeds } from '../host/index.ts';
import type { CommandContext, ExitCode } from './command.ts';
import { printImported } from './print-variant.ts';
import { formatBytes, type Terminal } from './terminal.ts';

type PullFlags = { readonly name?: string; readonly sha256?: string; readonly base?: string };

export async function runPull(context: CommandContext, given: string, flags: PullFlags): Promise<ExitCode> {
  const { environment, terminal, clock, signal, onProgress } = context;
  const reference = await referenceFor(context, given);
  await noteWhatDoesNotFit(terminal, reference);
  const catalog = openCatalog({ home: environment.home, clock });
  const variant = await fetchIntoCatalog({ environment, clock }, catalog, reference, {
    signal,
    name: flags.name,
    base: flags.base === undefined ? undefined : await findModel(catalog, flags.base),
    digest: flags.sha256 === undefined ? undefined : parseDigest(flags.sha256.toLowerCase()),
    onProgress: ({ done, total }) => onProgress({ doing: 'Pulling', count: { done, total, unit: 'bytes' } }),
  });
  onProgress(null);
  printImported(terminal, variant);
  return 0;
}

/** A family without a size means what `tiegel fit` takes of it here. */
async function referenceFor(
  { environment, clock, terminal, onProgress }: CommandContext,
  given: string,
): Promise<string> {
  if (!isFamily(given)) return given;
  onProgress({ doing: 'Measuring memory bandwidth' });
  const runtime = await llamaDoctor();
  const machine = machineOf(runtime, await measureMemoryBandwidth(runtime.physicalCores));
  onProgress(null);
  const catalog = openCatalog({ home: environment.home, clock });
  const speedOf = measuredSpeeds(catalog, runtimeBuildOf(runtime));
  const chosen = variantOfFamily(given, machine, { speedOf });
  if (chosen === undefined) return given;
  terminal.note(`Pulling ${chosen.reference}. ${chosen.reason}`);
  return chosen.reference;
}

/** No refusal: it may be fetched for another machine, as a bundle. */
async function noteWhatDoesNotFit(terminal: Terminal, reference: string): Promise<void> {
  const model = publishedModelOf(reference);
  if (model === undefined) return;
  const { fits, needs, budget } = fitModel(model, machineOf(await llamaDoctor(), null));
  if (fits) return;
  const needed = `${formatBytes(needs.total)} with the shortest useful context, and only ${formatBytes(budget)} are available`;
  terminal.note(`This machine cannot serve ${reference}: it needs ${needed}. See: tiegel fit`);
}
