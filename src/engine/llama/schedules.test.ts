// Whoever joins, leaves, is broken off or takes over what was computed for others: every generation gets the text that it
// gets by itself. A thousand schedules at random, over the runtime itself, in one context that keeps what earlier ones left.
import fc from 'fast-check';
import { afterAll, expect, test } from 'vitest';
import { openBestLibrary } from './ffi/library.ts';
import type { GenerateCommand, GenerationEvent } from './protocol.ts';
import { patience, writeTestModel } from './test-model.ts';
import { openTestRuntime, type TestRuntime, type TestRuntimeOptions, testCommand } from './test-runtime.ts';

const file = writeTestModel();
afterAll(() => file[Symbol.dispose]());
const library = openBestLibrary('cpu');

const slots = 4;

type Changes = Pick<TestRuntimeOptions, 'draftPath' | 'lookup' | 'solo'>;

const openRuntime = (unified: boolean, changes: Changes = {}): TestRuntime =>
  openTestRuntime(library, {
    ...{ modelPath: file.path, unified, slots, contextLength: 256, ...changes },
    // So small that most prompts take several steps, and that there is room for a few prompts.
    ...{ batch: 24, promptCacheBytes: 500_000 },
  });

type Asked = {
  readonly text: string;
  readonly maxTokens: number;
  readonly temperature: number;
  readonly seed: number;
};

const begins = ['three apples and five ', 'x'.repeat(70), 'Äpfel '.repeat(12)];
const texts = begins.flatMap((begin) => ['', 'what then', 'y'.repeat(60), begin].map((end) => begin + end));
const asked: fc.Arbitrary<Asked> = fc.record({
  text: fc.constantFrom(...texts),
  maxTokens: fc.integer({ min: 1, max: 12 }),
  temperature: fc.constantFrom(0, 1.5),
  seed: fc.nat(2),
});
const action = fc.oneof(
  { weight: 4, arbitrary: fc.record({ start: asked, cacheScope: fc.constantFrom('a', 'b', null) }) },
  { weight: 1, arbitrary: fc.record({ abort: fc.nat(3) }) },
  { weight: 4, arbitrary: fc.record({ steps: fc.integer({ min: 1, max: 6 }) }) },
  { weight: 1, arbitrary: fc.record({ brokenOff: fc.integer({ min: 1, max: 2 }), late: fc.boolean() }) },
);

function commandOf(
  generation: number,
  { text, maxTokens, temperature, seed }: Asked,
  cacheScope: string | null,
) {
  const sampling = { temperature, topP: 1, seed } as GenerateCommand['sampling'];
  return testCommand(generation, text, { maxTokens, sampling, cacheScope });
}

const idsOf = (events: readonly GenerationEvent[]): readonly number[] =>
  events.flatMap((event) => (event.type === 'token' ? [event.id] : []));
const isLast = ({ type }: GenerationEvent): boolean => type !== 'prompt' && type !== 'token';

let generations = 0;

/** What a generation writes by itself, in a context that holds nothing. */
function createOracle(runtime: TestRuntime): (asked: Asked) => readonly number[] {
  const known = new Map<string, readonly number[]>();
  return (wanted) => {
    const key = JSON.stringify(wanted);
    const found = known.get(key);
    if (found !== undefined) return found;
    const id = generations++;
    runtime.scheduler.start(commandOf(id, wanted, null));
    while (runtime.scheduler.step());
    const ids = idsOf(runtime.events.get(id) ?? []);
    known.set(key, ids);
    return ids;
  };
}

/** Of other weights: what it proposes is right by chance only. */
const draft = writeTestModel({ layers: 1 });
afterAll(() => draft[Symbol.dispose]());

test.each([
  ['one cache for all sequences', true, 400, {}],
  ['a cache for each sequence, gaps between them filled', false, 400, {}],
  ['with a draft that is right', true, 100, { draftPath: file.path }],
  ['with a draft that is mostly wrong', false, 100, { draftPath: draft.path }],
  ['with earlier text as draft', true, 200, { lookup: true }],
  ['with another context for who is alone', true, 400, { solo: true }],
  ['with that and earlier text as draft', true, 100, { solo: true, lookup: true }],
] as const)(
  '%s: every text is the one that is written alone',
  { timeout: patience },
  (_, unified, numRuns, changes) => {
    const runtime = openRuntime(unified, changes);
    const alone = createOracle(openRuntime(unified));
    const { scheduler, sequences, events } = runtime;
    const seen = { brokenOff: 0, aborted: 0, reused: 0 };

    const run = (actions: readonly (typeof action extends fc.Arbitrary<infer A> ? A : never)[]): void => {
      const started = new Map<number, Asked>();
      const live = (): readonly number[] =>
        [...started.keys()].filter((id) => !(events.get(id) ?? []).some(isLast));
      for (const next of actions) {
        if ('start' in next && live().length < slots) {
          const id = generations++;
          started.set(id, next.start);
          scheduler.start(commandOf(id, next.start, next.cacheScope));
        }
        if ('abort' in next) {
          const id = live()[next.abort];
          if (id !== undefined) scheduler.abort(id);
        }
        if ('brokenOff' in next)
          for (let step = 0; step < next.brokenOff; step++)
            if (runtime.brokenOffStep(next.late)) seen.brokenOff++;
        if ('steps' in next) for (let step = 0; step < next.steps; step++) scheduler.step();
      }
      while (scheduler.step());
      for (const [id, wanted] of started) {
        const own = events.get(id) ?? [];
        const [written, expected] = [idsOf(own), alone(wanted)];
        const last = own.at(-1);
        if (last?.type === 'aborted') {
          seen.aborted++;
          expect(written).toEqual(expected.slice(0, written.length));
        } else {
          expect(last).toMatchObject({ type: 'end', completionTokens: expected.length });
          expect(written).toEqual(expected);
        }
        const [first] = own;
        if (first?.type === 'prompt' && first.reusedTokens > 0) seen.reused++;
        events.delete(id);
      }
      for (const { generation, cacheScope, tokens } of sequences.all) {
        expect(generation).toBeUndefined();
        if (cacheScope === null) expect(tokens).toEqual([]);
      }
    };

    fc.assert(
      fc.property(fc.array(action, { minLength: 4, maxLength: 16 }), run),
      // What a schedule leaves behind is part of the next one, so that it cannot be made smaller by itself.
      { numRuns, seed: 12, endOnFailure: true },
    );
    for (const count of [...Object.values(seen), runtime.restored()]) expect(count).toBeGreaterThan(10);
    if (unified) expect(runtime.filled()).toBe(0);
    else if (!('draftPath' in changes)) expect(runtime.filled()).toBeGreaterThan(10);
  },
);
