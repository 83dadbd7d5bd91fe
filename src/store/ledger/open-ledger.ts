// The ledger of a store, whichever database it lies in.
import type { Database } from '../connection/database.ts';
import { openPostgresLedger } from './postgres-ledger.ts';
import { type Ledger, openWriterThread } from './writer-thread.ts';

export type LedgerOptions = {
  /** Names the chain of this process where several processes write to one database. */
  readonly writer: string;
  /** Told of what nobody waits for. @default nobody is */
  readonly onProblem?: (reason: string) => void;
};

/** Takes a connection of its own to the store, whose schema is there. */
export function openLedger({ location }: Pick<Database, 'location'>, options: LedgerOptions): Ledger {
  if (location.type === 'postgres') return openPostgresLedger({ ...options, url: location.url });
  return openWriterThread({
    path: location.path,
    ...(options.onProblem !== undefined && { onProblem: options.onProblem }),
  });
}
