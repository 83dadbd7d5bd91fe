// `tiegel list`: the models that are here or on servers and whether they may be served, the names that can be pulled, and
// what is damaged.

import { outdatedSince } from '../assess/quick.ts';
import { oneLine } from '../base/index.ts';
import { admittedBy, byWhoseWord, type Catalog, knownModels, openCatalog } from '../catalog/index.ts';
import { lastRuntimeBuild, servedAttention, servingOn } from '../host/quick.ts';
import type { CommandContext, ExitCode } from './command.ts';
import { printRemotes } from './print-remotes.ts';
import { formatBytes } from './terminal.ts';

type Recorded = Awaited<ReturnType<Catalog['admissions']['unverifiedRecordOf']>>;

export async function runList({ environment, terminal, clock }: CommandContext): Promise<ExitCode> {
  const catalog = openCatalog({ home: environment.home, clock, outdated: outdatedSince });
  const { variants, damaged } = catalog.variants.list();
  const width = Math.max(0, ...variants.map(({ name }) => name.length));
  const runtimeBuild = variants.length === 0 ? '' : await lastRuntimeBuild(environment);
  const here: object[] = [];
  terminal.print(
    `${terminal.bold('On this machine')} ${terminal.dim(`(${byWhoseWord(catalog.officer.read())})`)}`,
  );
  if (variants.length === 0) terminal.print('  no models yet');
  for (const variant of variants) {
    const { name, manifest } = variant;
    const { weights, quantisation, chatTemplate } = manifest;
    const serving = servingOn(
      { ...environment, runtimeBuild, ...servedAttention(environment, variant, runtimeBuild) },
      variant,
    );
    const admission = await catalog.admissions.unverifiedRecordOf(variant, serving);
    const facts = [
      formatBytes(weights.bytes).padStart(10),
      quantisation.padEnd(6),
      chatTemplate.family ?? '–',
    ];
    terminal.print(`  ${name.padEnd(width)}  ${facts.join('  ')}  ${stateText(admission)}`);
    here.push({ ...manifest, admission });
  }
  for (const { name, problem } of damaged) terminal.print(`  ${terminal.bad(name)}: ${problem}`);
  const remotes = catalog.remotes.list();
  if (remotes.models.length + remotes.damaged.length > 0) {
    terminal.print(`\n${terminal.bold('On servers')}`);
    printRemotes(terminal, remotes);
  }
  terminal.print(`\n${terminal.bold('Known names')} ${terminal.dim('(tiegel pull NAME, or NAME-q8_0)')}`);
  for (const { name, model, license } of knownModels) {
    terminal.print(`  ${name.padEnd(18)} ${model.padEnd(30)} ${license}`);
  }
  terminal.result({
    variants: here,
    remotes: remotes.models.map(({ manifest }) => manifest),
    damaged: [...damaged, ...remotes.damaged],
    known: knownModels,
  });
  return damaged.length + remotes.damaged.length === 0 ? 0 : 1;
}

/** Why something waits in quarantine is told by `tiegel show`. */
function stateText(recorded: Recorded): string {
  if (!('admitted' in recorded))
    return `admitted until ${recorded.expires.slice(0, 10)} ${admittedBy(recorded)}`;
  const { state, reason } = recorded;
  return state === 'quarantined' ? state : `${state}: ${oneLine(reason)}`;
}
