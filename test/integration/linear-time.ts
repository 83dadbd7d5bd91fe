// Whether a time grows in proportion to a size, on machines that others use as well.
import { expect } from 'vitest';

function processorMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/** The least by which that time grows; some systems count it in hundredths of a second. */
function stepOfProcessorMs(): number {
  const before = processorMs();
  let now = before;
  while (now === before) now = processorMs();
  return now - before;
}

/** Milliseconds of this process on a processor, which others on the machine do not lengthen, where the system tells them. */
const elapsed = stepOfProcessorMs() < 0.1 ? processorMs : () => performance.now();

/** Time of the fastest of some runs, in milliseconds. */
function fastest(run: () => void): number {
  const times = Array.from({ length: 3 }, () => {
    const before = elapsed();
    run();
    return elapsed() - before;
  });
  return Math.min(...times);
}

/** What twice the size may take of the time: about 2 where it is in proportion, about 4 where it grows with the square. */
const atTwice = 2.5;

/**
 * At twice the size at most 2.5 times the time, and two milliseconds for what is too fast to be measured. A machine that is
 * busy makes a measurement longer, never shorter, so that the fastest runs of both sizes show the proportion. Where even
 * these were disturbed, the middle one of the pairs decides, which were measured right after each other. A table that doubles
 * between the two sizes makes one step of what is in proportion all the same: it grows no faster over two doublings than over one twice.
 *
 * @param make of a size what is read.
 */
export function expectLinear<Input>(
  size: number,
  make: (size: number) => Input,
  read: (input: Input) => void,
): void {
  const inputs = [make(size), make(2 * size)] as const;
  if (growth(inputs, read, atTwice) <= atTwice) return;
  const ratio = growth([inputs[0], make(4 * size)], read, atTwice ** 2);
  expect(ratio, 'the time at four times the size over that at once').toBeLessThanOrEqual(atTwice ** 2);
}

/** How many times as long the second takes, or fewer where it is within the bound once. */
function growth<Input>(
  [small, large]: readonly [Input, Input],
  read: (input: Input) => void,
  bound: number,
): number {
  let [once, more] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
  const ratios: number[] = [];
  for (let attempt = 0; attempt < 25; attempt++) {
    const pair = [fastest(() => read(small)), fastest(() => read(large))] as const;
    once = Math.min(once, pair[0]);
    more = Math.min(more, pair[1]);
    ratios.push((pair[1] - 2) / pair[0]);
    if (more <= bound * once + 2) return bound;
  }
  return ratios.toSorted((a, b) => a - b)[Math.floor(ratios.length / 2)] as number;
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
