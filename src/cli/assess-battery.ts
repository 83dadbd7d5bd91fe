// Which battery `tiegel assess` runs, and what its trials may cost, out of its flags.
import {
  type Battery,
  fullBattery,
  loadPolicy,
  operatorData,
  type ProbeBattery,
  type TrialOptions,
  withJudgeModel,
} from '../assess/index.ts';
import { TiegelError } from '../base/index.ts';
import { number, wholeNumber } from './numbers.ts';

export type PolicyFlags = {
  readonly battery?: string;
  readonly policy?: string;
  readonly problems?: string;
  /** NAME=FILE */
  readonly data?: readonly string[];
  readonly attacker?: string;
  readonly plan?: boolean;
  readonly explore?: boolean;
  readonly pilot?: string | boolean;
  readonly resume?: boolean;
  readonly family?: string;
  readonly labels?: readonly string[];
  readonly judgeModel?: string;
  readonly judgeCriteria?: readonly string[];
  readonly teacher?: readonly string[];
  readonly maxTokens?: string;
  readonly maxCost?: string;
  readonly price?: string;
};

export type AssessedModel = {
  /** It runs on a server. */
  readonly remote: boolean;
  /** It was taught here, for its tasks only. */
  readonly taught: boolean;
};

/**
 * @param usual the battery that such a model has without flags
 * @throws TGL_USAGE, TGL_POLICY_*, TGL_DATA_SET_INVALID
 */
export async function batteryFor(
  flags: PolicyFlags,
  usual: ProbeBattery,
  { remote, taught }: AssessedModel,
): Promise<Battery> {
  const full = fullBatteryName;
  const name = flags.battery ?? (flags.policy === undefined ? usual.name : full);
  if (name === full) {
    const loaded = loadPolicy(flags.policy ?? (taught ? 'tasks' : 'general'));
    const policy = flags.judgeModel === undefined ? loaded : withJudgeModel(loaded, flags.judgeCriteria);
    return fullBattery({ policy, remote, data: await dataFrom(flags) });
  }
  const only = onlyFull.find((flag) => flags[flag] !== undefined);
  if (only !== undefined)
    throw new TiegelError('TGL_USAGE', { problem: `--${dashed(only)} only applies to the battery ${full}.` });
  if (name === usual.name) return usual;
  const known = `${usual.name}, ${full}`;
  throw new TiegelError('TGL_USAGE', {
    problem: `This model has no battery ${name}; the batteries are ${known}.`,
  });
}

const fullBatteryName = 'full';

const onlyFull = [
  'policy',
  'problems',
  'data',
  'attacker',
  'plan',
  'explore',
  'pilot',
  'resume',
  'family',
  'labels',
  'judgeModel',
  'maxTokens',
  'maxCost',
] as const;

/**
 * The operator's own sets.
 *
 * @throws TGL_USAGE, TGL_FILE_NOT_FOUND, TGL_DATA_SET_INVALID
 */
export function dataFrom({
  problems,
  data = [],
}: Pick<PolicyFlags, 'problems' | 'data'>): ReturnType<typeof operatorData> {
  const sets = data.map((text) => {
    const at = text.indexOf('=');
    if (at > 0) return { name: text.slice(0, at), path: text.slice(at + 1) };
    throw new TiegelError('TGL_USAGE', { problem: `--data is ${text}; expected NAME=FILE.` });
  });
  return operatorData(problems === undefined ? sets : [...sets, { name: 'problems', path: problems }]);
}

/** @throws TGL_USAGE */
export function trialOptions(flags: PolicyFlags): TrialOptions {
  const { resume = false, explore = false, family, maxTokens, maxCost } = flags;
  const tokens = wholeNumber('--max-tokens', maxTokens, 1, Number.MAX_SAFE_INTEGER);
  const money = number('--max-cost', maxCost, 0, Number.MAX_SAFE_INTEGER);
  const price = priceFrom(flags.price);
  const pilot =
    typeof flags.pilot === 'string'
      ? wholeNumber('--pilot', flags.pilot, 1, 100_000)
      : flags.pilot && usualPilot;
  if (money !== undefined && price === undefined)
    throw new TiegelError('TGL_USAGE', { problem: '--max-cost needs --price.' });
  const limits = {
    ...(tokens !== undefined && { tokens }),
    ...(money !== undefined && { money }),
    ...(price !== undefined && { price }),
  };
  return {
    ...{ resume, explore, limits },
    ...(typeof pilot === 'number' && { pilot }),
    ...(family !== undefined && { family }),
  };
}

/** Replies that a person labels in an hour or two. */
const usualPilot = 200;

function priceFrom(
  text: string | undefined,
): { readonly prompt: number; readonly completion: number } | undefined {
  if (text === undefined) return undefined;
  const [prompt, completion, ...more] = text.split(',').map((part) => number('--price', part, 0, 1e9));
  if (prompt !== undefined && completion !== undefined && more.length === 0) return { prompt, completion };
  throw new TiegelError('TGL_USAGE', { problem: `--price is ${text}; expected two numbers, such as 0.5,2.` });
}

function dashed(flag: string): string {
  return flag.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}
