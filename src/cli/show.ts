// `tiegel show`: what is known about a model, whether it is admitted, and its card.

import { outdatedSince } from '../assess/index.ts';
import { oneLine, placeText } from '../base/index.ts';
import {
  type AdmissionRecord,
  admittedBy,
  byWhoseWord,
  openCatalog,
  placesOfEndpoints,
  type RemoteModel,
  type ServingConfiguration,
} from '../catalog/index.ts';
import { describeLayout } from '../engine/index.ts';
import {
  findModel,
  findRemote,
  type LayoutInForce,
  layoutInForce,
  remoteServing,
  servingConfiguration,
} from '../host/index.ts';
import { readContentFilter } from '../reasoning/index.ts';
import type { CommandContext, ExitCode } from './command.ts';
import { printRemote } from './print-remotes.ts';
import { printVariant } from './print-variant.ts';
import type { Terminal } from './terminal.ts';

export async function runShow(
  { environment, terminal, clock }: CommandContext,
  model: string,
  { filter = [] }: { readonly filter?: readonly string[] },
): Promise<ExitCode> {
  const catalog = openCatalog({ home: environment.home, clock, outdated: outdatedSince });
  const remote = findRemote(catalog, model);
  if (remote !== undefined) return showRemote(terminal, remote, remoteServing(environment, remote));
  const variant = await findModel(catalog, model);
  const serving = await servingConfiguration(environment, variant, filter.map(readContentFilter));
  const admission = await catalog.admissions.admit(variant, serving);
  const card = await catalog.variants.cardOf(variant);
  printVariant(terminal, variant);
  const here = { region: environment.region ?? null, operator: null, ownHardware: true };
  terminal.print(`  ${'place'.padEnd(9)} ${placeText(here)}`);
  terminal.print(`  ${'traces'.padEnd(9)} ${tracesText(serving)}`);
  const layout = layoutInForce(environment, variant, serving.runtimeBuild);
  terminal.print(`  ${'layout'.padEnd(9)} ${layoutText(layout)}`);
  const state = admission.admitted
    ? terminal.good(`admitted until ${admission.variant.record.expires}`) +
      `, ${oneLine(admittedBy(admission.variant.record))}`
    : `${admission.state}: ${oneLine(admission.reason)}`;
  terminal.print(`  ${'state'.padEnd(9)} ${state}`);
  terminal.print(`  ${'word'.padEnd(9)} ${oneLine(byWhoseWord(catalog.officer.read()))}`);
  if (admission.admitted)
    for (const weaker of admission.variant.record.policy?.screens?.weaker ?? [])
      terminal.print(`  ${'weaker'.padEnd(9)} ${oneLine(weaker)}`);
  const elsewhere = await catalog.bundles.importedRecordOf(variant);
  if (elsewhere !== null) terminal.print(`  ${'elsewhere'.padEnd(9)} ${oneLine(importedText(elsewhere))}`);
  if (card !== null) terminal.print(`\n${card}`);
  terminal.result({
    manifest: variant.manifest,
    traces: { watermark: serving.watermark ?? null, coins: serving.coins ?? [] },
    layout: layout.record.state === 'measured' ? layout.record.measured : layout.wishes,
    admission: admission.admitted ? admission.variant.record : admission,
    card,
    importedRecord: elsewhere,
  });
  return 0;
}

/** Its server is not asked; whether it still answers as it did is found out when it is served. */
function showRemote(terminal: Terminal, remote: RemoteModel, serving: ServingConfiguration): ExitCode {
  printRemote(terminal, remote);
  terminal.print(`    traces: ${tracesText(serving)}`);
  const traces = { watermark: null, coins: serving.coins ?? [] };
  terminal.result({ manifest: remote.manifest, places: placesOfEndpoints(remote.manifest), traces });
  return 0;
}

/** In which layout it runs in the embedded engine, and how that is known. */
function layoutText({ wishes, record }: LayoutInForce): string {
  if (record.state === 'damaged') return `the usual one; what was measured cannot be read: ${record.problem}`;
  if (record.state === 'unknown') {
    const said = Object.entries(wishes).map(([part, value]) => `${part} ${value}`);
    return said.length === 0
      ? 'the usual one, not measured here'
      : `${said.join(', ')} by TIEGEL_LAYOUT, otherwise usual`;
  }
  const { usual, chosen, at } = record.measured;
  const isUsual = describeLayout(usual) === describeLayout(chosen);
  return `${describeLayout(chosen)}: ${isUsual ? 'the usual one' : 'fastest'}, measured ${new Date(at).toISOString().slice(0, 10)}`;
}

/** What its replies carry, so that it can be proven later who learned from them; replies do not say so. */
function tracesText({ watermark, coins = [] }: ServingConfiguration): string {
  const traces = [
    ...(watermark === undefined ? [] : [`a mark in ${100 * watermark.share} % of the tokens`]),
    ...(coins.length === 0 ? [] : [`coins (${coins.join(', ')})`]),
  ];
  return traces.join(' and ') || 'none in replies';
}

/** One line on what another machine says; whoever wrote the bundle may have written anything. */
function importedText(text: string): string {
  const { record, publicKey } = JSON.parse(text) as Partial<{
    record: Partial<AdmissionRecord>;
    publicKey: string;
  }>;
  const battery = `${record?.battery?.name ?? 'unnamed'} ${record?.battery?.version ?? ''}`.trim();
  return `says the holder of key ${String(publicKey).slice(0, 16)}: passed ${battery} at ${record?.issued}; counts for nothing here`;
}
