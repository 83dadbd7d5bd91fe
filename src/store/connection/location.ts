// Where a store lies: a file of SQLite, or a database of PostgreSQL.
import { TiegelError } from '../../base/index.ts';

export type StoreLocation =
  | { readonly type: 'sqlite'; readonly path: string }
  | { readonly type: 'postgres'; readonly url: string; readonly host: string };

/**
 * The location that a path or a URL such as `postgres://user:password@host/database` names.
 *
 * @throws TGL_STORE_LOCATION for any other URL; its password is not told
 */
export function parseLocation(text: string): StoreLocation {
  if (!/^[a-z][a-z0-9+.-]+:\/\//i.test(text)) return { type: 'sqlite', path: text };
  const url = URL.parse(text);
  const isPostgres = url?.protocol === 'postgres:' || url?.protocol === 'postgresql:';
  if (url === null || !isPostgres || url.pathname.length < 2) {
    const received =
      url === null ? 'a URL that cannot be read' : `${url.protocol}//${url.host}${url.pathname}`;
    throw new TiegelError('TGL_STORE_LOCATION', { received });
  }
  // A socket is named by its directory, in the query.
  return { type: 'postgres', url: text, host: url.searchParams.get('host') ?? url.hostname };
}

/** The location as it may be shown: without user and password. */
export function shownLocation(location: StoreLocation): string {
  if (location.type === 'sqlite') return location.path;
  const { host, pathname } = new URL(location.url);
  return `postgres://${host || location.host}${pathname}`;
}

/** The machine that a location is on; null for a file of this one. @throws TGL_STORE_LOCATION */
export function storeHost(text: string): string | null {
  const location = parseLocation(text);
  return location.type === 'postgres' ? location.host : null;
}
