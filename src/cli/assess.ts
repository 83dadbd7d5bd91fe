// `tiegel assess`: runs a battery on a model and prints its verdict. Only a pass leaves an admission record.

import { type Battery, exitCodeOf, quickBattery, remoteBattery } from '../assess/index.ts';
import { TiegelError } from '../base/index.ts';
import { openCatalog } from '../catalog/index.ts';
import type { CommandContext, ExitCode } from './command.ts';
import { assessModel, findModel, servingConfiguration } from './local-models.ts';
import { printAssessment } from './print-assessment.ts';
import { assessRemoteModel, findRemote } from './remote-models.ts';

export async function runAssess(
  context: CommandContext,
  model: string | undefined,
  flags: { readonly battery?: string },
): Promise<ExitCode> {
  const { environment, terminal, clock } = context;
  const catalog = openCatalog({ home: environment.home, clock });
  const remote = findRemote(catalog, model);
  if (remote !== undefined) {
    batteryNamed(flags.battery ?? remoteBattery.name, [remoteBattery]);
    const assessment = await assessRemoteModel(context, catalog, remote);
    printAssessment(terminal, remote.name, remoteBattery, assessment);
    terminal.result(assessment);
    return exitCodeOf(assessment.verdict);
  }
  const battery = batteryNamed(flags.battery ?? quickBattery.name, [quickBattery]);
  const variant = await findModel(catalog, model);
  const serving = await servingConfiguration(variant);
  const assessment = await assessModel(context, catalog, variant, serving, battery);
  printAssessment(terminal, variant.name, battery, assessment);
  terminal.result(assessment);
  return exitCodeOf(assessment.verdict);
}

/** Models on servers have a battery of their own: there is no file to review, and their answers are free. */
function batteryNamed(name: string, batteries: readonly Battery[]): Battery {
  const battery = batteries.find((candidate) => candidate.name === name);
  if (battery) return battery;
  const known = batteries.map((candidate) => candidate.name).join(', ');
  throw new TiegelError('TGL_USAGE', {
    problem: `There is no battery ${name} for this model; the batteries are ${known}.`,
  });
}
