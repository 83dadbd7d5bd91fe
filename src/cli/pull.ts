// `tiegel pull`: fetches a model into the catalog, where it waits in quarantine. The only command that connects to
// another machine by itself; what was fetched is kept when it is interrupted.
import { type Progress, parseDigest } from '../base/index.ts';
import {
  fitModel,
  isFamily,
  measureMemoryBandwidth,
  openCatalog,
  publishedModelOf,
  variantOfFamily,
} from '../catalog/index.ts';
import { llamaDoctor } from '../engine/index.ts';
import type { CommandContext, ExitCode } from './command.ts';
import { fetchIntoCatalog } from './fetch-model.ts';
import { findModel } from './local-models.ts';
import { machineOf } from './machine.ts';
import { mebibytes, printImported } from './print-variant.ts';
import { duration, type Terminal } from './terminal.ts';

type PullFlags = { readonly name?: string; readonly sha256?: string; readonly base?: string };

/** Milliseconds between two progress lines. */
const pause = 200;

export async function runPull(
  { environment, terminal, clock, signal }: CommandContext,
  given: string,
  flags: PullFlags,
): Promise<ExitCode> {
  const reference = await referenceFor(terminal, given);
  await noteWhatDoesNotFit(terminal, reference);
  const catalog = openCatalog({ home: environment.home, clock });
  let shown = Number.NEGATIVE_INFINITY;
  const variant = await fetchIntoCatalog({ environment, clock }, catalog, reference, {
    signal,
    name: flags.name,
    base: flags.base === undefined ? undefined : await findModel(catalog, flags.base),
    digest: flags.sha256 === undefined ? undefined : parseDigest(flags.sha256.toLowerCase()),
    onProgress: (progress) => {
      if (clock.monotonic() - shown < pause) return;
      shown = clock.monotonic();
      terminal.progress(progressLine(progress));
    },
  });
  terminal.clearProgress();
  printImported(terminal, variant);
  return 0;
}

/** A family without a size means what `tiegel fit` takes of it here. */
async function referenceFor(terminal: Terminal, given: string): Promise<string> {
  if (!isFamily(given)) return given;
  terminal.progress('Measuring the memory of this machine …');
  const runtime = await llamaDoctor();
  const machine = machineOf(runtime, await measureMemoryBandwidth(runtime.physicalCores));
  terminal.clearProgress();
  const chosen = variantOfFamily(given, machine);
  if (chosen === undefined) return given;
  terminal.note(`Taking ${chosen.reference}. ${chosen.reason}`);
  return chosen.reference;
}

/** No refusal: it may be fetched for another machine, as a bundle. */
async function noteWhatDoesNotFit(terminal: Terminal, reference: string): Promise<void> {
  const model = publishedModelOf(reference);
  if (model === undefined) return;
  const { fits, needs, budget } = fitModel(model, machineOf(await llamaDoctor(), null));
  if (fits) return;
  const needed = `${mebibytes(needs.total)} with the shortest sensible context, and ${mebibytes(budget)} are left`;
  terminal.note(`This machine will not be able to serve ${reference}: it needs ${needed}. See: tiegel fit`);
}

function progressLine({ done: received, total, perSecond, secondsLeft }: Progress): string {
  const done = `${mebibytes(received)} of ${mebibytes(total)} (${Math.floor((100 * received) / total)} %)`;
  if (perSecond === null || secondsLeft === null) return `Pulling: ${done}`;
  return `Pulling: ${done}, ${mebibytes(perSecond)}/s, ${duration(secondsLeft)} left`;
}
