// `tiegel list`: the models that are here, the names that can be pulled, and what is damaged.
import { knownModels, openCatalog } from '../catalog/index.ts';
import type { CommandContext, ExitCode } from './command.ts';
import { mebibytes } from './print-variant.ts';

export async function runList({ environment, terminal, clock }: CommandContext): Promise<ExitCode> {
  const { variants, damaged } = openCatalog({ home: environment.home, clock }).list();
  const width = Math.max(0, ...variants.map(({ name }) => name.length));
  terminal.print(terminal.bold('Here'));
  if (variants.length === 0) terminal.print('  nothing yet');
  for (const { name, manifest } of variants) {
    const { weights, quantisation, chatTemplate } = manifest;
    const facts = [mebibytes(weights.bytes).padStart(10), quantisation.padEnd(6), chatTemplate.family ?? '–'];
    terminal.print(`  ${name.padEnd(width)}  ${facts.join('  ')}`);
  }
  for (const { name, problem } of damaged) terminal.print(`  ${terminal.bad(name)}: ${problem}`);
  terminal.print(`\n${terminal.bold('Known names')} ${terminal.dim('(tiegel pull NAME, or NAME-q8_0)')}`);
  for (const { name, model, license } of knownModels) {
    terminal.print(`  ${name.padEnd(18)} ${model.padEnd(30)} ${license}`);
  }
  terminal.result({ variants: variants.map(({ manifest }) => manifest), damaged, known: knownModels });
  return damaged.length === 0 ? 0 : 1;
}
