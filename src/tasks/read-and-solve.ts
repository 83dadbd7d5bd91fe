// Solves problems of two tasks from their wording alone, for servers in tests that stand in for a model which can: problems of a
// battery are drawn anew each time, so that nobody has their answers ready.
import { chainWords } from './chain-arithmetic/words.ts';

/** Undefined for any other text. */
export function readAndSolve(question: string): string | undefined {
  const factors = question.match(/^\D*(\d+)\D+(\d+)\D*$/);
  const isChain = /\b(has|hat)\b/.test(question);
  if (!isChain) return factors === null ? undefined : String(Number(factors[1]) * Number(factors[2]));
  const start = question.match(/\d+/);
  return start === null ? undefined : String(valueAfter(question, Number(start[0])));
}

function valueAfter(question: string, start: number): number {
  const events = (['en', 'de'] as const).flatMap((language) => {
    const { gain, lose, times, each } = chainWords[language];
    const amountsBehind = (verb: string, sign: number) =>
      [...question.matchAll(new RegExp(`(?<!\\p{L})${verb} (\\d+)(?: \\p{L}+ ${each} (\\d+))?`, 'gu'))].map(
        ({ index, 1: groups, 2: size = '1' }) => ({
          ...{ index, add: sign * Number(groups) * Number(size), factor: 1 },
        }),
      );
    return [
      ...gain.flatMap(({ before }) => amountsBehind(before, 1)),
      ...lose.flatMap(({ before }) => amountsBehind(before, -1)),
      ...times.flatMap(({ before }, verb) => {
        const index = question.indexOf(before);
        return index < 0 ? [] : [{ index, add: 0, factor: verb + 2 }];
      }),
    ];
  });
  return events
    .sort((one, other) => one.index - other.index)
    .reduce((value, { add, factor }) => value * factor + add, start);
}
