// The limits of a node and what is used of them, in memory. Admission is one synchronous function over all limits that a
// request falls under: either all of them have room, and all are taken, or none is. What stands in the ledger is the truth;
// this begins with its sums and follows it.
import { type Clock, createLinkedList, type LinkedList } from '../../base/index.ts';
import { type Calendar, createCalendar, type Window } from './calendar.ts';
import { bucketCounter, type Counter, type Moment, windowCounter } from './counter.ts';
import {
  type Admission,
  type Ask,
  type Caps,
  type FailedLimit,
  loweredCaps,
  neededOf,
  type OpenHold,
  type Shortage,
  takeHold,
} from './hold.ts';
import { type Amounts, countedBy, type Limit, type LimitState, limitScopes, type Subjects } from './limit.ts';

export type Budgets = {
  /** Admits a request, lowers what it may generate where that makes it fit, or says what it did not fit into. */
  readonly admit: (ask: Ask) => Admission;
  /**
   * The limits from now on, in place of all before. One over the same use goes on with its count; a new one begins with what
   * `settledOf` says and with what is held at this moment.
   */
  readonly replace: (limits: readonly Limit[], settledOf?: SettledOf) => void;
  /** Where the limits of somebody stand, for one model or over all. */
  readonly states: (subjects: Subjects, model?: string) => readonly LimitState[];
  /** Of what was granted to this node nothing counts any more. */
  readonly forfeit: () => void;
  /** Requests that hold something. */
  readonly open: () => number;
};

/** What was used of a new limit before it was set, since the beginning of its window; of a minute, within the last one. */
export type SettledOf = (limit: Limit, window: Window) => number;

export type BudgetsOptions = {
  readonly clock: Clock;
  /** IANA, of an organisation. */
  readonly timeZoneOf: (organisation: string) => string;
  /** @default one of its own */
  readonly calendar?: Calendar;
  /**
   * Whether other nodes spend from the same budgets, so that this one has to be granted what it uses. A soft limit refuses
   * nothing and each node counts it by itself. @default false
   */
  readonly leased?: boolean;
  /** A limit has passed one of 50, 80 and 100 percent of its amount. @default nobody is told */
  readonly onShare?: (state: LimitState, percent: number) => void;
};

type Applying = { readonly all: readonly Counter[]; readonly hard: readonly Counter[] };

/** Combinations of a key and a model whose limits are kept, so that nobody fills the memory with names of models. */
const maxKept = 10_000;

export function createBudgets(options: BudgetsOptions): Budgets {
  const { clock, onShare } = options;
  const counters = new Map<string, Counter>();
  const bySubject = new Map<string, Counter[]>();
  const open = createLinkedList<OpenHold>();
  const kept = new Map<string, Applying>();
  const told = onShare === undefined ? undefined : shareTeller(onShare);
  const makeCounter = counterMaker(options);
  const moment = (): Moment => ({ now: clock.now(), monotonic: clock.monotonic() });

  const ofSubjects = (subjects: Subjects): readonly Counter[] =>
    limitScopes.flatMap((scope) => bySubject.get(`${scope} ${subjects[scope]}`) ?? []);
  const applyingTo = (subjects: Subjects, model: string): Applying => {
    const name = `${subjects.key} ${model}`;
    const known = kept.get(name);
    if (known !== undefined) return known;
    const all = ofSubjects(subjects).filter((counter) => applies(counter.limit(), subjects, model));
    const found = { all, hard: all.filter((counter) => counter.limit().enforcement === 'hard') };
    if (kept.size >= maxKept) kept.clear();
    kept.set(name, found);
    return found;
  };

  return {
    admit: (ask) => {
      const at = moment();
      const { all, hard } = applyingTo(ask.subjects, ask.model);
      const fits = (caps: Caps): boolean => {
        const most = ask.most(caps);
        return hard.every((counter) => isFree(counter, most, at));
      };
      const caps = fits(ask.caps) ? ask.caps : loweredCaps(ask, fits);
      if (caps === undefined) return refusal(hard, ask.most(ask.lowest), at);
      const isLowered = caps !== ask.caps;
      const onSettled = (counter: Counter, end: Moment): void => told?.(counter.state(end));
      const hold = takeHold(
        ask,
        { caps, isLowered, held: ask.most(caps) },
        { counters: all, at, moment, open, onSettled },
      );
      return { type: 'admitted', hold };
    },
    replace: (limits, settledOf = () => 0) => {
      const at = moment();
      const before = new Map(counters);
      counters.clear();
      bySubject.clear();
      kept.clear();
      for (const limit of limits) {
        const name = countedBy(limit);
        const known = before.get(name);
        known?.change(limit);
        const counter = known ?? begun(makeCounter(limit), { settledOf, at, open });
        counters.set(name, counter);
        const subject = `${limit.scope} ${limit.subject}`;
        bySubject.set(subject, [...(bySubject.get(subject) ?? []), counter]);
      }
    },
    states: (subjects, model) => {
      const at = moment();
      return ofSubjects(subjects)
        .filter((counter) => applies(counter.limit(), subjects, model ?? counter.limit().model))
        .map((counter) => counter.state(at));
    },
    forfeit: () => {
      for (const counter of counters.values()) counter.forfeit();
    },
    open: () => open.size(),
  };
}

