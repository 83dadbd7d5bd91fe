// The guard for as long as a server runs: it observes requests, sends what they add up to into the store every few seconds, judges
// by the newest calibration there, and where it is told so limits what exceeds the higher threshold. It fails no request.
import { createHmac } from 'node:crypto';
import type { Logger } from 'pino';
import { type Clock, reasonOf } from '../../base/index.ts';
import type { Catalog } from '../../catalog/index.ts';
import type { Gauge } from '../../gateway/index.ts';
import {
  type Calibration,
  type GuardScore,
  type HashKey,
  observeRequests,
  shippedGuardScore,
  weekOf,
} from '../../guard/index.ts';
import type { GuardCase, Pepper, Store } from '../../store/index.ts';
import type { RequestObserver } from '../../traffic/index.ts';
import { openCalibration } from './calibrations.ts';
import type { CaseWebhook } from './case-webhook.ts';
import type { GuardSetting } from './guard-setting.ts';
import { type AccountLinkage, linkAccounts } from './linkage/link-accounts.ts';
import { automaticAuthor, beginMeasure, settleMeasures } from './measures.ts';
import { type WeekWatch, watchWeeks } from './watch-weeks.ts';

export type Guard = AsyncDisposable & {
  readonly observer: RequestObserver;
  readonly gauges: () => readonly Gauge[];
  /** Sends and judges what was observed so far. */
  readonly flush: () => Promise<void>;
  /** Once accounts were compared with each other, where that has begun. */
  readonly linked: () => Promise<void>;
};

export type GuardContext = {
  readonly store: Pick<Store, 'guard' | 'context' | 'database'>;
  readonly pepper: Pepper;
  readonly attestations: Catalog['attestations'];
  readonly clock: Clock;
  readonly logger: Pick<Logger, 'info' | 'warn' | 'error'>;
  /** Names this process. */
  readonly node: string;
  /** Without one: off, until there is a calibration, and then `ask`. */
  readonly setting: GuardSetting | undefined;
  /** Is told of cases; disposed with the guard. */
  readonly webhook?: CaseWebhook | undefined;
  /** Milliseconds between two comparisons of all accounts. @default ten minutes */
  readonly linkEveryMs?: number | undefined;
};

const flushMs = 2000;
/** Weeks that a calibration may draw on. */
const keptWeeks = 8;

export async function startGuard(context: GuardContext): Promise<Guard> {
  const { store, clock, logger, setting, webhook } = context;
  const score = shippedGuardScore();
  const isAskedFor = setting !== undefined && setting !== 'off';
  const state: State = { calibration: undefined, seen: 0, failures: 0, cases: 0, observes: isAskedFor };
  const observation = observeRequests({
    lexical: score.lexical,
    keyOf: keysOf(context.pepper),
    clock,
    onProblem: (err) => logger.error({ err }, 'a request could not be observed'),
  });
  const { weeks, linkage } = findersOf(context, score, state);
  const inForce = (): Calibration | undefined =>
    setting === 'observe' || setting === 'off' ? undefined : state.calibration;
  const work = async (): Promise<void> => {
    try {
      const found = await newestCalibration(context, score, state.seen);
      if (found !== undefined) {
        state.seen = found.version;
        state.calibration = found.calibration;
        state.observes = isAskedFor || found.calibration !== undefined;
        const judging = inForce();
        if (judging !== undefined) await weeks.judgeAll(judging);
      }
      await weeks.add(observation.take(), inForce());
      linkage.begin(inForce());
      const oldest = weekOf(clock.now()) - keptWeeks;
      if (state.oldest !== oldest) await store.guard.removeBefore(oldest);
      state.oldest = oldest;
    } catch (err) {
      state.failures++;
      logger.error({ reason: reasonOf(err) }, 'the guard could not write; it tries again');
    }
  };
  let working: Promise<void> | undefined;
  const flush = async (): Promise<void> => {
    await working;
    working = work();
    await working;
    working = undefined;
  };
  if (setting !== 'off') await flush();
  const tick = setting === 'off' ? undefined : setInterval(() => void (working ?? flush()), flushMs).unref();
  const { began, ended } = observation.observer;
  return {
    observer: {
      began: (...begun) => {
        if (state.observes) began?.(...begun);
      },
      ended: (record) => ended?.(record),
    },
    gauges: () => gaugesOf(observation.counts(), state, webhook?.failures() ?? 0),
    flush,
    linked: linkage.looked,
    [Symbol.asyncDispose]: async () => {
      clearInterval(tick);
      if (setting !== 'off') await flush();
      await linkage[Symbol.asyncDispose]();
      await webhook?.[Symbol.asyncDispose]();
    },
  };
}

