// What people and models wrote, where a policy lets it be kept at all. It is sealed with a key of its principal and month, and
// lies in a file of SQLite for the day on which it expires: the end of a retention is an unlink, never a search for rows.
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { type Clock, type Disk, type Entropy, removeDurably, systemDisk } from '../../base/index.ts';
import { openSqlite } from '../connection/sqlite.ts';
import { type ContentKeys, openContentKeys, seal, unseal } from './content-keys.ts';

export type Content = {
  readonly request: string;
  readonly organisation: string;
  readonly account: string;
  readonly principal: string;
  readonly text: string;
};

export type ContentStore = Disposable & {
  /** Keeps contents for so many days from now on, one or more; those of erased principals are dropped. @throws TGL_DISK_FULL */
  readonly keep: (contents: readonly Content[], days: number) => void;
  /** The content of a request, unless it expired, was erased or is another organisation's. */
  readonly read: (organisation: string, request: string) => string | undefined;
  readonly countOf: (principal: string) => ContentCount;
  /** Destroys the keys of a principal and removes what they sealed; returns what there was. */
  readonly erase: (principal: string) => ContentCount;
  /** Who was erased here. */
  readonly erased: () => readonly string[];
  /** Who has content here. */
  readonly principals: () => readonly string[];
  /** Unlinks what has expired; returns how many days' files went. */
  readonly removeExpired: () => number;
};

export type ContentCount = { readonly records: number; readonly months: readonly string[] };

export type ContentStoreOptions = {
  readonly directory: string;
  readonly clock: Clock;
  readonly entropy: Entropy;
  /** @default the disk of this machine */
  readonly disk?: Disk;
};

const millisecondsPerDay = 24 * 60 * 60 * 1000;
const dayFile = /^expires-(\d{4}-\d\d-\d\d)\.db$/;

export function openContentStore({
  directory,
  clock,
  entropy,
  disk = systemDisk,
}: ContentStoreOptions): ContentStore {
  const keys = openContentKeys(join(directory, 'keys'), entropy, disk);
  const days = openDays(directory, disk);
  const parts: Parts = { keys, days, clock, entropy };
  return {
    keep: (contents, keptDays) => keep(parts, contents, keptDays),
    read: (organisation, request) => read(parts, organisation, request),
    countOf: (principal) => countOf(parts, principal),
    erase: (principal) => erase(parts, principal),
    erased: keys.erased,
    principals: keys.principals,
    removeExpired: () => removeExpired(parts),
    [Symbol.dispose]: days.close,
  };
}

type Parts = Pick<ContentStoreOptions, 'clock' | 'entropy'> & {
  readonly keys: ContentKeys;
  readonly days: ReturnType<typeof openDays>;
};

function dayAt(time: number): string {
  return new Date(time).toISOString().slice(0, 10);
}

/** From the day on that a file is named by, nothing in it is given out. */
function isOver(day: string, { clock }: Pick<Parts, 'clock'>): boolean {
  return day <= dayAt(clock.now());
}

function keep({ keys, days, clock, entropy }: Parts, contents: readonly Content[], keptDays: number): void {
  const now = clock.now();
  const month = dayAt(now).slice(0, 7);
  const database = days.open(dayAt(now + keptDays * millisecondsPerDay));
  const insert = database.prepare(
    'insert or replace into content (request, organisation, account, principal, month, at, sealed) values (?, ?, ?, ?, ?, ?, ?)',
  );
  database.exec('begin immediate');
  try {
    for (const { request, organisation, account, principal, text } of contents) {
      const key = keys.keyFor(principal, month);
      if (key === undefined) continue;
      const sealed = seal(key, belongsTo({ request, organisation, principal }), text, entropy);
      insert.run(request, organisation, account, principal, month, now, sealed);
    }
    database.exec('commit');
  } catch (cause) {
    database.exec('rollback');
    throw cause;
  }
}

