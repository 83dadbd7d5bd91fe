// What databases say went wrong, as typed errors. What is a fault of our own statements stays as it is.
import { lookUp, TiegelError } from '../../base/index.ts';

type DatabaseFault = {
  /** A word of node:sqlite or of the system, or the SQLSTATE of PostgreSQL. */
  readonly code?: string;
  /** SQLite's own, extended code. */
  readonly errcode?: number;
};

/** Primary codes of SQLite. @see https://sqlite.org/rescode.html */
const sqliteReasons: Readonly<Record<number, string>> = {
  5: 'another process holds it',
  6: 'another process holds it',
  8: 'it is read-only',
  10: 'the disk failed',
  13: 'the disk is full',
  14: 'its file cannot be opened',
};
const sqliteDamaged: ReadonlySet<number> = new Set([11, 26]);
const sqliteConstraint = 19;
/** Of a trigger, a check and a type; those of uniqueness and of references are conflicts. */
const sqliteRules: ReadonlySet<number> = new Set([275, 1811, 3091]);

const postgresConflicts: ReadonlySet<string> = new Set(['23503', '23505']);
/** A transaction in which nothing was said for too long. */
const postgresIdle = '25P03';

/** Classes of SQLSTATE that say that the server, and not the statement, is the reason. */
const postgresReasons: Readonly<Record<string, string>> = {
  '08': 'the connection was lost',
  '25': 'the server takes no changes',
  '28': 'the server refuses the user or the password',
  '3D': 'the server has no such database',
  '40': 'another change came in between',
  '53': 'the server has no resources left, such as room on its disk',
  '55': 'another process holds it',
  '57': 'the server is shutting down or has cancelled the query',
  '58': 'the disk of the server failed',
};

const lostConnection =
  /^(ECONNREFUSED|ECONNRESET|EPIPE|ENOTFOUND|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|ENOENT|EACCES|EAI_AGAIN)$/;
const lostConnectionText =
  /^Connection terminated|^timeout exceeded when trying to connect|^Client has encountered a connection error|^Query read timeout/;

/** What to throw in place of `cause`, which the database at this place threw. */
export function storeError(location: string, cause: unknown): unknown {
  if (!(cause instanceof Error) || TiegelError.isInstance(cause)) return cause;
  const { code = '', errcode } = cause as DatabaseFault;
  const unavailable = (reason: string): TiegelError =>
    new TiegelError('TGL_STORE_UNAVAILABLE', { location, reason }, { cause });
  if (code === 'ERR_SQLITE_ERROR' && errcode !== undefined) {
    const primary = errcode & 0xff;
    if (primary === sqliteConstraint && !sqliteRules.has(errcode))
      return new TiegelError('TGL_STORE_CONFLICT', {}, { cause });
    if (sqliteDamaged.has(primary))
      return new TiegelError('TGL_STORE_DAMAGED', { location, problem: cause.message }, { cause });
    const reason = sqliteReasons[primary];
    return reason === undefined ? cause : unavailable(reason);
  }
  if (postgresConflicts.has(code)) return new TiegelError('TGL_STORE_CONFLICT', {}, { cause });
  if (code.startsWith('XX'))
    return new TiegelError('TGL_STORE_DAMAGED', { location, problem: cause.message }, { cause });
  if (code === postgresIdle)
    return unavailable('the transaction was ended, since this process stood still in it');
  if (lostConnection.test(code)) return unavailable(`it cannot be reached: ${code}`);
  if (lostConnectionText.test(cause.message)) return unavailable('the connection was lost');
  const reason = /^[0-9A-Z]{5}$/.test(code) ? lookUp(postgresReasons, code.slice(0, 2)) : undefined;
  return reason === undefined ? cause : unavailable(reason);
}
