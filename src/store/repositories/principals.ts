// Principals of an organisation, people and services, and the roles that they have in it or in one of its accounts.
import type { AccountId, OrganisationId, PrincipalId } from '../../traffic/index.ts';
import type { AuditAction, Author } from '../audit/audit-entry.ts';
import { changeAudited, type StoreContext } from '../audit/change-audited.ts';
import type { Query } from '../connection/database.ts';
import type { PrincipalRow } from '../schema/tables.ts';
import { requireName, requireOneOf } from '../terms/fields.ts';
import { newIdentifier, unknownIdentifier } from '../terms/identifiers.ts';
import { type Role, roleNames } from '../terms/roles.ts';
import { getAccount } from './accounts.ts';
import { endSignIns } from './end-sign-ins.ts';

export type PrincipalRecord = {
  readonly organisation: OrganisationId;
  readonly id: PrincipalId;
  readonly kind: 'person' | 'service';
  readonly name: string | null;
  readonly email: string | null;
  /** By which the provider of sign-ins knows a person. */
  readonly subject: string | null;
  readonly state: 'active' | 'removed';
  /** Milliseconds since the Unix epoch. */
  readonly createdAt: number;
};

export type Membership = {
  /** Null for the whole organisation. */
  readonly account: AccountId | null;
  readonly role: Role;
};

export type PrincipalFacts = Pick<PrincipalRecord, 'kind'> &
  Partial<Pick<PrincipalRecord, 'name' | 'email' | 'subject'>>;

export type Principals = {
  /** @throws TGL_REQUEST_INVALID, TGL_STORE_CONFLICT */
  readonly create: (
    organisation: OrganisationId,
    author: Author,
    facts: PrincipalFacts,
    membership: Membership,
  ) => Promise<PrincipalRecord>;
  /** @throws TGL_ID_UNKNOWN, also for one of another organisation */
  readonly get: (organisation: OrganisationId, principal: PrincipalId) => Promise<PrincipalRecord>;
  /** Its place in the list, also of one that was removed. @throws TGL_ID_UNKNOWN */
  readonly madeAt: (
    organisation: OrganisationId,
    principal: PrincipalId,
  ) => Promise<Pick<PrincipalRecord, 'id' | 'createdAt'>>;
  /** Those that were not removed, in the order of their making. */
  readonly list: (organisation: OrganisationId) => Promise<readonly PrincipalRecord[]>;
  readonly memberships: (
    organisation: OrganisationId,
    principal: PrincipalId,
  ) => Promise<readonly Membership[]>;
  /** Gives a role in the organisation or an account, in place of the one there. @throws TGL_ID_UNKNOWN */
  readonly grant: (
    organisation: OrganisationId,
    principal: PrincipalId,
    author: Author,
    membership: Membership,
  ) => Promise<void>;
  /** @throws TGL_ID_UNKNOWN where there is no such membership */
  readonly withdraw: (
    organisation: OrganisationId,
    principal: PrincipalId,
    author: Author,
    account: AccountId | null,
  ) => Promise<void>;
  /** Remembers by which name the provider of sign-ins knows a person. @throws TGL_ID_UNKNOWN, TGL_STORE_CONFLICT */
  readonly identify: (
    organisation: OrganisationId,
    principal: PrincipalId,
    author: Author,
    subject: string,
  ) => Promise<void>;
  /** Its keys are revoked, its sessions and its memberships end. @throws TGL_ID_UNKNOWN */
  readonly remove: (organisation: OrganisationId, principal: PrincipalId, author: Author) => Promise<void>;
};

export function createPrincipals(context: StoreContext): Principals {
  const { database } = context;
  return {
    get: (organisation, id) => getPrincipal(database.query, organisation, id),
    madeAt: async (organisation, id) => {
      const row = await database.query
        .selectFrom('principal')
        .select('created_at')
        .where('organisation', '=', organisation)
        .where('id', '=', id)
        .executeTakeFirst();
      if (row === undefined) throw unknownIdentifier('principal', id);
      return { id, createdAt: row.created_at };
    },
    list: async (organisation) => {
      const rows = await database.query
        .selectFrom('principal')
        .selectAll()
        .where('organisation', '=', organisation)
        .where('state', '=', 'active')
        .orderBy('created_at')
        .orderBy('id')
        .execute();
      return rows.map(principalOf);
    },
    memberships: async (organisation, principal) => {
      const rows = await database.query
        .selectFrom('membership')
        .select(['account', 'role'])
        .where('organisation', '=', organisation)
        .where('principal', '=', principal)
        .orderBy('created_at')
        .execute();
      return rows.map(({ account, role }) => ({ account, role: role as Role }));
    },
    create: (organisation, author, facts, membership) =>
      create(context, organisation, author, facts, membership),
    grant: (organisation, principal, author, membership) => {
      const change = changeOf('role.assignment.created', organisation, principal, author);
      return changeAudited(context, change, async (transaction, version) => {
        await getPrincipal(transaction, organisation, principal);
        await removeMembership(transaction, organisation, principal, membership.account);
        await addMembership(context, transaction, organisation, principal, membership);
        await touchKeys(transaction, version, organisation, principal);
        return { value: undefined, before: null, after: membership };
      });
    },
    withdraw: (organisation, principal, author, account) => {
      const change = changeOf('role.assignment.deleted', organisation, principal, author);
      return changeAudited(context, change, async (transaction, version) => {
        const removed = await removeMembership(transaction, organisation, principal, account);
        if (removed === 0) throw unknownIdentifier('principal', principal);
        await touchKeys(transaction, version, organisation, principal);
        return { value: undefined, before: { account }, after: null };
      });
    },
    identify: (organisation, id, author, subject) => identify(context, organisation, id, author, subject),
    remove: (organisation, id, author) => remove(context, organisation, id, author),
  };
}

