import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { TiegelError } from '../../base/index.ts';
import {
  type Claim,
  createConcurrencyLimiter,
  type LimiterOptions,
  type Permit,
} from './concurrency-limiter.ts';

/** A limiter over a clock that a test sets. */
function limiterWith(options: Partial<Omit<LimiterOptions, 'clock'>> = {}) {
  const time = { now: 0 };
  const clock = { now: () => time.now, monotonic: () => time.now };
  const limiter = createConcurrencyLimiter({ slots: 4, queue: 64, queueBytes: 1e6, clock, ...options });
  const enter = (
    account: string,
    places = 1,
    bytes = 1,
    signal = new AbortController().signal,
    short = places === 1,
  ): Claim => limiter.enter({ account, places, short, bytes, signal });
  return { limiter, enter, time };
}

/** Asks for all places of a claim and notes the permits as they are given. */
function askAll(claim: Claim, places: number, note: (permit: Permit) => void): void {
  for (let place = 0; place < places; place++) {
    const permit = claim.acquire();
    if ('release' in permit) note(permit);
    else void permit.then(note, () => {});
  }
}

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('places', () => {
  test('of a request that wants more than there are come as they become free, between those of others', async () => {
    const { limiter, enter } = limiterWith();
    const order: string[] = [];
    const held: Permit[] = [];
    const note = (name: string) => (permit: Permit) => {
      order.push(name);
      held.push(permit);
    };
    askAll(enter('a', 16), 16, note('large'));
    expect(order).toEqual(['large', 'large', 'large', 'large']);
    askAll(enter('a'), 1, note('small'));
    held.shift()?.release();
    await settled();
    expect(order.at(-1)).toBe('small');
    expect(limiter.load()).toEqual({ held: 4, waiting: 12 });
  });

  test('go to the account that holds the fewest, however many requests another one has', async () => {
    const { enter } = limiterWith();
    const order: string[] = [];
    const held: Permit[] = [];
    for (let request = 0; request < 20; request++) {
      askAll(enter('many'), 1, (permit) => {
        order.push('many');
        held.push(permit);
      });
    }
    askAll(enter('one'), 1, () => order.push('one'));
    held[0]?.release();
    await settled();
    expect(order).toEqual(['many', 'many', 'many', 'many', 'one']);
  });

  test('are given in the order of arrival to requests that want one each', async () => {
    const { enter } = limiterWith({ slots: 1 });
    const order: number[] = [];
    let last: Permit | undefined;
    for (let request = 0; request < 5; request++) {
      askAll(enter('a'), 1, (permit) => {
        order.push(request);
        last = permit;
      });
    }
    for (let request = 0; request < 4; request++) {
      last?.release();
      await settled();
    }
    expect(order).toEqual([0, 1, 2, 3, 4]);
  });

  test.each([
    { what: 'many places', requests: 1, places: 16 },
    { what: 'one place for long', requests: 16, places: 1 },
  ])('are kept for short requests while such come, from those for $what', async ({ requests, places }) => {
    const { limiter, enter, time } = limiterWith();
    askAll(enter('a'), 1, (permit) => permit.release());
    const held: Permit[] = [];
    const { signal } = new AbortController();
    for (let request = 0; request < requests; request++)
      askAll(enter('a', places, 1, signal, false), places, (permit) => held.push(permit));
    expect(limiter.load()).toEqual({ held: 3, waiting: 13 });
    expect('release' in enter('a').acquire()).toBe(true);
    time.now += 60_000;
    held[0]?.release();
    await settled();
    expect(limiter.load().held).toBe(4);
    expect(held).toHaveLength(4);
  });

  test('go to a newcomer before those of a request that has had its turn', async () => {
    const { enter } = limiterWith({ slots: 1 });
    const order: string[] = [];
    let last: Permit | undefined;
    const note = (name: string) => (permit: Permit) => {
      order.push(name);
      last = permit;
    };
    for (const name of ['first', 'second', 'third']) askAll(enter('a', 5), 5, note(name));
    last?.release();
    await settled();
    askAll(enter('a'), 1, note('newcomer'));
    for (let turn = 0; turn < 4; turn++) {
      last?.release();
      await settled();
    }
    expect(order.slice(0, 3)).toEqual(['first', 'second', 'third']);
    expect(order.indexOf('newcomer')).toBe(3);
  });

  test('can be given back twice and after their request has ended', async () => {
    const { limiter, enter } = limiterWith({ slots: 1 });
    const claim = enter('a');
    const permit = await claim.acquire();
    claim[Symbol.dispose]();
    permit.release();
    permit.release();
    expect(limiter.load()).toEqual({ held: 0, waiting: 0 });
    expect(limiter.inFlight()).toBe(0);
  });
});

