// The administration of an organisation over HTTP, out of the repositories of the store.
import { TiegelError } from '../../base/index.ts';
import type { Administration, Asker } from '../../gateway/index.ts';
import { type KeyRecord, unknownIdentifier } from '../../store/index.ts';
import type { AccountId, PrincipalId } from '../../traffic/index.ts';
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
import { auditEntries } from './audit-entries.ts';
import { factsOfKeys, keyFacts } from './key-facts.ts';
import { serviceAccountsOf, usersOf } from './members.ts';
import { ownKeysOf } from './own-keys.ts';
import { rateLimitsOf } from './rate-limits.ts';
import { spendLimitsOf } from './spend-limits.ts';

export function administrationOf(opened: HostStore): Administration {
  const refused: Administration['refused'] = (asker, { action, target }, code) =>
    opened.store.audit.record(organisationOf(asker), authorOf(asker), {
      action,
      target: {
        type: target.type,
        id: /^(org|acc|key|prn|case)_[0-9a-f]{30}$/.test(target.id) ? target.id : 'unknown',
      },
      refused: code,
    });
  return {
    refused,
    projects: projectsOf(opened, refused),
    projectKeys: projectKeysOf(opened, refused),
    administrationKeys: administrationKeysOf(opened, refused),
    rateLimits: rateLimitsOf(opened, refused),
    spendLimits: spendLimitsOf(opened, refused),
    users: usersOf(opened, refused),
    ownKeys: ownKeysOf(opened, refused),
    serviceAccounts: serviceAccountsOf(opened, refused),
    auditLog: (asker, question) => auditEntries(opened, asker, question),
  };
}

function projectsOf({ store: { accounts } }: HostStore, refused: Refused): Administration['projects'] {
  /** @throws TGL_STORE_CONFLICT for one that is archived, which nobody can change any more */
  const active = async (asker: Asker, project: string) => {
    const found = await accounts.get(organisationOf(asker), identified('account', project));
    if (found.state === 'archived') throw new TiegelError('TGL_STORE_CONFLICT');
    return found.id;
  };
  return {
    list: async (asker, after) => {
      const organisation = organisationOf(asker);
      const last =
        after === undefined ? undefined : await accounts.get(organisation, identified('account', after));
      return behind(await accounts.list(organisation), last);
    },
    get: (asker, project) => accounts.get(organisationOf(asker), identified('account', project)),
    create: (asker, facts) => accounts.create(organisationOf(asker), authorOf(asker), facts),
    update: async (asker, project, facts) => {
      const target = { type: 'account', id: project } as const;
      const account = await recording(refused, asker, { action: 'project.updated', target }, () =>
        active(asker, project),
      );
      return accounts.update(organisationOf(asker), account, authorOf(asker), facts);
    },
    archive: async (asker, project) => {
      const target = { type: 'account', id: project } as const;
      const account = await recording(refused, asker, { action: 'project.archived', target }, () =>
        active(asker, project),
      );
      return accounts.archive(organisationOf(asker), account, authorOf(asker));
    },
  };
}

function projectKeysOf(opened: HostStore, refused: Refused): Administration['projectKeys'] {
  const { keys, store } = opened;
  const accountOf = async (asker: Asker, project: string): Promise<AccountId> =>
    (await store.accounts.get(organisationOf(asker), identified('account', project))).id;
  /** One that was revoked is gone, except as a place in a list. */
  const find = async (asker: Asker, account: AccountId, key: string): Promise<KeyRecord> => {
    const found = await keys.get(organisationOf(asker), identified('key', key));
    if (found.account !== account) throw unknownIdentifier('key', found.id);
    return found;
  };
  const findActive = async (asker: Asker, project: string, key: string): Promise<KeyRecord> => {
    const found = await find(asker, await accountOf(asker, project), key);
    if (found.state === 'revoked') throw unknownIdentifier('key', found.id);
    return found;
  };
  return {
    list: async (asker, project, after) => {
      const account = await accountOf(asker, project);
      const last = after === undefined ? undefined : await find(asker, account, after);
      const listed = behind(await keys.list(organisationOf(asker), account), last);
      return factsOfKeys(opened, listed);
    },
    get: async (asker, project, key) => keyFacts(opened, await findActive(asker, project, key)),
    update: async (asker, project, key, change) => {
      const attempt = { action: 'api_key.updated', target: { type: 'api_key', id: key } } as const;
      const { id } = await recording(refused, asker, attempt, async () => {
        for (const scope of change.scopes ?? []) if (scope !== 'inference') requireScope(asker, scope);
        return findActive(asker, project, key);
      });
      return keyFacts(opened, await keys.update(organisationOf(asker), id, authorOf(asker), change));
    },
    revoke: async (asker, project, key) => {
      const attempt = { action: 'api_key.deleted', target: { type: 'api_key', id: key } } as const;
      const { id } = await recording(refused, asker, attempt, () => findActive(asker, project, key));
      await keys.revoke(organisationOf(asker), id, authorOf(asker));
    },
  };
}

function administrationKeysOf(opened: HostStore, refused: Refused): Administration['administrationKeys'] {
  const { keys } = opened;
  const find = async (asker: Asker, key: string): Promise<KeyRecord> => {
    const found = await keys.get(organisationOf(asker), identified('key', key));
    if (found.account !== null) throw unknownIdentifier('key', found.id);
    return found;
  };
  const findActive = async (asker: Asker, key: string): Promise<KeyRecord> => {
    const found = await find(asker, key);
    if (found.state === 'revoked') throw unknownIdentifier('key', found.id);
    return found;
  };
  return {
    list: async (asker) => factsOfKeys(opened, await keys.list(organisationOf(asker), null)),
    madeAt: find,
    get: async (asker, key) => keyFacts(opened, await findActive(asker, key)),
    create: async (asker, facts) => {
      const fresh = await keys.create(organisationOf(asker), authorOf(asker), {
        ...{ ...facts, account: null, principal: asker.principal as PrincipalId },
        scopes: [...asker.scopes].filter((scope) => scope !== 'inference'),
      });
      return { key: await keyFacts(opened, fresh.key), secret: fresh.secret };
    },
    revoke: async (asker, key) => {
      const attempt = { action: 'api_key.deleted', target: { type: 'api_key', id: key } } as const;
      const { id } = await recording(refused, asker, attempt, () => findActive(asker, key));
      await keys.revoke(organisationOf(asker), id, authorOf(asker));
    },
  };
}