function read(parts: Parts, organisation: string, request: string): string | undefined {
  const { days, keys } = parts;
  for (const day of days.list()) {
    if (isOver(day, parts)) continue;
    const row = days
      .open(day)
      .prepare('select principal, month, sealed from content where request = ? and organisation = ?')
      .get(request, organisation) as SealedRow | undefined;
    if (row === undefined) continue;
    const { principal, month, sealed } = row;
    const key = keys.find(principal, month);
    return key && unseal(key, belongsTo({ request, organisation, principal }), sealed);
  }
  return undefined;
}

function countOf({ days, keys }: Parts, principal: string): ContentCount {
  const records = days.list().reduce((sum, day) => sum + countIn(days.open(day), principal), 0);
  return { records, months: keys.monthsOf(principal) };
}

function countIn(database: DatabaseSync, principal: string): number {
  const row = database.prepare('select count(*) as count from content where principal = ?').get(principal);
  return (row as { count: number }).count;
}

function erase(parts: Parts, principal: string): ContentCount {
  const { days, keys } = parts;
  const count = countOf(parts, principal);
  keys.destroy(principal);
  for (const day of days.list()) {
    const database = days.open(day);
    if (countIn(database, principal) === 0) continue;
    database.prepare('delete from content where principal = ?').run(principal);
    database.exec('pragma wal_checkpoint(truncate)');
  }
  return count;
}

function removeExpired(parts: Parts): number {
  const { days, keys, clock } = parts;
  const over = days.list().filter((day) => isOver(day, parts));
  for (const day of over) days.remove(day);
  const left = new Set(days.list().flatMap((day) => monthsIn(days.open(day))));
  const months = new Set(keys.principals().flatMap(keys.monthsOf));
  const current = dayAt(clock.now()).slice(0, 7);
  for (const month of months) if (!left.has(month) && month !== current) keys.destroyMonth(month);
  return over.length;
}

type SealedRow = { readonly principal: string; readonly month: string; readonly sealed: Uint8Array };

function belongsTo({ request, organisation, principal }: Omit<Content, 'account' | 'text'>): string {
  return JSON.stringify([organisation, principal, request]);
}

function monthsIn(database: DatabaseSync): readonly string[] {
  const rows = database.prepare('select distinct month from content').all();
  return rows.map(({ month }) => month as string);
}

/** The files, by the day on which what is in them expires. */
function openDays(directory: string, disk: Disk) {
  const opened = new Map<string, DatabaseSync>();
  const pathOf = (day: string): string => join(directory, `expires-${day}.db`);
  const close = (): void => {
    for (const database of opened.values()) database.close();
    opened.clear();
  };
  return {
    close,
    list: (): readonly string[] =>
      existsSync(directory)
        ? readdirSync(directory)
            .flatMap((name) => dayFile.exec(name)?.[1] ?? [])
            .sort()
        : [],
    open: (day: string): DatabaseSync => {
      const known = opened.get(day);
      if (known !== undefined) return known;
      if (opened.size >= maxOpenFiles) close();
      const database = openSqlite(pathOf(day));
      opened.set(day, database);
      // Nobody was promised that a content is kept, so that a loss of power may take the last ones.
      for (const setting of ['synchronous = normal', 'busy_timeout = 2000'])
        database.exec(`pragma ${setting}`);
      database.exec(table);
      return database;
    },
    remove: (day: string): void => {
      opened.get(day)?.close();
      opened.delete(day);
      for (const path of [`${pathOf(day)}-wal`, `${pathOf(day)}-shm`, pathOf(day)])
        if (existsSync(path)) removeDurably(path, disk);
    },
  };
}

const maxOpenFiles = 8;

const table = `create table if not exists content (
  request text primary key,
  organisation text not null,
  account text not null,
  principal text not null,
  month text not null,
  at integer not null,
  sealed blob not null
) strict, without rowid;
create index if not exists content_principal on content (principal);`;