describe('whoever waits', () => {
  test('and leaves is passed over, also the first one, and keeps no place from the others', async () => {
    const { limiter, enter } = limiterWith({ slots: 1 });
    const holder = (await enter('a').acquire()) as Permit;
    const stops = [0, 1, 2].map(() => new AbortController());
    const order: number[] = [];
    const waiting = stops.map((stop, index) =>
      Promise.resolve(enter('a', 1, 1, stop.signal).acquire()).then(() => order.push(index)),
    );
    const [first] = stops as [AbortController];
    first.abort(new Error('gone'));
    await expect(waiting[0]).rejects.toThrow('gone');
    expect(limiter.load()).toEqual({ held: 1, waiting: 2 });
    holder.release();
    await settled();
    expect([order, limiter.load()]).toEqual([[1], { held: 1, waiting: 1 }]);
  });

  test('and leaves after it was served has no further part in it', async () => {
    const { limiter, enter } = limiterWith({ slots: 1 });
    const holder = (await enter('a').acquire()) as Permit;
    const stop = new AbortController();
    const served = Promise.resolve(enter('a', 1, 1, stop.signal).acquire());
    const last = Promise.resolve(enter('a').acquire());
    holder.release();
    const permit = await served;
    stop.abort(new Error('late'));
    expect(limiter.load()).toEqual({ held: 1, waiting: 1 });
    permit.release();
    await last;
    expect(limiter.load()).toEqual({ held: 1, waiting: 0 });
  });

  test('is not let wait once its request was aborted', () => {
    const { limiter, enter } = limiterWith({ slots: 1 });
    const claim = enter('a', 1, 1, AbortSignal.abort(new Error('gone')));
    expect(() => claim.acquire()).toThrow('gone');
    expect(limiter.load()).toEqual({ held: 0, waiting: 0 });
  });
});

describe('what is let in', () => {
  test('shrinks by the share of a newcomer before it comes', () => {
    const { enter } = limiterWith({ slots: 1, queue: 9, queueBytes: 100 });
    for (let request = 0; request < 5; request++) enter('a', 1, 10);
    expect(() => enter('b', 1, 60)).not.toThrow();
    expect(() => enter('b', 1, 10)).toThrow(expect.objectContaining({ code: 'TGL_OVERLOADED' }));
    expect(() => enter('a', 1, 0)).toThrow(expect.objectContaining({ code: 'TGL_OVERLOADED' }));
    enter('c', 1, 1);
  });

  test('is all together at most twice of what one may', () => {
    const { enter } = limiterWith({ slots: 1, queue: 3, queueBytes: 1000 });
    for (let account = 0; account < 8; account++) enter(`account ${account}`);
    expect(() => enter('one more')).toThrow(
      expect.objectContaining({
        code: 'TGL_OVERLOADED',
        details: expect.objectContaining({ slots: 1, waiting: 7 }),
      }),
    );
    const bytes = limiterWith({ slots: 1, queue: 99, queueBytes: 100 });
    for (let account = 0; account < 4; account++) bytes.enter(`account ${account}`, 1, 50);
    expect(() => bytes.enter('one more', 1, 1)).toThrow(expect.objectContaining({ code: 'TGL_OVERLOADED' }));
  });

  test('is as much as before once it has ended', () => {
    const { limiter, enter } = limiterWith({ slots: 1, queue: 0, queueBytes: 10 });
    for (let request = 0; request < 5; request++) {
      const claim = enter('a', 1, 10);
      expect(limiter.inFlight()).toBe(1);
      claim[Symbol.dispose]();
      claim[Symbol.dispose]();
      expect(limiter.inFlight()).toBe(0);
    }
  });

  test('is bounded by count and by bytes', () => {
    const { enter } = limiterWith({ slots: 1, queue: 2, queueBytes: 100 });
    enter('a', 1, 60);
    expect(() => enter('a', 1, 60)).toThrow(expect.objectContaining({ code: 'TGL_OVERLOADED' }));
    enter('a', 1, 20);
    enter('a', 1, 20);
    expect(() => enter('a', 1, 0)).toThrow(expect.objectContaining({ code: 'TGL_OVERLOADED' }));
  });

  test('leaves room for an account when another one has filled the queue', () => {
    const { enter } = limiterWith({ slots: 1, queue: 9 });
    for (let request = 0; request < 10; request++) enter('greedy');
    expect(() => enter('greedy')).toThrow();
    for (let request = 0; request < 5; request++) enter('modest');
    expect(() => enter('modest')).toThrow();
  });

  test('is told to come back when what is ahead has been served, by what serving has taken', async () => {
    const { enter, time } = limiterWith({ slots: 2, queue: 2 });
    for (let request = 0; request < 3; request++) {
      const claim = enter('a');
      const permit = await claim.acquire();
      time.now += 6000;
      permit.release();
      claim[Symbol.dispose]();
    }
    for (let request = 0; request < 4; request++) {
      const claim = enter('a', request === 3 ? 5 : 1);
      if (request < 2) await claim.acquire();
    }
    // Two places are held and six are still to be had, by two at a time.
    expect(retryOf(() => enter('a'))).toBe(24_000);
  });

  test('is told so by what takes long at this moment, where that is longer', async () => {
    const { enter, time } = limiterWith({ slots: 1, queue: 0 });
    await enter('a').acquire();
    expect(retryOf(() => enter('a'))).toBe(1000);
    time.now += 20_000;
    expect(retryOf(() => enter('a'))).toBe(20_000);
    time.now += 200_000;
    expect(retryOf(() => enter('a'))).toBe(60_000);
  });

  function retryOf(enter: () => unknown): unknown {
    try {
      enter();
    } catch (error) {
      return (error as TiegelError).details.retryAfterMs;
    }
    throw new Error('it was let in');
  }
});