type State = {
  calibration: Calibration | undefined;
  seen: number;
  failures: number;
  cases: number;
  observes: boolean;
  oldest?: number;
};

/** What finds cases, of single accounts and of those that belong together. */
function findersOf(
  { store, clock, logger, node, setting, webhook, linkEveryMs: everyMs }: GuardContext,
  score: GuardScore,
  state: State,
): { readonly weeks: WeekWatch; readonly linkage: AccountLinkage } {
  const tell = (opened: GuardCase): void => {
    state.cases++;
    webhook?.tell(opened);
  };
  const measure = async (found: GuardCase): Promise<void> => {
    if (setting === 'measure' && found.level === 'measure')
      await beginMeasure(store, 'slow-down', found, automaticAuthor(found), clock);
  };
  return {
    weeks: watchWeeks({
      ...{ store, score, clock, node, logger },
      onCase: async (opened) => {
        tell(opened);
        await measure(opened);
      },
    }),
    linkage: linkAccounts({
      ...{ store, clock, logger, everyMs, onCase: tell },
      onFound: (found) => settleMeasures(store, found, { isAutomatic: setting === 'measure', clock }),
      onFailure: () => {
        state.failures++;
      },
    }),
  };
}

type FoundCalibration = { readonly version: number; readonly calibration: Calibration | undefined };

/** Undefined where there is none behind that version; one that is not to be believed is logged, and judges nobody. */
async function newestCalibration(
  { store, attestations, logger }: GuardContext,
  score: GuardScore,
  seen: number,
): Promise<FoundCalibration | undefined> {
  const newest = await store.guard.calibration(seen);
  if (newest === undefined) return undefined;
  const { version, envelope } = newest;
  try {
    const calibration = openCalibration(attestations, envelope, score);
    logger.info({ version }, 'the guard judges by another calibration');
    return { version, calibration };
  } catch (err) {
    logger.error({ err, version }, 'a calibration of the guard is not used');
    return { version, calibration: undefined };
  }
}

/** Another key each week, the same on all nodes that share a pepper. */
function keysOf(pepper: Pepper): (week: number) => HashKey {
  return (week) => {
    const key = createHmac('sha256', pepper.hash('guard')).update(String(week)).digest();
    return [key.readInt32LE(0), key.readInt32LE(4)];
  };
}

function gaugesOf(
  { observed, failed, dropped }: { observed: number; failed: number; dropped: number },
  { failures, cases, calibration }: State,
  untold: number,
): readonly Gauge[] {
  const of = (outcome: string, value: number) => ({ labels: { outcome }, value });
  return [
    {
      name: 'tiegel_guard_requests',
      help: 'Requests that the guard observed, failed on, or had no room for.',
      values: [of('observed', observed), of('failed', failed), of('dropped', dropped)],
    },
    {
      name: 'tiegel_guard_write_failures',
      help: 'Times that the guard could not write what it observed.',
      values: [{ labels: {}, value: failures }],
    },
    {
      name: 'tiegel_guard_cases_opened',
      help: 'Cases that this server opened or raised.',
      values: [{ labels: {}, value: cases }],
    },
    {
      name: 'tiegel_guard_webhook_failures',
      help: 'Cases that could not be told to the webhook.',
      values: [{ labels: {}, value: untold }],
    },
    {
      name: 'tiegel_guard_calibrated',
      help: 'Whether there is a calibration by which the guard judges.',
      values: [{ labels: {}, value: Number(calibration !== undefined) }],
    },
  ];
}
