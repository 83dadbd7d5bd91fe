// Who is signed in by the cookie that a request carries, answered at once from the snapshot of the store.
import { hash as digest } from 'node:crypto';
import type { SessionId } from '../../traffic/index.ts';
import { changeStore, type StoreContext } from '../audit/change-audited.ts';
import { createSessionSnapshot, type KnownSession } from './session-snapshot.ts';
import { type HashSecret, sessionIdleMs } from './sign-ins.ts';

export type FollowedSessions = {
  /** One that can be used at this time, which is a use of it; undefined for every other text. */
  readonly use: (presented: string, now: number) => KnownSession | undefined;
  /** @throws TGL_STORE_UNAVAILABLE */
  readonly refresh: () => Promise<void>;
  /** Writes down which ones were used. @throws TGL_STORE_UNAVAILABLE */
  readonly flush: () => Promise<void>;
};

/** Uses are written so seldom, and a session is idle only so much after the others would have heard of its use. */
const seenEveryMs = 600_000;
const maxSecretLength = 256;
const maxRemembered = 20_000;

export function followSessions(context: StoreContext, hash: HashSecret): FollowedSessions {
  const snapshot = createSessionSnapshot(context.database.query);
  const hashes = new Map<string, string>();
  const seen = new Map<SessionId, number>();

  /** A plain digest takes a sixth of the time of the keyed one. */
  const hashOf = (presented: string): string => {
    const name = digest('sha256', presented, 'hex');
    const known = hashes.get(name);
    if (known !== undefined) return known;
    const made = hash(presented).toString('hex');
    if (hashes.size >= maxRemembered) hashes.clear();
    hashes.set(name, made);
    return made;
  };

  return {
    refresh: snapshot.refresh,
    use: (presented, now) => {
      const found = presented.length > maxSecretLength ? undefined : snapshot.find(hashOf(presented));
      if (found === undefined) return undefined;
      const lastSeen = Math.max(found.seenAt, seen.get(found.id) ?? 0);
      if (now >= found.expiresAt || now - lastSeen >= sessionIdleMs) return undefined;
      if (now - lastSeen >= seenEveryMs) seen.set(found.id, now);
      return found;
    },
    flush: async () => {
      if (seen.size === 0) return;
      const writing = [...seen];
      // A new version of the store, so that the other nodes hear of it.
      await changeStore(context, async ({ transaction }) => {
        for (const [id, at] of writing)
          await transaction
            .updateTable('session')
            .set({ seen_at: at })
            .where('id', '=', id)
            .where('seen_at', '<', at)
            .execute();
      });
      for (const [id, at] of writing) if (seen.get(id) === at) seen.delete(id);
    },
  };
}
