// `tiegel fit`: what a model takes, what this machine has, the context and thinking that allows, and which variant of a
// family to take. Loads nothing. The exit code is 1 where nothing fits.

import { existsSync } from 'node:fs';
import {
  type Candidate,
  cacheBytesPerToken,
  chooseVariant,
  type Fit,
  filesDigest,
  fitModel,
  type Machine,
  measuredSpeed,
  measuredUses,
  measureMemoryBandwidth,
  openCatalog,
  publishedNames,
  readModel,
} from '../catalog/index.ts';
import { llamaDoctor, type RuntimeFacts, runtimeBuildOf } from '../engine/index.ts';
import { findModel, machineOf, measuredSpeeds } from '../host/index.ts';
import type { CommandContext, ExitCode } from './command.ts';
import { askLocalService, type LocalService, printLocalService } from './local-service.ts';
import { wholeNumber } from './numbers.ts';
import { duration, type Terminal } from './terminal.ts';

type FitFlags = { readonly slots?: string; readonly context?: string; readonly foundry?: string };
type Wishes = { readonly slots?: number; readonly contextLength?: number };

export async function runFit(
  context: CommandContext,
  model: string | undefined,
  flags: FitFlags,
): Promise<ExitCode> {
  const { terminal, onProgress } = context;
  const slots = wholeNumber('--slots', flags.slots, 1, 256);
  const contextLength = wholeNumber('--context', flags.context, 256, 2 ** 24);
  const wishes = {
    ...(slots === undefined ? {} : { slots }),
    ...(contextLength === undefined ? {} : { contextLength }),
  };
  onProgress({ doing: 'Measuring memory bandwidth' });
  const runtime = await llamaDoctor();
  const machine = machineOf(runtime, await measureMemoryBandwidth(runtime.physicalCores));
  onProgress(null);
  const service = flags.foundry === undefined ? undefined : await askLocalService(context, flags.foundry);
  printMachine(terminal, machine, runtime);
  printLocalService(terminal, service);
  const names = model === undefined || existsSync(model) ? [] : publishedNames(model);
  return names.length > 0
    ? fitFamily(context, names, machine, runtime, wishes, service)
    : await fitHere(context, model, machine, runtime, wishes, service);
}

/** A model that lies here. */
async function fitHere(
  { environment, terminal, clock }: CommandContext,
  argument: string | undefined,
  machine: Machine,
  runtime: RuntimeFacts,
  wishes: Wishes,
  service: LocalService | undefined,
): Promise<ExitCode> {
  const catalog = openCatalog({ home: environment.home, clock });
  const variant = await findModel(catalog, argument);
  const { name, manifest } = variant;
  const { weightsPath, adapterPaths } = await catalog.variants.filesOf(variant);
  const model = readModel(weightsPath, adapterPaths);
  const build = runtimeBuildOf(runtime);
  const uses = measuredUses(catalog.home, filesDigest(variant)).filter(
    ({ runtimeBuild }) => runtimeBuild === build,
  );
  const speed = measuredSpeed(catalog.home, filesDigest(variant), build);
  const measuredTokensPerSecond = speed?.rates.find(({ sequences }) => sequences === 1)?.tokensPerSecond;
  const fit = fitModel(model, machine, { ...wishes, uses, measuredTokensPerSecond });
  printFit(terminal, `${name} (${manifest.quantisation})`, fit);
  terminal.print(
    terminal.dim(
      `  Each token takes ${cacheBytesPerToken(model.shape).toLocaleString('en')} bytes of cache: keys and values of ` +
        `${model.shape.layers} layers × ${model.shape.keyValueHeads} heads × ${model.shape.headWidth} elements.`,
    ),
  );
  if (speed === undefined)
    terminal.print(terminal.dim(`  \`tiegel bench ${name}\` measures its speed instead of estimating it.`));
  if (uses.length > 0) terminal.print(terminal.dim(`  Adjusted by ${uses.length} measured loads.`));
  terminal.result({
    machine,
    service,
    model: name,
    fit,
    measuredLoads: uses.length,
    measuredSpeed: speed ?? null,
  });
  return fit.fits ? 0 : 1;
}

