// Calibrations that a server is started with: each is read once, has to be signed by this installation and made for a model as it is
// served now, and is given up, until the next start, once what it does has drifted from what it was selected on.
import { readFileSync } from 'node:fs';
import type { Logger } from 'pino';
import { TiegelError } from '../base/index.ts';
import type { Catalog } from '../catalog/index.ts';
import type { EffortPolicies, EffortPolicy, Gauge, ModelDirectory, TurnStrategy } from '../gateway/index.ts';
import { type Calibration, type DriftWatch, readCalibration, watchDrift } from '../meter/index.ts';
import { describeStrategy } from '../reasoning/index.ts';
import { answerChecks } from '../tasks/index.ts';

export type EffortPolicySource = {
  readonly catalog: Pick<Catalog, 'signingKey'>;
  readonly models: Pick<ModelDirectory, 'resolve'>;
  readonly maxSamples: number;
  readonly logger: Pick<Logger, 'warn'>;
};

export type OpenedPolicies = {
  /** Undefined where there is no calibration. */
  readonly policies: EffortPolicies | undefined;
  readonly gauges: () => readonly Gauge[];
  /** What each of them did since the start. */
  readonly states: () => readonly PolicyState[];
};

export type PolicyState = Pick<Calibration, 'model' | 'effort' | 'made'> & {
  readonly replies: number;
  readonly drifted: boolean;
};

type Kept = {
  readonly calibration: Calibration;
  readonly watch: DriftWatch | undefined;
  replies: number;
  isGivenUp: boolean;
};

/**
 * @param files of `tiegel meter calibrate`; those without an effort hold for every level that has none of its own
 * @throws TGL_CALIBRATION_INVALID for one that cannot be read, was changed, is of another installation, model or way of serving it,
 *   or needs more samples than a request may have
 */
export async function openEffortPolicies(
  files: readonly string[],
  source: EffortPolicySource,
): Promise<OpenedPolicies> {
  const kept = new Map<string, Kept>();
  for (const file of files) {
    const calibration = await usableCalibration(file, source);
    const name = nameOf(calibration.model, calibration.effort);
    if (kept.has(name)) throw invalid(file, 'another one is of the same model and effort');
    const { expected } = calibration;
    const watch = expected === null ? undefined : watchDrift(expected);
    kept.set(name, { calibration, watch, replies: 0, isGivenUp: false });
  }
  if (kept.size === 0) return { policies: undefined, gauges: () => [], states: () => [] };
  return {
    policies: (model, effort, question) => {
      const found = kept.get(nameOf(model, effort)) ?? kept.get(nameOf(model, null));
      if (found === undefined || found.isGivenUp) return undefined;
      return policyOf(found, question, source.logger);
    },
    gauges: () => gaugesOf([...kept.values()]),
    states: () =>
      [...kept.values()].map(({ calibration: { model, effort, made }, replies, isGivenUp }) => {
        return { model, effort, made, replies, drifted: isGivenUp };
      }),
  };
}

async function usableCalibration(
  file: string,
  { catalog, models, maxSamples }: EffortPolicySource,
): Promise<Calibration> {
  const calibration = readCalibration(file, textOf(file), catalog.signingKey);
  const { model, admissionKey, selected } = calibration;
  const served = await models.resolve(model);
  if (served === undefined || 'notAdmitted' in served) throw invalid(file, `${model} is not served`);
  if (served.admitted.admissionKey !== admissionKey)
    throw invalid(file, `${model} was calibrated as it was served before, and is served in another way now`);
  const needed =
    'most' in selected
      ? selected.most
      : selected.type === 'early'
        ? selected.maxProbes + 1
        : selected.type === 'cascade'
          ? selected.budgets.length
          : 1;
  if (needed > maxSamples)
    throw invalid(file, `it takes ${needed} samples, of which TIEGEL_MAX_SAMPLES allows ${maxSamples}`);
  return calibration;
}

function policyOf(kept: Kept, question: string, logger: Pick<Logger, 'warn'>): EffortPolicy | undefined {
  const { calibration } = kept;
  const { selected, checker, temperature } = calibration;
  const checks =
    selected.type === 'verify' || (selected.type === 'cascade' && selected.accept.type === 'check');
  if (checks && (checker === null || answerChecks.get(checker)?.(question) === undefined)) return undefined;
  const draws = selected.type === 'vote' || selected.type === 'verify' || selected.type === 'plain';
  return {
    strategy: turnStrategyOf(calibration),
    temperature: draws ? temperature : 0,
    maxThinkingTokens: selected.type === 'cap' ? selected.budget : undefined,
    note: ({ strategy, thinking }) => {
      kept.replies++;
      const settled =
        selected.type === 'cap' ? thinking.stoppedBy === 'budget' : strategy?.stoppedBy === 'rule';
      kept.watch?.add(settled);
      const drift = kept.watch?.found() ?? null;
      if (drift === null || kept.isGivenUp) return;
      kept.isGivenUp = true;
      const { model, effort } = calibration;
      const said = { model, effort, strategy: describeStrategy(selected), drift, replies: kept.replies };
      logger.warn(said, 'the strategy of an effort policy is not used any more: calibrate the model again');
    },
  };
}

function turnStrategyOf({ selected, answer, checker }: Calibration): TurnStrategy | undefined {
  switch (selected.type) {
    case 'greedy':
    case 'plain':
    case 'cap':
      return undefined;
    case 'vote': {
      const { rule, most, gate, breakOff } = selected;
      return { type: 'vote', rule, answer, gate, breakOff, maxSamples: most, atOnce: 1 };
    }
    case 'verify':
      return { type: 'verify', checker: checker ?? '', maxSamples: selected.most, atOnce: 1 };
    case 'cascade': {
      const { budgets, accept } = selected;
      return {
        ...{ type: 'cascade', budgets },
        accept: accept.type === 'check' ? { type: 'check', checker: checker ?? '' } : accept,
      };
    }
    case 'early':
      return { ...selected, answer, probe: { begins: '', maxTokens: maxProbeTokens } };
  }
}

/** As they were drawn when it was calibrated. */
const maxProbeTokens = 512;

function gaugesOf(all: readonly Kept[]): readonly Gauge[] {
  const labelled = (of: (kept: Kept) => number) =>
    all.map((kept) => ({
      labels: { model: kept.calibration.model, effort: kept.calibration.effort ?? 'any' },
      value: of(kept),
    }));
  return [
    {
      name: 'tiegel_effort_policy_replies',
      help: 'Replies that a calibrated strategy was used for since the start.',
      values: labelled(({ replies }) => replies),
    },
    {
      name: 'tiegel_effort_policy_drifted',
      help: '1 where a calibrated strategy is not used any more, since what it does has drifted.',
      values: labelled(({ isGivenUp }) => Number(isGivenUp)),
    },
  ];
}

/** A calibration has a few kilobytes for each hundred tasks. */
const maxFileBytes = 64 * 1024 * 1024;

function textOf(file: string): string {
  try {
    const text = readFileSync(file, 'utf8');
    if (text.length > maxFileBytes) throw new Error(`it has more than ${maxFileBytes} characters`);
    return text;
  } catch (cause) {
    throw invalid(file, cause instanceof Error ? cause.message : String(cause));
  }
}

function nameOf(model: string, effort: string | null): string {
  return `${model}\n${effort ?? ''}`;
}

function invalid(file: string, problem: string): TiegelError {
  return new TiegelError('TGL_CALIBRATION_INVALID', { file, problem });
}
