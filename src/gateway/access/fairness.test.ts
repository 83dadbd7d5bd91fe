// One account floods an engine and another one asks now and then: how long the latter waits, counted in steps of the engine, of
// which each gives every running reply one token more.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { manualClock } from '../../base/index.ts';
import { createScriptedEngine, type EngineEvent } from '../../engine/index.ts';
import { createConcurrencyLimiter, type Permit } from './concurrency-limiter.ts';

type Job = { readonly account: string; readonly tokens: number; readonly short: boolean };
type Running = {
  readonly job: Job;
  readonly asked: number;
  readonly events: AsyncIterator<readonly EngineEvent[]>;
  readonly end: () => void;
};

type Load = {
  readonly slots: number;
  /** Lengths of the replies of whoever floods, over and over; none for nobody. */
  readonly flood: readonly number[];
  readonly floodIsShort: boolean;
  /** How many of its requests wait at any time. */
  readonly backlog: number;
  /** At which steps the other one asks, and for how long a reply. */
  readonly asked: readonly number[];
  readonly tokens: number;
};

const stepMs = 10;

/** For each request of whoever asks now and then, the steps from the moment at which it asked to the end of its reply. */
async function stepsOf({
  slots,
  flood,
  floodIsShort,
  backlog,
  asked,
  tokens,
}: Load): Promise<readonly number[]> {
  const clock = manualClock();
  const limiter = createConcurrencyLimiter({ slots, queue: 1000, queueBytes: 1e9, clock });
  await using engine = createScriptedEngine({
    ...{ model: 'scripted', slots, maxBatchEvents: 1, contextLength: 100_000, clock },
    reply: ({ maxTokens }) => Array<string>(maxTokens).fill('a '),
  });
  const running = new Set<Running>();
  const steps = new Map<number, number>();
  let flooding = 0;
  let step = 0;

  const enter = (job: Job): void => {
    const { signal } = new AbortController();
    const asks = { account: job.account, places: 1, short: job.short, bytes: 1, signal };
    const claim = limiter.enter(asks);
    const since = step;
    const begin = (permit: Permit): void => {
      const sampling = { temperature: 0, topP: 1 };
      const reply = engine.generate({ prompt: [], maxTokens: job.tokens, sampling });
      const events = reply[Symbol.asyncIterator]();
      const end = (): void => {
        permit.release();
        claim[Symbol.dispose]();
      };
      running.add({ job, asked: since, events, end });
    };
    const permit = claim.acquire();
    if ('release' in permit) begin(permit);
    else void permit.then(begin);
  };
  for (; steps.size < asked.length; step++) {
    clock.advance(stepMs);
    while (flood.length > 0 && limiter.load().waiting < backlog)
      enter({ account: 'flood', tokens: flood[flooding++ % flood.length] as number, short: floodIsShort });
    for (const at of asked) if (at === step) enter({ account: 'other', tokens, short: true });
    await new Promise((resolve) => setImmediate(resolve));
    for (const one of [...running]) {
      const { value } = await one.events.next();
      if (value?.some(({ type }: EngineEvent) => type === 'end') !== true) continue;
      await one.events.next();
      running.delete(one);
      one.end();
      if (one.job.account === 'other') steps.set(one.asked, step - one.asked + 1);
    }
  }
  return asked.map((at) => steps.get(at) as number);
}

const nobody = { flood: [], floodIsShort: true, backlog: 0 } as const;

/** Apart by more than a reply takes, so that each is alone among those of its account. */
const nowAndThen = (min: number, max: number): fc.Arbitrary<readonly number[]> =>
  fc
    .array(fc.integer({ min, max }), { minLength: 3, maxLength: 6 })
    .map((pauses) =>
      pauses.map((_, index) => pauses.slice(0, index + 1).reduce((sum, pause) => sum + pause, 0)),
    );

test('whoever asks now and then waits at most twice as long as alone, where others flood with replies like theirs', async () => {
  const load = fc.record({
    slots: fc.integer({ min: 1, max: 6 }),
    flood: fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 8 }),
    backlog: fc.integer({ min: 1, max: 60 }),
    asked: nowAndThen(90, 200),
  });
  await fc.assert(
    fc.asyncProperty(load, async (given) => {
      const alone = await stepsOf({ ...given, ...nobody, tokens: 40 });
      const flooded = await stepsOf({ ...given, floodIsShort: true, tokens: 40 });
      expect(flooded.map((steps, index) => steps <= 2 * (alone[index] as number))).not.toContain(false);
    }),
    { numRuns: 25 },
  );
});

test('and does not wait at all, from the second time on, where others flood with replies that run long', async () => {
  const load = fc.record({
    slots: fc.integer({ min: 2, max: 6 }),
    backlog: fc.integer({ min: 1, max: 60 }),
    asked: nowAndThen(350, 500),
  });
  await fc.assert(
    fc.asyncProperty(load, async (given) => {
      const long = { flood: [150], floodIsShort: false, tokens: 40 };
      const [alone] = await stepsOf({ ...given, ...nobody, tokens: 40 });
      const [first, ...later] = await stepsOf({ ...given, ...long });
      expect(later).toEqual(later.map(() => alone));
      expect(first).toBeLessThanOrEqual((alone as number) + 152);
    }),
    { numRuns: 15 },
  );
});
