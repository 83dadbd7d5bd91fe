// The main thread's side of the ledger over SQLite: batches of rows to the writing thread, which answers one after another. A
// thread that dies fails what it was given, and the next batch starts another.
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { TiegelError } from '../../base/index.ts';
import { createGroupCommit } from './group-commit.ts';
import { type EntryValues, type LedgerEntry, valuesOf } from './ledger-entry.ts';

export type Ledger = AsyncDisposable & {
  /**
   * Resolves once the row is durable. May be called again with the same row, which is then written once (request and kind).
   *
   * @throws TGL_LEDGER_UNAVAILABLE where it was not written, such as for a full disk
   */
  readonly append: (entry: LedgerEntry) => Promise<void>;
  /** Adds every row that was acknowledged to the roll-ups, which follow by themselves otherwise. @throws TGL_LEDGER_UNAVAILABLE */
  readonly rollUp: () => Promise<void>;
};

export type WriterSetup = {
  readonly path: string;
  readonly rollUpMs: number;
  readonly settings: WriterSettings;
};

export type WriterSettings = {
  /** `full`: what was acknowledged survives a loss of power. `off` is for comparisons. */
  readonly synchronous: 'full' | 'off';
};

export type ToWriter =
  | { readonly type: 'write'; readonly rows: readonly EntryValues[] }
  | { readonly type: 'roll-up' | 'close' };

export type FromWriter =
  | { readonly type: 'written' }
  | { readonly type: 'failed' | 'roll-up-failed'; readonly reason: string };

export type WriterThreadOptions = {
  /** The file, which has the schema already. */
  readonly path: string;
  /** @default 1000 */
  readonly rollUpMs?: number;
  /** @default full durability */
  readonly settings?: WriterSettings;
  /** Rows of one transaction at most. @default 1024 */
  readonly maxBatch?: number;
  /** Told of what nobody waits for. @default nobody is */
  readonly onProblem?: (reason: string) => void;
};

/**
 * A commit costs some 200 microseconds of processor time, most of it the disk's, and a row of a large one some 10. So rows that come
 * a few at a time wait for one another, each less than a client notices; but for holds, before which no request leaves.
 */
const gathers = { milliseconds: 1, rows: 64 } as const;

export function openWriterThread(options: WriterThreadOptions): Ledger {
  const { path, rollUpMs = 1000, settings = { synchronous: 'full' }, maxBatch = 1024, onProblem } = options;
  let worker: Worker | undefined;
  /** Of what the thread was asked and has not answered, in that order. */
  let asked: ((answer: FromWriter) => void)[] = [];

  const start = (): Worker => {
    const setup: WriterSetup = { path, rollUpMs, settings };
    const started = new Worker(new URL('./worker.ts', import.meta.url), { workerData: setup });
    const fail = (reason: string): void => {
      if (worker !== started) return;
      worker = undefined;
      const failed = asked;
      asked = [];
      for (const answer of failed) answer({ type: 'failed', reason });
    };
    started.on('message', (message: FromWriter) => {
      if (message.type === 'roll-up-failed') onProblem?.(message.reason);
      else asked.shift()?.(message);
    });
    started.on('error', (error) => fail(error.message));
    started.on('exit', () => fail('its thread has ended'));
    return started;
  };
  const ask = async (message: ToWriter): Promise<void> => {
    worker ??= start();
    const thread = worker;
    const answer = await new Promise<FromWriter>((resolve) => {
      asked.push(resolve);
      thread.postMessage(message);
    });
    if (answer.type !== 'written') throw new TiegelError('TGL_LEDGER_UNAVAILABLE', { reason: answer.reason });
  };

  const { append, drained } = createGroupCommit<EntryValues>({
    commit: (rows) => ask({ type: 'write', rows }),
    maxBatch,
    ahead: true,
    gathers,
  });
  worker = start();
  return {
    append: (entry) => append(valuesOf(entry), entry.kind === 'hold'),
    rollUp: () => ask({ type: 'roll-up' }),
    [Symbol.asyncDispose]: async () => {
      await drained();
      const ending = worker;
      if (ending === undefined) return;
      worker = undefined;
      const ended = once(ending, 'exit');
      ending.postMessage({ type: 'close' } satisfies ToWriter);
      await ended;
    },
  };
}
