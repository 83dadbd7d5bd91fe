// What a step is spent on, by counting steps and tokens: the machine's speed plays no part.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Library, openBestLibrary } from './ffi/library.ts';
import { patience, testTokenizer, writeTestModel } from './test-model.ts';
import { openTestRuntime, type TestRuntime, type TestRuntimeOptions, testCommand } from './test-runtime.ts';

const file = writeTestModel({ contextLength: 8192 });
afterAll(() => file[Symbol.dispose]());
let library: Library;
beforeAll(() => {
  library = openBestLibrary('cpu');
});

const open = (changes: Partial<TestRuntimeOptions> = {}): TestRuntime =>
  openTestRuntime(library, {
    ...{ modelPath: file.path, unified: true, slots: 4, contextLength: 4096 },
    ...{ batch: 128, promptCacheBytes: 2 ** 26, ...changes },
  });

const hasToken = ({ events }: TestRuntime, generation: number): boolean =>
  events.get(generation)?.some(({ type }) => type === 'token') ?? false;

/** Steps until something holds. */
function stepsUntil(runtime: TestRuntime, holds: () => boolean): number {
  let steps = 0;
  while (!holds()) {
    if (!runtime.scheduler.step()) throw new Error('there is nothing left to evaluate');
    steps++;
  }
  return steps;
}

const reusedBy = ({ events }: TestRuntime, generation: number): number => {
  const first = events.get(generation)?.[0];
  return first?.type === 'prompt' ? first.reusedTokens : Number.NaN;
};

describe.each([
  ['one cache', true],
  ['a cache for each', false],
])('with %s', (_, unified) => {
  test('a short request beside a long prompt has its first token with the next step', {
    timeout: patience,
  }, () => {
    const runtime = open({ unified });
    runtime.scheduler.start(testCommand(0, 'x'.repeat(4000)));
    runtime.scheduler.step();
    runtime.scheduler.start(testCommand(1, 'three apples and'));
    expect(stepsUntil(runtime, () => hasToken(runtime, 1))).toBe(1);
    expect(stepsUntil(runtime, () => hasToken(runtime, 0))).toBeGreaterThan(20);
  });

  test('a prompt of another account is read beside a long one of the first', { timeout: patience }, () => {
    const runtime = open({ unified });
    for (const [generation, cacheScope] of ['a', 'a', 'a', 'b'].entries())
      runtime.scheduler.start(testCommand(generation, `${generation}`.repeat(1280), { cacheScope }));
    // Ten steps of each; a share of a fourth would take it to the fortieth.
    expect(stepsUntil(runtime, () => hasToken(runtime, 3))).toBeLessThanOrEqual(22);
  });

  test('of a second turn only what is new is evaluated, though others took every sequence', {
    timeout: patience,
  }, () => {
    const runtime = open({ unified });
    const first = 'three apples and five '.repeat(160);
    const answers = (generation: number, text: string, cacheScope: string): number => {
      const before = runtime.evaluated();
      runtime.scheduler.start(testCommand(generation, text, { cacheScope, maxTokens: 1 }));
      while (runtime.scheduler.step());
      return runtime.evaluated() - before;
    };
    const whole = testTokenizer.encode([{ text: first, special: false }]).length;
    expect(answers(0, first, 'a')).toBe(whole);
    for (let other = 1; other <= 8; other++) answers(other, `${other} pears `.repeat(100), `other ${other}`);
    const second = answers(9, `${first} and what of the pears?`, 'a');
    expect(second).toBeLessThan(0.15 * whole);
    expect(reusedBy(runtime, 9)).toBeGreaterThan(0.9 * whole);
    expect(runtime.restored()).toBe(1);
    // Not for anybody else.
    expect(answers(10, `${first} and what of the pears?`, 'b')).toBeGreaterThan(whole);
  });
});

test('conversations of twenty turns, more than there are sequences, pay for each token once', {
  timeout: patience,
}, () => {
  const runtime = open({ contextLength: 2048 });
  const conversations = 8;
  let generation = 0;
  const texts = Array.from({ length: conversations }, (_, index) => `${index}: `.padEnd(40, 'abcdefghij'));
  for (let turn = 0; turn < 20; turn++)
    for (const [index, text] of texts.entries()) {
      texts[index] = `${text} turn ${turn} of it, with some words`;
      const command = testCommand(generation++, texts[index], {
        cacheScope: `account ${index % 3}`,
        maxTokens: 4,
      });
      runtime.scheduler.start(command);
      while (runtime.scheduler.step());
    }
  const tokens = texts.reduce(
    (sum, text) => sum + testTokenizer.encode([{ text, special: false }]).length,
    0,
  );
  // Beside them what was written, and the ends of words that another beginning cuts otherwise. Short beginnings are not stored.
  expect(runtime.evaluated()).toBeLessThan(1.5 * tokens + 20 * conversations * 8);
});

test('a draft that is right saves steps, one that is wrong costs none, and neither changes the text', {
  timeout: patience,
}, () => {
  using wrong = writeTestModel({ layers: 1 });
  const write = (draftPath?: string): { readonly steps: number; readonly ids: readonly number[] } => {
    const runtime = open({ contextLength: 512, ...(draftPath && { draftPath }) });
    runtime.scheduler.start(testCommand(0, 'three apples and', { maxTokens: 100 }));
    let steps = 0;
    while (runtime.scheduler.step()) steps++;
    const events = runtime.events.get(0) ?? [];
    return { steps, ids: events.flatMap((event) => (event.type === 'token' ? [event.id] : [])) };
  };
  const alone = write();
  const [right, other] = [write(file.path), write(wrong.path)];
  expect(alone.ids).toHaveLength(100);
  expect(right.ids).toEqual(alone.ids);
  expect(other.ids).toEqual(alone.ids);
  expect(right.steps).toBeLessThan(alone.steps / 5);
  expect(other.steps).toBeLessThanOrEqual(alone.steps);
});

test('steps may be broken off for newcomers while they read a part of a long prompt, once it is known how long that takes', () => {
  const runtime = open();
  runtime.scheduler.start(testCommand(0, 'x'.repeat(300), { maxTokens: 4 }));
  stepsUntil(runtime, () => hasToken(runtime, 0));
  // Three steps: nothing is known at the first one, and the last one reads to the end.
  expect(runtime.yielding).toEqual([0, expect.any(Number)]);
  expect(runtime.yielding[1]).toBeGreaterThan(0);
  while (runtime.scheduler.step());
  expect(runtime.yielding).toHaveLength(2);
});
