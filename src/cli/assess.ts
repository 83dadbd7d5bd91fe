// `tiegel assess`: runs a battery on a model and prints its verdict. Only a pass leaves an admission record.

import { type Battery, exitCodeOf, quickBattery, remoteBattery } from '../assess/index.ts';
import { type Digest, parseDigest, TiegelError } from '../base/index.ts';
import { openCatalog, type Variant } from '../catalog/index.ts';
import type { CommandContext, ExitCode } from './command.ts';
import { assessModel, findModel, servingConfiguration } from './local-models.ts';
import { printAssessment } from './print-assessment.ts';
import { assessRemoteModel, findRemote } from './remote-models.ts';

export async function runAssess(
  context: CommandContext,
  model: string | undefined,
  flags: { readonly battery?: string; readonly allowTemplate?: string },
): Promise<ExitCode> {
  const { environment, terminal, clock } = context;
  const catalog = openCatalog({ home: environment.home, clock });
  const remote = findRemote(catalog, model);
  if (remote !== undefined) {
    if (flags.allowTemplate !== undefined) throw wrongTemplate(`${remote.name} is rendered by its server`);
    batteryNamed(flags.battery ?? remoteBattery.name, [remoteBattery]);
    const assessment = await assessRemoteModel(context, catalog, remote);
    printAssessment(terminal, remote.name, remoteBattery, assessment);
    terminal.result(assessment);
    return exitCodeOf(assessment.verdict);
  }
  const battery = batteryNamed(flags.battery ?? quickBattery.name, [quickBattery]);
  const variant = await findModel(catalog, model);
  const allowed = allowedTemplate(variant, flags.allowTemplate);
  const serving = await servingConfiguration(variant);
  const assessment = await assessModel(context, catalog, variant, serving, battery, allowed);
  printAssessment(terminal, variant.name, battery, assessment);
  terminal.result(assessment);
  return exitCodeOf(assessment.verdict);
}

/** The operator's word for a template, which is about one text only and so for the model that has it. */
function allowedTemplate({ name, manifest }: Variant, flag: string | undefined): Digest | undefined {
  if (flag === undefined) return undefined;
  const allowed = parseDigest(flag);
  const { digest, family } = manifest.chatTemplate;
  if (family !== null) throw wrongTemplate(`that of ${name} is of the vetted family ${family}`);
  if (allowed !== digest) throw wrongTemplate(`that of ${name} has the digest ${digest}`);
  return allowed;
}

function wrongTemplate(problem: string): TiegelError {
  return new TiegelError('TGL_USAGE', { problem: `--allow-template is for another template: ${problem}.` });
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
