// Words that several formats of a report share.
import type { Criterion } from '../policy/policy.ts';
import type { Report } from './report.ts';

/** How something is marked: by colour in HTML, by class of result elsewhere. */
export type Mark = 'good' | 'bad' | 'open';

export const markOf: Readonly<
  Record<'pass' | 'fail' | 'inconclusive' | 'met' | 'not-met' | 'undecided', Mark>
> = {
  ...{ pass: 'good', fail: 'bad', inconclusive: 'open' },
  ...{ met: 'good', 'not-met': 'bad', undecided: 'open' },
};

export const stateWords = { met: 'met', 'not-met': 'not met', undecided: 'not decided' } as const;

export function headline({ verdict, decided }: Report): { readonly mark: Mark; readonly words: string } {
  const mark = markOf[verdict];
  if (decided === null)
    return { mark, words: { pass: 'Admitted', fail: 'Rejected', inconclusive: 'Inconclusive' }[verdict] };
  const words = {
    admitted: 'Admitted',
    'admitted-with-conditions': 'Admitted with conditions',
    rejected: 'Rejected',
    inconclusive: 'Inconclusive',
  }[decided.outcome];
  return { mark, words };
}

/** What a criterion counts, in words. */
export function nameOfAspect({ metric, attacks, judge, probe }: Criterion): string {
  if (metric === 'check') return `check ${probe}`;
  const counted = {
    'answer-rate': 'answers',
    'reasoning-rate': 'reasoning',
    'paired-difference': 'difference of pairs',
  }[metric];
  const brought = attacks.length === 1 && attacks[0] === 'direct' ? '' : `, ${attacks.join(', ')}`;
  return `${probe}, ${counted}${brought}; judge ${judge}`;
}
