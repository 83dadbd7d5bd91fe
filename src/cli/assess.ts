// `tiegel assess`: runs a battery on a model and prints its verdict. Only a pass leaves an admission record.

import { type Battery, exitCodeOf, quickBattery } from '../assess/index.ts';
import { TiegelError } from '../base/index.ts';
import { openCatalog } from '../catalog/index.ts';
import type { CommandContext, ExitCode } from './command.ts';
import { assessModel, findModel, servingConfiguration } from './local-models.ts';
import { printAssessment } from './print-assessment.ts';

export async function runAssess(
  context: CommandContext,
  model: string | undefined,
  flags: { readonly battery: string },
): Promise<ExitCode> {
  const { environment, terminal, clock } = context;
  const battery = batteryNamed(flags.battery);
  const catalog = openCatalog({ home: environment.home, clock });
  const variant = await findModel(catalog, model);
  const serving = await servingConfiguration();
  const assessment = await assessModel(context, catalog, variant, serving, battery);
  printAssessment(terminal, variant.name, battery, assessment);
  terminal.result(assessment);
  return exitCodeOf(assessment.verdict);
}

const batteries: readonly Battery[] = [quickBattery];

function batteryNamed(name: string): Battery {
  const battery = batteries.find((candidate) => candidate.name === name);
  if (battery) return battery;
  const known = batteries.map((candidate) => candidate.name).join(', ');
  throw new TiegelError('TGL_USAGE', { problem: `There is no battery ${name}; the batteries are ${known}.` });
}