async function create(
  context: StoreContext,
  organisation: OrganisationId,
  author: Author,
  { kind, name = null, email = null, subject = null }: PrincipalFacts,
  membership: Membership,
): Promise<PrincipalRecord> {
  const id = newIdentifier('principal', context.entropy);
  const action = kind === 'person' ? 'user.added' : 'service_account.created';
  return changeAudited(context, changeOf(action, organisation, id, author), async (transaction) => {
    const made: PrincipalRecord = {
      ...{ organisation, id, kind, state: 'active', createdAt: context.clock.now() },
      name: name === null ? null : requireName('name', name),
      email: email === null ? null : requireName('email', email),
      subject: subject === null ? null : requireName('subject', subject),
    };
    const { createdAt: created_at, ...row } = made;
    await transaction
      .insertInto('principal')
      .values({ ...row, created_at })
      .execute();
    await addMembership(context, transaction, organisation, id, membership);
    // Nothing of a person goes into the log that cannot be erased, not even by its digest.
    return { value: made, before: null, after: { id, kind, ...membership } };
  });
}

function identify(
  context: StoreContext,
  organisation: OrganisationId,
  id: PrincipalId,
  author: Author,
  subject: string,
): Promise<void> {
  const change = changeOf('user.updated', organisation, id, author);
  return changeAudited(context, change, async (transaction) => {
    await getPrincipal(transaction, organisation, id);
    await transaction
      .updateTable('principal')
      .set({ subject: requireName('subject', subject) })
      .where('organisation', '=', organisation)
      .where('id', '=', id)
      .execute();
    return { value: undefined, before: null, after: null };
  });
}

async function remove(
  context: StoreContext,
  organisation: OrganisationId,
  id: PrincipalId,
  author: Author,
): Promise<void> {
  const { kind } = await getPrincipal(context.database.query, organisation, id);
  const action = kind === 'person' ? 'user.deleted' : 'service_account.deleted';
  await changeAudited(context, changeOf(action, organisation, id, author), async (transaction, version) => {
    await transaction
      .deleteFrom('membership')
      .where('organisation', '=', organisation)
      .where('principal', '=', id)
      .execute();
    await transaction
      .updateTable('api_key')
      .set({ state: 'revoked', version })
      .where('organisation', '=', organisation)
      .where('principal', '=', id)
      .execute();
    await endSignIns(transaction, organisation, id);
    await transaction
      .updateTable('principal')
      .set({ state: 'removed' })
      .where('organisation', '=', organisation)
      .where('id', '=', id)
      .execute();
    return { value: undefined, before: { id, kind }, after: null };
  });
}

function changeOf(action: AuditAction, organisation: OrganisationId, id: PrincipalId, author: Author) {
  return { chain: organisation, author, action, target: { type: 'principal', id } } as const;
}

/** @throws TGL_ID_UNKNOWN, also for one that was removed */
export async function getPrincipal(
  query: Query,
  organisation: OrganisationId,
  id: PrincipalId,
): Promise<PrincipalRecord> {
  const row = await query
    .selectFrom('principal')
    .selectAll()
    .where('organisation', '=', organisation)
    .where('id', '=', id)
    .where('state', '=', 'active')
    .executeTakeFirst();
  if (row === undefined) throw unknownIdentifier('principal', id);
  return principalOf(row);
}

async function addMembership(
  { clock }: StoreContext,
  query: Query,
  organisation: OrganisationId,
  principal: PrincipalId,
  { account, role }: Membership,
): Promise<void> {
  if (account !== null) await getAccount(query, organisation, account);
  await query
    .insertInto('membership')
    .values({
      ...{ organisation, principal, account, created_at: clock.now() },
      role: requireOneOf('role', role, roleNames),
    })
    .execute();
}

/** How many there were. */
async function removeMembership(
  query: Query,
  organisation: OrganisationId,
  principal: PrincipalId,
  account: AccountId | null,
): Promise<number> {
  const removed = await query
    .deleteFrom('membership')
    .where('organisation', '=', organisation)
    .where('principal', '=', principal)
    .where('account', account === null ? 'is' : '=', account)
    .executeTakeFirstOrThrow();
  return Number(removed.numDeletedRows);
}

/** Every node reads the keys of the principal again. */
async function touchKeys(
  query: Query,
  version: number,
  organisation: OrganisationId,
  principal: PrincipalId,
): Promise<void> {
  await query
    .updateTable('api_key')
    .set({ version })
    .where('organisation', '=', organisation)
    .where('principal', '=', principal)
    .execute();
}

function principalOf({ created_at, ...row }: PrincipalRow): PrincipalRecord {
  return { ...row, createdAt: created_at };
}
