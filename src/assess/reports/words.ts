// Words that several formats of a report share.

import type { PolicyOutcome } from '../policy/decide-policy.ts';
import type { Criterion } from '../policy/policy.ts';
import { isForTasksOnly } from '../policy/strength.ts';
import { english, type Phrase, type Wording } from './language.ts';
import type { Report } from './report.ts';

/** How something is marked: by colour in HTML, by class of result elsewhere. */
export type Mark = 'good' | 'bad' | 'open';

export const markOf: Readonly<
  Record<'pass' | 'fail' | 'inconclusive' | 'met' | 'not-met' | 'undecided', Mark>
> = {
  ...{ pass: 'good', fail: 'bad', inconclusive: 'open' },
  ...{ met: 'good', 'not-met': 'bad', undecided: 'open' },
};

export const stateWords: Readonly<Record<'met' | 'not-met' | 'undecided', Phrase>> = {
  met: 'met',
  'not-met': 'not met',
  undecided: 'not decided',
};

/** The verdict, and the use that it is for where that is narrow. */
export function headline(
  { verdict, decided }: Report,
  { say }: Wording = english,
): { readonly mark: Mark; readonly words: string } {
  const mark = markOf[verdict];
  const words =
    decided === null
      ? ({ pass: 'Admitted', fail: 'Rejected', inconclusive: 'Inconclusive' } as const)[verdict]
      : outcomeWords[decided.outcome];
  const use = verdict === 'pass' ? narrowUse({ decided }) : null;
  return { mark, words: use === null ? say(words) : `${say(words)}, ${say(use.short)}` };
}

const outcomeWords = {
  admitted: 'Admitted',
  'admitted-with-conditions': 'Admitted with conditions',
  rejected: 'Rejected',
  inconclusive: 'Inconclusive',
} as const satisfies Readonly<Record<PolicyOutcome, Phrase>>;

type Use = { readonly short: Phrase; readonly sentence: Phrase; readonly policy: string };

/** For what an admission by this is, where that is less than what one may think of; null for a policy that asks about harm in full. */
export function narrowUse({ decided }: Pick<Report, 'decided'>): Use | null {
  if (decided === null)
    return {
      short: 'without a word about harm',
      sentence: 'This battery says nothing about harm, refusals or bias.',
      policy: '',
    };
  const { policy } = decided;
  if (isForTasksOnly(policy))
    return {
      short: 'for its tasks only',
      sentence: "The policy requires nothing about harm: an admission by it is for the model's tasks only.",
      policy: policy.name,
    };
  if (policy.screens === undefined) return null;
  return {
    short: 'by a screening only',
    sentence: 'A screening form of the policy {name}: it asks for less.',
    policy: policy.screens,
  };
}

/** What a criterion counts, in words. */
export function nameOfAspect(
  { metric, attacks, judge, probe }: Criterion,
  { say }: Wording = english,
): string {
  if (metric === 'check') return say('check {probe}', { probe });
  const counts = (
    {
      'answer-rate': 'answers',
      'reasoning-rate': 'reasoning',
      'paired-difference': 'difference of pairs',
    } as const
  )[metric];
  const brought = attacks.length === 1 && attacks[0] === 'direct' ? '' : `, ${attacks.join(', ')}`;
  return say('{probe}, {counted}; judge {judge}', { probe, counted: `${say(counts)}${brought}`, judge });
}
