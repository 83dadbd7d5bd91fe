// What becomes of a request is settled before its last bytes leave, so that whoever was answered in full was also counted.
// While something could not be settled it is kept and tried again, and no new request is taken: what is kept is thereby at
// most what was running.
import type { Logger } from 'pino';
import { TiegelError } from '../base/index.ts';
import type { RequestRecord } from '../traffic/index.ts';

/** Resolves once the record is durable. May be called again with the same record, which then counts once (`requestId`). */
export type Settle = (record: RequestRecord) => Promise<void>;

export type Settlement = {
  /** Undefined where nobody settles, so that nobody waits. @throws TGL_SETTLEMENT_FAILED */
  readonly settle: Settle | undefined;
  /** Everything that was to be settled is, or is being. */
  readonly isWorking: () => boolean;
  /** @throws TGL_SETTLEMENT_FAILED */
  readonly requireWorking: () => undefined;
  /** Tries what is left for a last time, and says what stays unsettled. */
  readonly close: () => Promise<void>;
};

export type SettlementOptions = {
  readonly settle: Settle | undefined;
  /** What takes longer has failed. */
  readonly settleMs: number;
  /** Between two attempts at what could not be settled. */
  readonly retryMs: number;
  readonly logger: Pick<Logger, 'info' | 'error'>;
};

export function createSettlement({ settle, settleMs, retryMs, logger }: SettlementOptions): Settlement {
  const unsettled: RequestRecord[] = [];
  let timer: NodeJS.Timeout | undefined;
  const attempt: Settle = async (record) => settle && withDeadline(settle(record), settleMs);

  const settleRest = async (): Promise<void> => {
    for (let [record] = unsettled; record !== undefined; [record] = unsettled) {
      await attempt(record);
      unsettled.shift();
    }
  };
  const retryLater = (): void => {
    timer = setTimeout(async () => {
      try {
        await settleRest();
        timer = undefined;
        logger.info('everything is settled; requests are taken again');
      } catch {
        retryLater();
      }
    }, retryMs).unref();
  };

  return {
    settle:
      settle &&
      (async (record) => {
        try {
          await attempt(record);
        } catch (cause) {
          logger.error({ requestId: record.requestId, err: cause }, 'a request could not be settled');
          unsettled.push(record);
          if (timer === undefined) retryLater();
          throw new TiegelError('TGL_SETTLEMENT_FAILED', {}, { cause });
        }
      }),
    isWorking: () => unsettled.length === 0,
    requireWorking: () => {
      if (unsettled.length > 0) throw new TiegelError('TGL_SETTLEMENT_FAILED');
    },
    close: async () => {
      clearTimeout(timer);
      try {
        await settleRest();
      } catch (err) {
        const requestIds = unsettled.map(({ requestId }) => requestId);
        logger.error({ requestIds, err }, 'requests that were never settled');
      }
    },
  };
}

/** @throws Error for what takes longer */
export function withDeadline<Value>(done: Promise<Value>, milliseconds: number): Promise<Value> {
  return new Promise((resolve, reject) => {
    const late = (): void => reject(new Error(`not done within ${milliseconds} ms`));
    const timer = setTimeout(late, milliseconds);
    done.then(
      (value) => {
        clearTimeout(timer);
        resolve(value);
      },
      (reason: unknown) => {
        clearTimeout(timer);
        reject(reason);
      },
    );
  });
}
