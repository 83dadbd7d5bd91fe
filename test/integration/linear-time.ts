// Whether a time grows in proportion to a size, on machines that others use as well.
import { expect } from 'vitest';

/** Time of the fastest of some runs, in milliseconds: clocks of processor time are too coarse on some machines. */
function fastest(run: () => void): number {
  const times = Array.from({ length: 3 }, () => {
    const before = performance.now();
    run();
    return performance.now() - before;
  });
  return Math.min(...times);
}

/**
 * At twice the size at most 2.5 times the time, and two milliseconds for what is too fast to be measured. A machine that is
 * busy makes a measurement longer, never shorter: one good pair of several shows the proportion, and none would if the
 * time grew with the square.
 */
export function expectLinear(run: (size: number) => void, size: number): void {
  let once = Number.POSITIVE_INFINITY;
  let twice = Number.POSITIVE_INFINITY;
  for (let attempt = 0; attempt < 12; attempt++) {
    once = Math.min(
      once,
      fastest(() => run(size)),
    );
    twice = Math.min(
      twice,
      fastest(() => run(2 * size)),
    );
    if (twice <= 2.5 * once + 2) return;
  }
  expect({ once, twice, ratio: twice / once }).toMatchObject({ ratio: 0 });
}

export const repeat = <Value>(size: number, value: (index: number) => Value): readonly Value[] =>
  Array.from({ length: size }, (_, index) => value(index));

const nested = (size: number, open: string, middle: string, close: string): unknown =>
  JSON.parse(open.repeat(size) + middle + close.repeat(size));

/** Values of about so many tokens of JSON. */
export const shapes: Readonly<Record<string, (size: number) => unknown>> = {
  'a long text': (size) => 'a<think>'.repeat(size),
  'many texts': (size) => repeat(size, (index) => `${index}`),
  'many objects': (size) =>
    repeat(size, (index) => ({ type: 'text', role: 'user', text: `${index}`, content: [] })),
  'many names': (size) => Object.fromEntries(repeat(size, (index) => [`name${index}`, index])),
  'deep lists': (size) => nested(size, '[', '0', ']'),
  'deep objects': (size) => nested(size, '{"properties":', '{}', '}'),
};

/** Words that every object knows. */
export const prototypeWords: readonly string[] = Object.getOwnPropertyNames(Object.prototype);
