// What of the engine bench runs: all of it, or what its arguments name.
import { parseArgs } from 'node:util';

export type BenchOptions = {
  readonly models: readonly string[];
  /** Sequences at the same time. */
  readonly counts: readonly number[];
  readonly parts: readonly Part[];
  /** Of each figure; undefined: as the model's size allows. */
  readonly rounds: number | undefined;
  /** After so many seconds a figure gets no further round. */
  readonly seconds: number;
};

type Part = 'decode' | 'waits' | 'aborts';
const parts: readonly Part[] = ['decode', 'waits', 'aborts'];

const usage = `Usage: npm run bench -- engine [--model NAME]... [--at COUNT]... [--part ${parts.join('|')}]...
       [--rounds COUNT] [--seconds COUNT]`;

/** @throws RangeError with the usage */
export function readOptions(
  args: readonly string[],
  models: readonly string[],
  counts: readonly number[],
): BenchOptions {
  const options = { type: 'string', multiple: true } as const;
  const { values } = parseArgs({
    args: [...args],
    options: {
      model: options,
      at: options,
      part: options,
      rounds: { type: 'string' },
      seconds: { type: 'string' },
    },
  });
  return {
    models: chosen(values.model, models),
    counts: chosen(values.at?.map(Number), counts),
    parts: chosen(values.part, parts),
    rounds: values.rounds === undefined ? undefined : wholeNumber(values.rounds),
    seconds: values.seconds === undefined ? Number.POSITIVE_INFINITY : wholeNumber(values.seconds),
  };
}

function chosen<Value>(wanted: readonly unknown[] | undefined, known: readonly Value[]): readonly Value[] {
  if (wanted === undefined) return known;
  const unknown = wanted.find((value) => !known.some((one) => one === value));
  if (unknown !== undefined)
    throw new RangeError(`${String(unknown)} is none of ${known.join(', ')}\n${usage}`);
  return known.filter((value) => wanted.includes(value));
}

function wholeNumber(text: string): number {
  if (!/^[1-9]\d{0,5}$/.test(text)) throw new RangeError(`${text} is no count\n${usage}`);
  return Number(text);
}
