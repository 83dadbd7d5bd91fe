// Kysely over pg. Integers of 64 bits are read as numbers, and refused where a number cannot hold them.
import { type Dialect, PostgresDialect } from 'kysely';
import pg from 'pg';

const connectMs = 5000;
const queryMs = 30_000;
/** No transaction waits for anything but the database, so that whoever is silent in one for that long stands still. */
const idleInTransactionMs = 10_000;
const maxConnections = 8;
const bigint = 20;

/**
 * How every connection to PostgreSQL is made. A process that was frozen in a transaction, or whose network is gone, loses the
 * transaction and with it what it has locked: without a bound the others would wait for it for good. What the query of the
 * address names, such as `idle_in_transaction_session_timeout`, comes before these.
 */
export function connectionSettings(url: string, application: string): pg.ClientConfig {
  return {
    connectionString: url,
    connectionTimeoutMillis: connectMs,
    query_timeout: queryMs,
    statement_timeout: queryMs,
    idle_in_transaction_session_timeout: idleInTransactionMs,
    keepAlive: true,
    application_name: application,
  };
}

export function postgresAt(url: string): Dialect {
  const pool = new pg.Pool({
    ...connectionSettings(url, 'tiegel'),
    max: maxConnections,
    types: { getTypeParser: typeParser as typeof pg.types.getTypeParser },
  });
  // A connection that is lost while nobody uses it; who asks next is given a new one. While somebody does, their query fails, and
  // the event that tells of it once more would end the process.
  pool.on('error', () => {});
  pool.on('connect', (client) => void client.on('error', () => {}));
  return new PostgresDialect({ pool });
}

function typeParser(type: number, format?: 'text' | 'binary'): unknown {
  return type === bigint ? exactInteger : pg.types.getTypeParser(type, format as 'text');
}

/** @throws RangeError */
function exactInteger(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value)) throw new RangeError(`${text} is beyond the integers of a number`);
  return value;
}

/**
 * Listens on a channel. A connection that is lost is made anew at the next call of `ensure`, which throws nothing: who listens
 * asks the database now and then as well.
 */
export function listenAt(
  url: string,
  channel: string,
  heard: () => void,
): AsyncDisposable & { readonly ensure: () => Promise<void> } {
  let client: pg.Client | undefined;
  let isDisposed = false;
  const drop = (lost: pg.Client): void => {
    if (client === lost) client = undefined;
    lost.removeAllListeners('notification');
    lost.end().catch(() => {});
  };
  return {
    ensure: async () => {
      if (client !== undefined || isDisposed) return;
      const opened = new pg.Client(connectionSettings(url, 'tiegel changes'));
      client = opened;
      opened.on('error', () => drop(opened));
      opened.on('end', () => drop(opened));
      opened.on('notification', heard);
      try {
        await opened.connect();
        await opened.query(`listen ${channel}`);
      } catch {
        drop(opened);
      }
      if (isDisposed) drop(opened);
    },
    [Symbol.asyncDispose]: async () => {
      isDisposed = true;
      if (client !== undefined) drop(client);
    },
  };
}
