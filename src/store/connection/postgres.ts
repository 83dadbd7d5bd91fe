// Kysely over pg. Integers of 64 bits are read as numbers, and refused where a number cannot hold them.
import { type Dialect, PostgresDialect } from 'kysely';
import pg from 'pg';

const connectMs = 5000;
const queryMs = 30_000;
const maxConnections = 8;
const bigint = 20;

export function postgresAt(url: string): Dialect {
  const pool = new pg.Pool({
    connectionString: url,
    max: maxConnections,
    connectionTimeoutMillis: connectMs,
    query_timeout: queryMs,
    statement_timeout: queryMs,
    keepAlive: true,
    application_name: 'tiegel',
    types: { getTypeParser: typeParser as typeof pg.types.getTypeParser },
  });
  // A connection that is lost while nobody uses it; who asks next is given a new one.
  pool.on('error', () => {});
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