function counterMaker(options: BudgetsOptions): (limit: Limit) => Counter {
  const { timeZoneOf, calendar = createCalendar() } = options;
  return (limit) => {
    const leased = options.leased === true && limit.enforcement === 'hard';
    // A bucket that several nodes share is a window of a minute, since grants have to end with something.
    if (limit.period === 'minute' && limit.unit !== 'concurrency' && !leased) return bucketCounter(limit);
    const period = limit.unit === 'concurrency' ? 'total' : limit.period;
    const windowAt = (now: number): Window => calendar.windowAt(period, timeZoneOf(limit.organisation), now);
    return windowCounter(limit, windowAt, leased);
  };
}

function applies(
  { organisation, scope, subject, model }: Limit,
  subjects: Subjects,
  of: string | null,
): boolean {
  return (
    organisation === subjects.organisation && subject === subjects[scope] && (model === null || model === of)
  );
}

function isFree(counter: Counter, most: Amounts, at: Moment): boolean {
  const needed = most[counter.limit().unit];
  // Whoever needs nothing of it is not stopped by a limit that was lowered below what is used.
  return needed !== null && (needed === 0 || needed <= counter.free(at));
}

/** Why a request was not admitted: what this node was not granted may still be asked for. */
function refusal(hard: readonly Counter[], least: Amounts, at: Moment): Admission {
  const failing = hard.filter((counter) => !isFree(counter, least, at));
  const failed = failing.map((counter): FailedLimit => {
    const needed = least[counter.limit().unit];
    const waitMs = needed === null ? Number.POSITIVE_INFINITY : counter.waitFor(needed, at);
    return { ...counter.state(at), needed, waitMs };
  });
  const refused = { failed, waitMs: Math.max(...failed.map(({ waitMs }) => waitMs)) };
  const of = failing.map((counter): Shortage => ({ counter, needed: neededOf(counter, least) }));
  const isShort = of.every(
    ({ counter, needed }) => least[counter.limit().unit] !== null && counter.mayBeGranted(needed, at),
  );
  return isShort ? { type: 'short', of, ...refused } : { type: 'refused', ...refused };
}

/** A counter with what was used and is held of it already. */
function begun(
  counter: Counter,
  {
    settledOf,
    at,
    open,
  }: { readonly settledOf: SettledOf; readonly at: Moment; readonly open: LinkedList<OpenHold> },
): Counter {
  const window = counter.window(at) ?? { start: at.now - 60_000, end: at.now };
  const limit = counter.limit();
  const settled = limit.unit === 'concurrency' ? 0 : settledOf(limit, window);
  if (settled !== 0) counter.add(settled, at);
  for (const hold of open) {
    if (!applies(limit, hold.subjects, hold.model) || hold.at.now < window.start) continue;
    hold.taken.push(counter.take(neededOf(counter, hold.held), at));
  }
  return counter;
}

const shares: readonly number[] = [100, 80, 50];

/** Tells each share of a limit once, until less is used again. */
function shareTeller(onShare: (state: LimitState, percent: number) => void): (state: LimitState) => void {
  const last = new WeakMap<Limit, number>();
  return (state) => {
    const { limit, settled } = state;
    if (limit.amount === 0 || limit.unit === 'concurrency') return;
    const reached = shares.find((percent) => settled * 100 >= limit.amount * percent) ?? 0;
    const before = last.get(limit) ?? 0;
    if (reached !== before) last.set(limit, reached);
    if (reached > before) onShare(state, reached);
  };
}