/** Published models, which need not be here. */
function fitFamily(
  { environment, terminal, clock }: CommandContext,
  names: readonly string[],
  machine: Machine,
  runtime: RuntimeFacts,
  wishes: Wishes,
  service: LocalService | undefined,
): ExitCode {
  const speedOf = measuredSpeeds(openCatalog({ home: environment.home, clock }), runtimeBuildOf(runtime));
  const { candidates, picked, reason } = chooseVariant(names, machine, { ...wishes, speedOf });
  terminal.print(`\n${terminal.bold('Variants')}`);
  for (const candidate of candidates) terminal.print(`  ${candidateLine(candidate)}`);
  if (picked === null) terminal.print(`\n${terminal.bad('Nothing fits.')} ${reason}`);
  else {
    printFit(terminal, `${picked.name} ${picked.quantisation}`, picked.fit);
    terminal.print(`  ${reason}`);
    const reference = `${picked.name}-${picked.quantisation.toLowerCase()}`;
    terminal.print(terminal.dim(`  To download it: tiegel pull ${reference}`));
  }
  terminal.result({ machine, service, candidates, picked, reason });
  return picked === null ? 1 : 0;
}

function candidateLine({ name, quantisation, fit }: Candidate): string {
  const label = `${name.padEnd(18)} ${quantisation.padEnd(7)} ${gibibytes(fit.needs.weights).padStart(9)}`;
  if (!fit.fits) return `${label}  does not fit`;
  const { slots, contextLength } = fit.size;
  return `${label}  ${slots} × ${contextLength.toLocaleString('en')} tokens, ${speed(fit.tokensPerSecond)}${fit.speedFrom === 'bench' ? ', measured' : ''}`;
}

function printMachine(
  terminal: Terminal,
  machine: Machine,
  { gpu, gpuDevices, physicalCores }: RuntimeFacts,
): void {
  const { memory, bytesPerSecond } = machine;
  const limit = memory.limitedBy === 'control group' ? ', the limit of its control group' : '';
  terminal.print(terminal.bold('This machine'));
  terminal.print(`  memory  ${gibibytes(memory.available)} of ${gibibytes(memory.total)} available${limit}`);
  if (bytesPerSecond !== null) {
    const rate = (bytesPerSecond / 1e9).toFixed(1);
    terminal.print(`  speed   ${rate} GB/s memory bandwidth with ${physicalCores} threads`);
  }
  const devices =
    machine.gpu === null
      ? 'none that the runtime supports'
      : `${gpuDevices.join(', ')} (${gpu}), ${gibibytes(machine.gpu.available)} of ${gibibytes(machine.gpu.total)} free`;
  terminal.print(`  GPU     ${devices}`);
}

function printFit(terminal: Terminal, title: string, fit: Fit): void {
  const { needs, size, budget, place } = fit;
  const line = (name: string, bytes: number): void =>
    terminal.print(`  ${name.padEnd(10)} ${gibibytes(bytes).padStart(9)}`);
  terminal.print(`\n${terminal.bold(title)}`);
  line('weights', needs.weights);
  line('cache', needs.cache);
  line('compute', needs.compute);
  line('runtime', needs.runtime);
  terminal.print(
    `  ${'total'.padEnd(10)} ${gibibytes(needs.total).padStart(9)} of ${gibibytes(budget)} for models (${place})`,
  );
  if (!fit.fits) {
    terminal.print(
      `  ${terminal.bad('does not fit')}, even with ${size.contextLength} tokens and one request`,
    );
    return;
  }
  const { shares, largestContext, tokensPerSecond, speedFrom } = fit;
  const tokens = (count: number): string => count.toLocaleString('en');
  terminal.print(
    `  ${terminal.good('fits')} with ${size.slots} × ${tokens(size.contextLength)} tokens (up to ${tokens(largestContext)}); ` +
      `of each ${tokens(shares.prompt)} for the prompt, ${tokens(shares.thinking)} for thinking, ${tokens(shares.answer)} for the answer`,
  );
  if (tokensPerSecond !== null) {
    const thought = Math.min(usualThinking, shares.thinking);
    const seconds = duration(thought / tokensPerSecond);
    terminal.print(
      `  ${speedFrom === 'bench' ? 'measured' : 'about'} ${speed(tokensPerSecond)}; ${tokens(thought)} tokens of thinking take ${seconds}`,
    );
  }
}

/** Tokens that an R1 distillation thinks about a problem of middling difficulty. */
const usualThinking = 2000;

function speed(tokensPerSecond: number | null): string {
  if (tokensPerSecond === null) return 'speed on GPUs is not estimated';
  return `${Number(tokensPerSecond.toPrecision(2)).toLocaleString('en')} tokens per second`;
}

function gibibytes(bytes: number): string {
  return bytes < 2 ** 30 ? `${(bytes / 2 ** 20).toFixed(0)} MiB` : `${(bytes / 2 ** 30).toFixed(1)} GiB`;
}