/** One step of a history. Numbers choose among what there is at that moment. */
type Step =
  | { readonly type: 'enter'; readonly account: string; readonly places: number; readonly long: boolean }
  | { readonly type: 'release' | 'leave' | 'abort'; readonly which: number };

type Live = {
  readonly account: string;
  readonly claim: Claim;
  readonly stop: AbortController;
  readonly permits: Permit[];
  readonly short: boolean;
  asked: number;
  done: boolean;
};

const steps: fc.Arbitrary<readonly Step[]> = fc.array(
  fc.oneof(
    {
      weight: 3,
      arbitrary: fc.record({
        type: fc.constant('enter' as const),
        account: fc.constantFrom('a', 'b', 'c'),
        places: fc.integer({ min: 1, max: 7 }),
        long: fc.boolean(),
      }),
    },
    { weight: 5, arbitrary: fc.record({ type: fc.constant('release' as const), which: fc.nat(1000) }) },
    {
      weight: 1,
      arbitrary: fc.record({
        type: fc.constantFrom('leave' as const, 'abort' as const),
        which: fc.nat(1000),
      }),
    },
  ),
  { maxLength: 60 },
);

test('in any history no more places are held than there are, none stays idle while somebody waits, and nobody is passed over', async () => {
  await fc.assert(
    fc.asyncProperty(steps, fc.integer({ min: 1, max: 4 }), async (history, slots) => {
      const { limiter, enter } = limiterWith({ slots });
      const live: Live[] = [];
      /** Grants to others since an account with a request that waits and no place held began to wait. */
      const passedOver = new Map<string, Set<string>>();
      const waits = (account: string): boolean =>
        live.some((one) => one.account === account && !one.done && one.asked > 0);
      const holds = (account: string): number =>
        live.reduce((sum, one) => sum + (one.account === account ? one.permits.length : 0), 0);
      /** Not so where all that waits of it is long: the last slot is kept for short requests. */
      const mayTakeLast = (account: string): boolean =>
        live.some((one) => one.account === account && one.short && one.asked > 0);
      const granted = (one: Live, permit: Permit): void => {
        one.permits.push(permit);
        const isLast = live.reduce((sum, { permits }) => sum + permits.length, 0) === slots;
        one.asked--;
        for (const account of ['a', 'b', 'c']) {
          if (account === one.account || !waits(account) || holds(account) > 0) passedOver.delete(account);
          else if (slots === 1 || !isLast || mayTakeLast(account)) {
            const others = passedOver.get(account) ?? new Set();
            // Nobody gets a second place before one who waits for it and holds none.
            expect(others.has(one.account)).toBe(false);
            passedOver.set(account, others.add(one.account));
          }
        }
      };
      for (const step of history) {
        const running = live.filter(({ done }) => !done);
        if (step.type === 'enter') {
          const stop = new AbortController();
          const short = step.places === 1 && !step.long;
          const claim = enter(step.account, step.places, 1, stop.signal, short);
          const one: Live = {
            account: step.account,
            claim,
            stop,
            permits: [],
            short,
            asked: step.places,
            done: false,
          };
          live.push(one);
          askAll(claim, step.places, (permit) => granted(one, permit));
        } else if (step.type === 'release') {
          const holding = live.filter(({ permits }) => permits.length > 0);
          holding[step.which % holding.length]?.permits.shift()?.release();
        } else {
          const one = running[step.which % running.length];
          if (one === undefined) continue;
          one.done = true;
          one.asked = 0;
          if (step.type === 'abort') one.stop.abort(new Error('gone'));
          one.claim[Symbol.dispose]();
        }
        await settled();
        const held = live.reduce((sum, { permits }) => sum + permits.length, 0);
        const waiting = live.reduce((sum, one) => sum + one.asked, 0);
        expect(limiter.load()).toEqual({ held, waiting });
        expect(held).toBeLessThanOrEqual(slots);
        // The last slot is kept for short requests where one came lately in such a history.
        if (waiting > 0) expect(held).toBeGreaterThanOrEqual(Math.max(1, slots - 1));
        if (live.some(({ short, asked }) => short && asked > 0)) expect(held).toBe(slots);
        expect(limiter.inFlight()).toBe(live.filter(({ done }) => !done).length);
      }
      for (const one of live) {
        one.done = true;
        one.stop.abort(new Error('over'));
        one.claim[Symbol.dispose]();
      }
      for (const { permits } of live) for (const permit of permits) permit.release();
      await settled();
      expect(limiter.load()).toEqual({ held: 0, waiting: 0 });
    }),
    { numRuns: 200 },
  );
});
