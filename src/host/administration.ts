// The administration of an organisation over HTTP, out of the repositories of the store.
import { TiegelError } from '../base/index.ts';
import type { Administration, Asker, AuditAttempt, HolderFacts, KeyFacts } from '../gateway/index.ts';
import { type Author, type KeyRecord, parseIdentifier, unknownIdentifier } from '../store/index.ts';
import type {
  AccountId,
  Identifier,
  IdentifierKind,
  KeyId,
  OrganisationId,
  PrincipalId,
} from '../traffic/index.ts';
import { auditEntries } from './audit-entries.ts';
import type { HostStore } from './open-store.ts';

export function administrationOf(opened: HostStore): Administration {
  const refused: Administration['refused'] = (asker, { action, target }, code) =>
    opened.store.audit.record(organisationOf(asker), authorOf(asker), {
      action,
      target: {
        type: target.type,
        id: /^(org|acc|key|prn)_[0-9a-f]{30}$/.test(target.id) ? target.id : 'unknown',
      },
      refused: code,
    });
  return {
    refused,
    projects: projectsOf(opened, refused),
    projectKeys: projectKeysOf(opened, refused),
    administrationKeys: administrationKeysOf(opened, refused),
    auditLog: (asker, question) => auditEntries(opened, asker, question),
  };
}

type Refused = Administration['refused'];

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
        scopes: [...asker.scopes],
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

/** Of keys of one account, or of administration; who holds several of them is asked about once. */
async function factsOfKeys(opened: HostStore, keys: readonly KeyRecord[]): Promise<readonly KeyFacts[]> {
  const holders = new Map<PrincipalId, Promise<HolderFacts>>();
  return Promise.all(
    keys.map((key) => {
      const holder = holders.get(key.principal) ?? holderFacts(opened, key, key.account);
      holders.set(key.principal, holder);
      return keyFacts(opened, key, holder);
    }),
  );
}

async function keyFacts(
  opened: HostStore,
  key: KeyRecord,
  holder: Promise<HolderFacts> = holderFacts(opened, key, key.account),
): Promise<KeyFacts> {
  const { id, name, hint, createdAt, expiresAt, lastUsed } = key;
  return {
    ...{ id, name, hint, createdAt, expiresAt },
    lastUsedAt: lastUsed === null ? null : Date.parse(lastUsed),
    holder: await holder,
  };
}

/** With the role in an account, else the one in the whole organisation. */
async function holderFacts(
  { store: { principals } }: HostStore,
  { organisation, principal }: { readonly organisation: OrganisationId; readonly principal: PrincipalId },
  account: AccountId | null,
): Promise<HolderFacts> {
  const { id, kind, name, email, createdAt } = await principals.get(organisation, principal);
  const memberships = await principals.memberships(organisation, principal);
  const own = memberships.find((membership) => account !== null && membership.account === account);
  const whole = memberships.find((membership) => membership.account === null);
  return { id, kind, name, email, createdAt, role: (own ?? whole)?.role ?? null };
}

/** The identifier that a text is. What is none is not repeated: it might be a secret. @throws TGL_ID_UNKNOWN */
function identified<Kind extends IdentifierKind>(kind: Kind, text: string): Identifier<Kind> {
  try {
    return parseIdentifier(kind, text);
  } catch {
    throw unknownIdentifier(kind, 'of that name');
  }
}

/** A refusal of what is found out before a change begins. */
async function recording<Value>(
  refused: Refused,
  asker: Asker,
  attempt: AuditAttempt,
  check: () => Promise<Value>,
): Promise<Value> {
  try {
    return await check();
  } catch (error) {
    if (TiegelError.isInstance(error) && error.status < 500) await refused(asker, attempt, error.code);
    throw error;
  }
}

type Listed = { readonly id: string; readonly createdAt: number };

/** What comes after an entry in a list in the order of its making, whether or not that is in it still. */
function behind<Entry extends Listed>(entries: readonly Entry[], last: Listed | undefined): readonly Entry[] {
  if (last === undefined) return entries;
  return entries.filter(
    ({ id, createdAt }) => createdAt > last.createdAt || (createdAt === last.createdAt && id > last.id),
  );
}

/** The gateway has both of a principal, which the store made. */
function organisationOf({ organisation }: Asker): OrganisationId {
  return organisation as OrganisationId;
}

function authorOf({ key, principal, request }: Asker): Author {
  const actor = { type: 'key', key: key as KeyId, principal: principal as PrincipalId } as const;
  return { actor, request, reason: null };
}
