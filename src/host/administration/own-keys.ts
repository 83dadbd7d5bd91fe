// The keys of somebody who is signed in: made with no more than the person can do, and touched by nobody else here.
import type { Administration, Asker, OwnKeyFacts } from '../../gateway/index.ts';
import {
  accountScopes,
  expiryWarningMs,
  type KeyRecord,
  unknownIdentifier,
  usualScopes,
} from '../../store/index.ts';
import type { PrincipalId } from '../../traffic/index.ts';
import type { HostStore } from '../open-store.ts';
import {
  authorOf,
  behind,
  identified,
  organisationOf,
  type Refused,
  recording,
  requireScope,
} from './asker.ts';

export function ownKeysOf({ keys, store }: HostStore, refused: Refused): Administration['ownKeys'] {
  const shown = (key: KeyRecord): OwnKeyFacts => factsOf(key, store.context.clock.now());
  const find = async (asker: Asker, key: string): Promise<KeyRecord> => {
    const found = await keys.get(organisationOf(asker), identified('key', key));
    if (found.principal !== asker.principal) throw unknownIdentifier('key', found.id);
    return found;
  };
  const findActive = async (asker: Asker, key: string): Promise<KeyRecord> => {
    const found = await find(asker, key);
    if (found.state === 'revoked') throw unknownIdentifier('key', found.id);
    return found;
  };
  return {
    list: async (asker, after) => {
      const last = after === undefined ? undefined : await find(asker, after);
      const own = await keys.listOf(organisationOf(asker), asker.principal as PrincipalId);
      return behind(own, last).map(shown);
    },
    create: async (asker, account, { scopes, ...facts }) => {
      const target = { type: 'principal', id: asker.principal } as const;
      const given = scopes ?? usualScopes.filter((scope) => asker.scopes.has(scope));
      await recording(refused, asker, { action: 'api_key.created', target }, async () => {
        for (const scope of given) requireScope(asker, scope);
      });
      const { key, secret } = await keys.create(organisationOf(asker), authorOf(asker), {
        ...{ ...facts, account: identified('account', account), principal: asker.principal as PrincipalId },
        scopes: given.filter((scope) => (accountScopes as readonly string[]).includes(scope)),
      });
      return { key: shown(key), secret };
    },
    rotate: async (asker, named, options) => {
      const attempt = { action: 'api_key.rotated', target: { type: 'api_key', id: named } } as const;
      const { id } = await recording(refused, asker, attempt, () => findActive(asker, named));
      const { key, secret } = await keys.rotate(organisationOf(asker), id, authorOf(asker), options);
      return { key: shown(key), secret };
    },
    revoke: async (asker, named) => {
      const attempt = { action: 'api_key.deleted', target: { type: 'api_key', id: named } } as const;
      const { id } = await recording(refused, asker, attempt, () => findActive(asker, named));
      await keys.revoke(organisationOf(asker), id, authorOf(asker));
    },
  };
}

function factsOf(key: KeyRecord, now: number): OwnKeyFacts {
  const { id, name, hint, account, scopes, models, createdAt, expiresAt, lastUsed } = key;
  return {
    ...{ id, name, hint, account, scopes, models, createdAt, expiresAt },
    expiresSoon: expiresAt !== null && expiresAt - now < expiryWarningMs,
    lastUsedAt: lastUsed === null ? null : Date.parse(lastUsed),
  };
}
