// From what was observed to cases: batches go into the store, every week that is looked at is judged, and what exceeds a threshold
// becomes a case with its evidence. A batch that fails is sent again under its number, so that nothing is counted twice.
import { setImmediate } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { Clock } from '../../base/index.ts';
import {
  type Calibration,
  decodeAccountWeek,
  emptyAccountWeek,
  encodeAccountWeek,
  evidenceOf,
  type GuardScore,
  isUseClass,
  joinedSpan,
  judge,
  type Observation,
  observeState,
  type StoredWeek,
  sumOf,
  type UseClass,
  weekOf,
} from '../../guard/index.ts';
import type { Author, GuardCase, GuardWeek, Store } from '../../store/index.ts';
import type { AccountId, OrganisationId } from '../../traffic/index.ts';

export type WeekWatch = {
  /** Sends what is waiting and what came since, and judges it. @throws TGL_STORE_UNAVAILABLE */
  readonly add: (observations: readonly Observation[], calibration: Calibration | undefined) => Promise<void>;
  /** Judges all weeks of the last two: after a start, and where something else is in force. @throws TGL_STORE_UNAVAILABLE */
  readonly judgeAll: (calibration: Calibration) => Promise<void>;
};

export type WatchOptions = {
  readonly store: Pick<Store, 'guard'>;
  readonly score: GuardScore;
  readonly clock: Clock;
  /** Names this process; its batches are numbered. */
  readonly node: string;
  readonly logger: Pick<Logger, 'warn' | 'error'>;
  /** Called for a case that was opened or raised. */
  readonly onCase: (opened: GuardCase) => Promise<void>;
};

const server: Author = { actor: { type: 'server' }, request: null, reason: 'found by the guard' };
/** Of one transaction, so that nobody waits long for another. */
const accountsPerBatch = 16;

export function watchWeeks(options: WatchOptions): WeekWatch {
  const { store, score, clock, node, logger, onCase } = options;
  let number = 0;
  let unsent: { readonly number: number; readonly observations: readonly Observation[] }[] = [];

  const judgeWeeks = async (
    weeks: Iterable<GuardWeek> | AsyncIterable<GuardWeek>,
    calibration: Calibration,
  ): Promise<void> => {
    const uses = await store.guard.declaredUses();
    const cleared = await store.guard.clearedUses();
    for await (const week of weeks) {
      const { organisation, account } = week;
      const declared = uses.get(`${organisation} ${account}`);
      const useClass: UseClass = isUseClass(declared) ? declared : 'undeclared';
      let stored: StoredWeek;
      try {
        stored = decodeAccountWeek(week.state);
      } catch (err) {
        logger.error({ err, organisation, account }, 'a state of the guard cannot be read');
        continue;
      }
      const ceiling = cleared.get(`${organisation} ${account} ${useClass}`);
      const judgement = judge(score, calibration, useClass, stored.looks, ceiling && ceiling / 1000);
      if (judgement === null || judgement.level === 'none') continue;
      const judged = { ...{ score, calibration, judgement, week: week.week }, ...stored };
      const opened = await store.guard.openCase(
        {
          organisation: organisation as OrganisationId,
          account: account as AccountId,
          week: week.week,
          use_class: useClass,
          level: judgement.level,
          statistic: Math.ceil(1000 * judgement.statistic),
          evidence: evidenceOf(judged),
        },
        server,
      );
      if (opened === undefined) continue;
      logger.warn({ case: opened.id, organisation, account, level: opened.level }, 'the guard opened a case');
      await onCase(opened);
    }
  };
  return {
    add: async (observations, calibration) => {
      for (let start = 0; start < observations.length; start += accountsPerBatch) {
        const part = observations.slice(start, start + accountsPerBatch);
        unsent.push({ number: ++number, observations: part });
      }
      while (unsent.length > 0) {
        const weeks = await store.guard.addBatch({ node, ...unsent[0]! }, mergeWeek);
        unsent = unsent.slice(1);
        if (calibration !== undefined && weeks.length > 0) await judgeWeeks(weeks, calibration);
        // SQLite answers without a turn of the event loop, in which replies of others go on.
        await setImmediate();
      }
    },
    judgeAll: async (calibration) => {
      const recent = weekOf(clock.now()) - 1;
      await judgeWeeks(store.guard.weeksFrom(recent), calibration);
    },
  };
}

function mergeWeek(
  known: Uint8Array | undefined,
  { state, span }: Observation,
): { readonly requests: number; readonly state: Uint8Array } {
  const week =
    known === undefined ? { ...emptyAccountWeek(), looks: [], span: null } : decodeAccountWeek(known);
  const looks = observeState(week, state);
  return {
    requests: sumOf(week.state.sums, 'requests'),
    state: encodeAccountWeek({
      ...week,
      looks: [...week.looks, ...looks],
      span: joinedSpan(week.span, span),
    }),
  };
}
