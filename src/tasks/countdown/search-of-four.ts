// The search that a trace of four numbers shows: each difference of two of them in turn takes their place, and the three numbers that are
// then there are searched as in a problem of three. In about three of four problems that can be solved one of the six differences
// leads to a solution; what needs another first step is not found, which is said.
//
//   8-2=6: 6 5 11
//   6: 15+ 27- | 5+11=16 no 11-5=6 no 5*11=55 no
//   ...
import type { Language } from '../task.ts';
import { stepText } from './guesses.ts';
import { type Hit, renderSearch, type SearchLine, search } from './search.ts';

type FirstStep = { readonly left: number; readonly right: number; readonly value: number };

type Attempt = {
  readonly first: FirstStep;
  readonly numbers: readonly [number, number, number];
  readonly lines: readonly SearchLine[];
};

export type HitOfFour = { readonly first: FirstStep; readonly hit: Hit };

/** The attempts up to the first hit, which is the last line of the last one if there is one. */
function attemptsAt(numbers: readonly number[], target: number): readonly Attempt[] {
  const attempts: Attempt[] = [];
  for (const [position, one] of numbers.entries()) {
    for (let second = position + 1; second < numbers.length; second++) {
      const other = numbers[second] as number;
      const [left, right] = one < other ? [other, one] : [one, other];
      const rest = numbers.filter((_, index) => index !== position && index !== second);
      const three = [left - right, ...rest] as unknown as readonly [number, number, number];
      const lines = search(three, target);
      attempts.push({ first: { left, right, value: left - right }, numbers: three, lines });
      if (lines.at(-1)?.hit) return attempts;
    }
  }
  return attempts;
}

/** What the search of four numbers finds; undefined where no difference leads to a solution. */
export function hitOfFour(numbers: readonly number[], target: number): HitOfFour | undefined {
  const last = attemptsAt(numbers, target).at(-1);
  const hit = last?.lines.at(-1)?.hit;
  return last === undefined || !hit ? undefined : { first: last.first, hit };
}

/** The search as the text of a trace. */
export function searchOfFourText(numbers: readonly number[], target: number, language: Language): string {
  return attemptsAt(numbers, target)
    .map(
      ({ first, numbers: three, lines }) =>
        `${stepText({ ...first, operator: '-' })}: ${three.join(' ')}\n${renderSearch(lines, target, language)}`,
    )
    .join('\n');
}
