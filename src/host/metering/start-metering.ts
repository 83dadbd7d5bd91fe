// Metering for as long as a server runs: the ledger of its store, and limits and prices that follow what is changed there, by
// this process or another one, within a second.
import type { Logger } from 'pino';
import type { Clock } from '../../base/index.ts';
import {
  type LenderTerms,
  newestByHand,
  newestSetting,
  openLedger,
  reapFile,
  type Store,
} from '../../store/index.ts';
import { type Metering, openMetering } from './metering.ts';

export type MeteringContext = {
  readonly store: Pick<Store, 'database'>;
  readonly clock: Clock;
  readonly logger: Pick<Logger, 'info' | 'error'>;
  /** Names the chain of this process in the ledger. */
  readonly writer: string;
  /** What this machine takes while all its places compute. @default the energy of a request is not known */
  readonly watts?: number | undefined;
  /** Of the leases by which several processes share budgets. @default the usual ones */
  readonly terms?: LenderTerms;
};

const lookMs = 1000;

/** @throws TGL_STORE_UNAVAILABLE, TGL_LEDGER_UNAVAILABLE */
export async function startMetering(context: MeteringContext): Promise<Metering & AsyncDisposable> {
  const { store, clock, logger, writer, watts, terms } = context;
  await using opened = new AsyncDisposableStack();
  const onProblem = (reason: string): void => logger.error({ reason }, 'the ledger');
  const ledger = opened.use(openLedger(store.database, { writer, onProblem }));
  const newest = async (): Promise<string> =>
    `${await newestSetting(store.database, clock.now())} ${await newestByHand(store.database)}`;
  const lost = await reapFile(store.database);
  if (lost.length > 0)
    logger.error({ requests: lost }, 'requests died with a process; what they held counts against limits');
  let seen = await newest();
  const metering = await openMetering({
    store,
    ledger,
    clock,
    logger,
    watts,
    ...(terms !== undefined && { terms }),
  });
  opened.defer(() => metering.close());
  let looking: Promise<void> | undefined;
  const look = async (): Promise<void> => {
    try {
      const found = await newest();
      if (found === seen) return;
      await metering.refresh();
      seen = found;
    } catch (err) {
      logger.error({ err }, 'limits and prices could not be read; the last ones stay in force');
    } finally {
      looking = undefined;
    }
  };
  let keeping: Promise<void> | undefined;
  const keep = async (): Promise<void> => {
    try {
      const kept = await metering.leases?.keep();
      if (kept?.hasLapsed === true) logger.error('the leases of this server lapsed; it asks for new ones');
      if (kept !== undefined && kept.reaped.length > 0)
        logger.info({ lessees: kept.reaped }, 'leases of servers that are gone were ended');
    } catch (err) {
      logger.error({ err }, 'leases could not be renewed; they last until they are used up or lapse');
    } finally {
      keeping = undefined;
    }
  };
  const timer = setInterval(() => {
    looking ??= look();
    metering.leases?.endOverdue();
    keeping ??= keep();
  }, lookMs).unref();
  opened.defer(async () => {
    clearInterval(timer);
    await looking;
    await keeping;
    await metering.leases
      ?.leave()
      .catch((err: unknown) => logger.error({ err }, 'leases were left to lapse'));
  });
  const owned = opened.move();
  return { ...metering, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}
