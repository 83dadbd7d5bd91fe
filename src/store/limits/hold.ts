// What a request asks for, and what it holds once it was admitted: an upper bound of what it may use, in every limit that it
// falls under. Its generation is cut there, so that the settlement is never larger. A hold is resolved once.
import type { LinkedList } from '../../base/index.ts';
import type { Counter, Moment, Taken } from './counter.ts';
import { type Amounts, type Limit, type LimitState, limitUnits, type Subjects } from './limit.ts';

/** In tokens, of each choice of a request. */
export type Caps = {
  /** Reasoning and answer together. */
  readonly completion: number;
  /** Of those, reasoning. */
  readonly reasoning: number;
};

export type Ask = {
  readonly subjects: Subjects;
  readonly model: string;
  readonly caps: Caps;
  /** Down to these the caps may be lowered where what is asked does not fit; the same as `caps` where they may not. */
  readonly lowest: Caps;
  /** What the request may use at most under such caps; never more under lower ones. */
  readonly most: (caps: Caps) => Amounts;
};

export type Hold = {
  /** Those under which the request has to stay. */
  readonly caps: Caps;
  readonly isLowered: boolean;
  readonly held: Amounts;
  readonly subjects: Subjects;
  readonly model: string;
  /** When it was admitted, in milliseconds since the Unix epoch; what it uses belongs to the windows of that moment. */
  readonly admitted: number;
  /** Whether a limit that refuses counts it. */
  readonly isLimited: boolean;
  /** Soft limits that it exceeds. */
  readonly exceeded: readonly Limit[];
  /** Where its limits stand, this hold included. */
  readonly states: () => readonly LimitState[];
  /**
   * Counts what was used, at most what was held, and gives the rest back. What a request had used is to be durable before.
   *
   * @returns false where more was used than was held, which is a defect of what was to cut it
   */
  readonly settle: (used: Amounts) => boolean;
  /** Gives all of it back. */
  readonly release: () => void;
};

/** A limit that a request did not fit into. */
export type FailedLimit = LimitState & {
  /** What the request would have held at least; null where nothing says what its model costs. */
  readonly needed: number | null;
  /** Milliseconds until it fits if nobody takes more; infinite where it never does. */
  readonly waitMs: number;
};

export type Admission =
  | { readonly type: 'admitted'; readonly hold: Hold }
  /** Nothing was taken. `waitMs` is the longest of all. */
  | ({ readonly type: 'refused' } & Refusal)
  /** It would be refused by what this node was granted; of each of these it may be granted more. Nothing was taken. */
  | ({ readonly type: 'short'; readonly of: readonly Shortage[] } & Refusal);

type Refusal = { readonly failed: readonly FailedLimit[]; readonly waitMs: number };

export type Shortage = { readonly counter: Counter; readonly needed: number };

/** The largest caps between the lowest and those asked for that `fits` says yes to; undefined where not even the lowest fit. */
export function loweredCaps({ caps, lowest }: Ask, fits: (caps: Caps) => boolean): Caps | undefined {
  if (!fits(lowest)) return undefined;
  const reasoning = largest(lowest.reasoning, caps.reasoning, (middle) =>
    fits({ completion: lowest.completion, reasoning: middle }),
  );
  const completion = largest(lowest.completion, caps.completion, (middle) =>
    fits({ completion: middle, reasoning }),
  );
  return { completion, reasoning };
}

/** Of the whole numbers from `low`, which fits, to `high`, the largest that fits, where all below one that fits do. */
function largest(low: number, high: number, fits: (value: number) => boolean): number {
  let [fitting, above] = [low, high + 1];
  while (above - fitting > 1) {
    const middle = Math.floor((fitting + above) / 2);
    if (fits(middle)) fitting = middle;
    else above = middle;
  }
  return fitting;
}

/** Takes what is held of every counter, which is known to fit. */
export function takeHold(
  { subjects, model }: Ask,
  { caps, isLowered, held }: Pick<Hold, 'caps' | 'isLowered' | 'held'>,
  context: {
    readonly counters: readonly Counter[];
    readonly at: Moment;
    readonly moment: () => Moment;
    readonly open: LinkedList<OpenHold>;
    readonly onSettled: (counter: Counter, at: Moment) => void;
  },
): Hold {
  const { counters, at, moment, open, onSettled } = context;
  const exceeded = counters.flatMap((counter) =>
    counter.free(at) < neededOf(counter, held) ? counter.limit() : [],
  );
  const own: OpenHold = {
    ...{ subjects, model, held, at },
    taken: counters.map((counter) => counter.take(neededOf(counter, held), at)),
  };
  const node = open.add(own);
  const resolve = (used: Amounts | null): boolean => {
    if (!open.remove(node)) return true;
    const end = moment();
    for (const taken of own.taken) {
      const actual = used === null ? 0 : usedOf(taken.counter, used);
      taken.counter.settle(taken, Math.min(actual, taken.held), end);
      onSettled(taken.counter, end);
    }
    return (
      used === null ||
      limitUnits.every((unit) => (used[unit] ?? 0) <= (held[unit] ?? Number.POSITIVE_INFINITY))
    );
  };
  const isLimited = counters.some((counter) => counter.limit().enforcement === 'hard');
  return {
    ...{ caps, isLowered, isLimited, held, subjects, model, exceeded, admitted: at.now },
    states: () => {
      const now = moment();
      return own.taken.map(({ counter }) => counter.state(now));
    },
    settle: (used) => resolve(used),
    release: () => void resolve(null),
  };
}

/** A hold that is not resolved, with what it has taken; a limit that is set meanwhile is added to it. */
export type OpenHold = {
  readonly subjects: Subjects;
  readonly model: string;
  readonly held: Amounts;
  readonly at: Moment;
  readonly taken: Taken[];
};

/** What a request holds of a counter. */
export function neededOf(counter: Counter, held: Amounts): number {
  return held[counter.limit().unit] ?? 0;
}

/** Nothing of concurrency stays used. */
function usedOf(counter: Counter, used: Amounts): number {
  const { unit } = counter.limit();
  return unit === 'concurrency' ? 0 : (used[unit] ?? 0);
}
