// `tiegel assess`: runs a battery on a model and prints its verdict. Only a pass leaves an admission record.

import {
  type Assessment,
  type Battery,
  exitCodeOf,
  outdatedSince,
  quickBattery,
  readLabels,
  remoteBattery,
} from '../assess/index.ts';
import { type Digest, parseDigest, TiegelError } from '../base/index.ts';
import { openCatalog, type Variant } from '../catalog/index.ts';
import { tiegelTemplate } from '../formats/index.ts';
import {
  assessModel,
  assessRemoteModel,
  findEvidence,
  findModel,
  findRemote,
  forecastLocal,
  forecastRemote,
  openAuxiliaryModel,
  openJudgeModel,
  requireNoDraft,
  servingConfiguration,
} from '../host/index.ts';
import { readContentFilter } from '../reasoning/index.ts';
import { batteryFor, type PolicyFlags, trialOptions } from './assess-battery.ts';
import type { CommandContext, ExitCode } from './command.ts';
import { assessmentJson, printAssessment } from './print-assessment.ts';
import { printForecast } from './print-forecast.ts';
import { printUnmeasured, unmeasuredIn } from './print-unmeasured.ts';
import type { Terminal } from './terminal.ts';

export type AssessFlags = PolicyFlags & {
  readonly battery?: string;
  readonly allowTemplate?: string;
  readonly filter?: readonly string[];
  readonly draft?: string;
};

export async function runAssess(
  context: CommandContext,
  model: string | undefined,
  flags: AssessFlags,
): Promise<ExitCode> {
  const { environment, terminal, clock } = context;
  const catalog = openCatalog({ home: environment.home, clock, outdated: outdatedSince });
  const labels = await readLabels(flags.labels ?? [], (id) => findEvidence(environment.home, id));
  await using attacker =
    flags.attacker === undefined
      ? null
      : openAuxiliaryModel(context, catalog, { flag: '--attacker', name: flags.attacker });
  if (flags.judgeModel === undefined && flags.judgeCriteria !== undefined)
    throw new TiegelError('TGL_USAGE', { problem: '--judge-criteria needs --judge-model.' });
  await using judge =
    flags.judgeModel === undefined
      ? null
      : openJudgeModel(context, catalog, {
          flag: '--judge-model',
          name: flags.judgeModel,
          teachers: flags.teacher ?? [],
        });
  const trials = {
    ...{ ...trialOptions(flags), labels },
    ...(attacker !== null && { attacker }),
    ...(judge !== null && { judge }),
  };
  const filters = (flags.filter ?? []).map(readContentFilter);
  const remote = findRemote(catalog, model);
  if (remote !== undefined) {
    requireNoDraft(remote, flags.draft);
    if (flags.allowTemplate !== undefined)
      throw wrongTemplate(`the server of ${remote.name} renders its prompts`);
    const battery = await batteryFor(flags, remoteBattery, { remote: true, taught: false });
    if (flags.plan && 'policy' in battery)
      return printForecast(
        terminal,
        await forecastRemote(context, catalog, remote, { battery, trials, filters }),
      );
    const assessment = await resumable(context, battery, () =>
      assessRemoteModel(context, catalog, remote, battery, trials, filters),
    );
    return report(terminal, { model: remote.name, battery, flags, assessment });
  }
  const variant = await findModel(catalog, model, flags.draft);
  const taught = variant.manifest.chatTemplate.family === tiegelTemplate.name;
  const battery = await batteryFor(flags, quickBattery, { remote: false, taught });
  const allowed = allowedTemplate(variant, flags.allowTemplate);
  const serving = await servingConfiguration(context.environment, variant, filters);
  const options = { ...(allowed !== undefined && { allowedTemplate: allowed }), filters, trials };
  if (flags.plan && 'policy' in battery)
    return printForecast(
      terminal,
      await forecastLocal(context, catalog, variant, { battery, serving, ...options }),
    );
  const assessment = await resumable(context, battery, () =>
    assessModel(context, catalog, variant, serving, battery, options),
  );
  return report(terminal, { model: variant.name, battery, flags, assessment });
}

/** Says how to go on where trials were interrupted. */
async function resumable<Result>(
  { terminal, signal }: CommandContext,
  battery: Battery,
  run: () => Promise<Result>,
): Promise<Result> {
  try {
    return await run();
  } catch (cause) {
    if (signal.aborted && 'policy' in battery)
      terminal.note('Run the same command with --resume to continue.');
    throw cause;
  }
}

type Reported = {
  readonly model: string;
  readonly battery: Battery;
  readonly flags: PolicyFlags;
  readonly assessment: Assessment;
};

function report(terminal: Terminal, reported: Reported): ExitCode {
  const { model, battery, assessment } = reported;
  printAssessment(terminal, model, battery, assessment);
  printUnmeasured(terminal, reported);
  terminal.result({ ...assessmentJson(assessment), unmeasured: unmeasuredIn(assessment) });
  return exitCodeOf(assessment.verdict);
}

/** The operator's word for a template, which is about one text only and so for the model that has it. */
function allowedTemplate({ name, manifest }: Variant, flag: string | undefined): Digest | undefined {
  if (flag === undefined) return undefined;
  const allowed = parseDigest(flag);
  const { digest, family } = manifest.chatTemplate;
  if (family !== null) throw wrongTemplate(`${name} has a template of the vetted family ${family}`);
  if (allowed !== digest) throw wrongTemplate(`the template of ${name} has the digest ${digest}`);
  return allowed;
}

function wrongTemplate(problem: string): TiegelError {
  return new TiegelError('TGL_USAGE', {
    problem: `--allow-template does not match the template of this model: ${problem}.`,
  });
}
