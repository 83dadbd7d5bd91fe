// Whose key it is, asked before the first byte of a body: answered at once from a snapshot of the store, which follows it within
// a second, and within two across machines. While the store is away, keys that are known go on working for a while.
import { hash as digest } from 'node:crypto';
import { TiegelError } from '../../base/index.ts';
import type { Authenticator, KeyId, Principal, SessionAuthenticator } from '../../traffic/index.ts';
import type { StoreContext } from '../audit/change-audited.ts';
import { followSessions } from '../sessions/session-authenticator.ts';
import { isWithin } from '../terms/fields.ts';
import { type FollowContext, followStore } from './follow-store.ts';
import { createKeySnapshot, type KeySnapshot, type KnownSecret } from './key-snapshot.ts';
import type { Pepper } from './pepper.ts';

export type AuthenticatorOptions = {
  /** A key that is not in the store, and the one there whose rights it has. */
  readonly alias?: { readonly secret: string; readonly key: KeyId } | undefined;
  /** How often the store is asked whether something changed. @default 500 */
  readonly pollMs?: number;
  /** How long keys go on working while the store cannot be asked. @default ten minutes */
  readonly graceMs?: number;
};

export type StoreAuthenticator = Authenticator &
  SessionAuthenticator &
  AsyncDisposable & {
    /** Follows the store now. @throws TGL_STORE_UNAVAILABLE */
    readonly refresh: () => Promise<void>;
  };

const usualPollMs = 500;
const usualGraceMs = 600_000;
/** After so long without an answer of the store, a key that is unknown here may well be a key. */
const staleMs = 5000;
const maxKeyLength = 256;
/** Texts whose hash under the pepper is remembered, right and wrong ones apart. */
const maxRemembered = 20_000;

/** @throws TGL_STORE_UNAVAILABLE */
export async function openAuthenticator(
  context: FollowContext,
  pepper: Pepper,
  { alias, pollMs = usualPollMs, graceMs = usualGraceMs }: AuthenticatorOptions = {},
): Promise<StoreAuthenticator> {
  const { database, clock } = context;
  const snapshot = createKeySnapshot(database.query);
  const lookUp = createLookUp(snapshot, pepper, alias);
  const sessions = followSessions(context, pepper.hash);
  const used = createLastUsed(context);
  let refreshed = clock.monotonic();
  let sessionsAreStale = true;

  const readChanges = async (): Promise<void> => {
    const asked = clock.monotonic();
    if (await snapshot.refresh()) {
      lookUp.forget();
      sessionsAreStale = true;
    }
    if (sessionsAreStale) await sessions.refresh();
    sessionsAreStale = false;
    refreshed = asked;
  };
  const flush = async (): Promise<void> => {
    await used.flush();
    await sessions.flush();
  };
  const following = await followStore(context, { pollMs, readChanges, flush });

  /** @throws TGL_STORE_UNAVAILABLE where the store has not answered for so long that nobody can tell */
  const requireCurrent = (isKnown: boolean): void => {
    const age = clock.monotonic() - refreshed;
    if (age > (isKnown ? graceMs : Math.min(staleMs + pollMs, graceMs)))
      throw new TiegelError('TGL_STORE_UNAVAILABLE', {
        ...{ location: database.shown, reason: 'it has not answered for a while' },
      });
  };

  return {
    refresh: following.refresh,
    authenticateSession: (presented, asked) => {
      const session = sessions.use(presented, clock.now());
      requireCurrent(session !== undefined);
      return session?.principalOf(asked);
    },
    authenticate: (presented, address) => {
      const now = clock.now();
      const found = presented.length > maxKeyLength ? undefined : lookUp.find(presented);
      // A key that does not hold is as unknown as any other text, also while the store is away.
      const holder = found !== undefined && holds(found, now, address) ? found.key.principal : undefined;
      requireCurrent(holder !== undefined);
      if (holder !== undefined) used.note(holder, now);
      return holder;
    },
    [Symbol.asyncDispose]: () => following[Symbol.asyncDispose](),
  };
}

function holds({ key, until }: KnownSecret, now: number, address: string): boolean {
  const { expiresAt, networks } = key;
  const hasEnded = (until !== null && now >= until) || (expiresAt !== null && now >= expiresAt);
  return !hasEnded && (networks === null || isWithin(networks, address));
}

type LookUp = {
  readonly find: (presented: string) => ReturnType<KeySnapshot['find']>;
  /** Which texts were no keys. */
  readonly forget: () => void;
};

/**
 * The keyed digest takes most of the time of a look-up, so that what it gave is remembered: of texts that were keys under
 * themselves, since each request holds its own anyway, and of others, which anybody can make up, under a plain digest.
 */
function createLookUp(snapshot: KeySnapshot, pepper: Pepper, alias: AuthenticatorOptions['alias']): LookUp {
  const known = new Map<string, string>();
  const wrong = new Set<string>();
  const aliasHash = alias && pepper.hash(alias.secret).toString('hex');
  const findHash = (hash: string): ReturnType<KeySnapshot['find']> => {
    if (alias === undefined || hash !== aliasHash) return snapshot.find(hash);
    const key = snapshot.get(alias.key);
    return key && { key, until: null };
  };
  return {
    forget: () => {
      wrong.clear();
      known.clear();
    },
    find: (presented) => {
      const remembered = known.get(presented);
      if (remembered !== undefined) {
        const found = findHash(remembered);
        if (found !== undefined) return found;
      }
      const name = digest('sha256', presented, 'hex');
      if (wrong.has(name)) return undefined;
      const hash = pepper.hash(presented).toString('hex');
      const found = findHash(hash);
      const table = found === undefined ? wrong : known;
      if (table.size >= maxRemembered) table.clear();
      if (found === undefined) wrong.add(name);
      else known.set(presented, hash);
      return found;
    },
  };
}

type LastUsed = {
  readonly note: (principal: Principal, now: number) => void;
  /** @throws TGL_STORE_UNAVAILABLE */
  readonly flush: () => Promise<void>;
};

const keysPerStatement = 500;
const dayMs = 86_400_000;

/** The day on which keys were used last, written now and then: a count of requests is the ledger's. */
function createLastUsed({ database }: StoreContext): LastUsed {
  /** Day number since the Unix epoch of each key's last note, and those that the store does not have yet. */
  const noted = new Map<KeyId, number>();
  const pending = new Map<KeyId, number>();
  return {
    note: ({ keyId }, now) => {
      const today = Math.floor(now / dayMs);
      if (noted.get(keyId) === today) return;
      noted.set(keyId, today);
      pending.set(keyId, today);
    },
    flush: async () => {
      const writing = [...pending];
      for (const [today, keys] of Map.groupBy(writing, ([, on]) => on)) {
        const day = new Date(today * dayMs).toISOString().slice(0, 10);
        for (let start = 0; start < keys.length; start += keysPerStatement)
          await database.query
            .updateTable('api_key')
            .set({ last_used: day })
            .where(
              'id',
              'in',
              keys.slice(start, start + keysPerStatement).map(([key]) => key),
            )
            .where((row) => row.or([row('last_used', 'is', null), row('last_used', '<', day)]))
            .execute();
      }
      for (const [key, today] of writing) if (pending.get(key) === today) pending.delete(key);
    },
  };
}
