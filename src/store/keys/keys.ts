// Keys: made, narrowed, rotated and revoked. A key is handed out once; what is kept is its hash and what may be shown of it.
import { TiegelError } from '../../base/index.ts';
import type { AccountId, KeyId, OrganisationId, PrincipalId, Scope } from '../../traffic/index.ts';
import type { AuditAction, Author } from '../audit/audit-entry.ts';
import { changeAudited, type StoreContext } from '../audit/change-audited.ts';
import type { Query } from '../connection/database.ts';
import { getAccount } from '../repositories/accounts.ts';
import { getPrincipal } from '../repositories/principals.ts';
import type { KeyRow } from '../schema/tables.ts';
import { refusedField, requireAllOf, requireModels, requireName, requireNetworks } from '../terms/fields.ts';
import { newIdentifier, unknownIdentifier } from '../terms/identifiers.ts';
import { hintOf, makeKey } from '../terms/key-format.ts';
import { accountScopes, administrationScopes, usualScopes } from '../terms/roles.ts';
import type { Pepper } from './pepper.ts';

export type KeyRecord = {
  readonly organisation: OrganisationId;
  readonly id: KeyId;
  /** Null for a key of administration. */
  readonly account: AccountId | null;
  readonly principal: PrincipalId;
  readonly name: string;
  /** Its prefix and its last characters. */
  readonly hint: string;
  readonly scopes: readonly Scope[];
  /** Null for every model. */
  readonly models: readonly string[] | null;
  /** Addresses and ranges from which it may be used; null for everywhere. */
  readonly networks: readonly string[] | null;
  /** Times in milliseconds since the Unix epoch. */
  readonly createdAt: number;
  readonly expiresAt: number | null;
  /** Until when the secret before the last rotation goes on working. */
  readonly rotatingUntil: number | null;
  /** The day (UTC) on which it was last used, such as 2026-11-30. */
  readonly lastUsed: string | null;
  readonly state: 'active' | 'revoked';
};

export type KeyFacts = {
  /** Null for a key of administration. */
  readonly account: AccountId | null;
  readonly principal: PrincipalId;
  readonly name: string;
  /** @default inference, models:read and usage:read; for administration, everything except inference */
  readonly scopes?: readonly string[] | undefined;
  /** @default every model */
  readonly models?: readonly string[] | null | undefined;
  /** @default everywhere */
  readonly networks?: readonly string[] | null | undefined;
  /** Null for never. @default in 90 days */
  readonly expiresAt?: number | null | undefined;
};

/** The only moment at which a secret is known. */
export type FreshKey = { readonly key: KeyRecord; readonly secret: string };

export type Keys = {
  /** @throws TGL_REQUEST_INVALID, TGL_ID_UNKNOWN */
  readonly create: (organisation: OrganisationId, author: Author, facts: KeyFacts) => Promise<FreshKey>;
  /** @throws TGL_ID_UNKNOWN, also for one of another organisation */
  readonly get: (organisation: OrganisationId, key: KeyId) => Promise<KeyRecord>;
  /** Of an account; with null, those of administration. Revoked ones are left out. */
  readonly list: (organisation: OrganisationId, account: AccountId | null) => Promise<readonly KeyRecord[]>;
  /** Of a person or a service, in all accounts and of administration. Revoked ones are left out. */
  readonly listOf: (organisation: OrganisationId, principal: PrincipalId) => Promise<readonly KeyRecord[]>;
  /** Those that work now and expire within two weeks, the soonest first: of all organisations, of one, or of one holder. */
  readonly expiring: (of?: {
    readonly organisation: OrganisationId;
    readonly principal?: PrincipalId | undefined;
  }) => Promise<readonly KeyRecord[]>;
  /** @throws TGL_REQUEST_INVALID, TGL_ID_UNKNOWN */
  readonly update: (
    organisation: OrganisationId,
    key: KeyId,
    author: Author,
    change: Partial<Pick<KeyFacts, 'name' | 'scopes' | 'models' | 'networks' | 'expiresAt'>>,
  ) => Promise<KeyRecord>;
  /**
   * Gives a key a new secret; the old one goes on working for `overlapMs`. Should the answer be lost on its way, `again` gives
   * another new secret in its place, and the old one ends when it would have ended.
   *
   * @throws TGL_KEY_ROTATING while two secrets work and `again` was not said; TGL_ID_UNKNOWN
   */
  readonly rotate: (
    organisation: OrganisationId,
    key: KeyId,
    author: Author,
    options?: { readonly overlapMs?: number; readonly again?: boolean },
  ) => Promise<FreshKey>;
  /** For ever. Revoking a revoked key changes nothing. @throws TGL_ID_UNKNOWN */
  readonly revoke: (organisation: OrganisationId, key: KeyId, author: Author) => Promise<void>;
};

const day = 86_400_000;
const usualLifeDays = 90;
/** For so long before its end a key is pointed out. */
export const expiryWarningMs: number = 14 * day;
const usualOverlapMs = day;
const maxOverlapMs = 30 * day;

export function createKeys(context: StoreContext, pepper: Pepper): Keys {
  const { database } = context;
  return {
    get: async (organisation, id) => keyOf(await getKey(database.query, organisation, id)),
    list: async (organisation, account) => {
      const rows = await activeKeys(database.query, organisation)
        .where('account', account === null ? 'is' : '=', account)
        .execute();
      return rows.map(keyOf);
    },
    listOf: async (organisation, principal) => {
      const rows = await activeKeys(database.query, organisation)
        .where('principal', '=', principal)
        .execute();
      return rows.map(keyOf);
    },
    expiring: (of) => expiringKeys(context, of),
    create: (organisation, author, facts) => {
      const id = newIdentifier('key', context.entropy);
      return changeAudited(
        context,
        changeOf('api_key.created', organisation, id, author),
        async (transaction, version) => {
          const fresh = await addKey(context, pepper, transaction, { organisation, id, version }, facts);
          return { value: fresh, before: null, after: auditedKey(fresh.key) };
        },
      );
    },
    update: (organisation, id, author, facts) =>
      changeAudited(
        context,
        changeOf('api_key.updated', organisation, id, author),
        async (transaction, version) => {
          const before = keyOf(await getKey(transaction, organisation, id));
          const after: KeyRecord = {
            ...before,
            ...checked(before.account === null, { ...before, ...facts }, context.clock.now()),
          };
          const { name, expiresAt: expires_at } = after;
          await updateKey(transaction, organisation, id, {
            ...{ name, expires_at, version },
            ...listsOf(after),
          });
          return { value: after, before: auditedKey(before), after: auditedKey(after) };
        },
      ),
    rotate: (organisation, id, author, options) =>
      rotate(context, pepper, { organisation, id, author }, options),
    revoke: (organisation, id, author) =>
      changeAudited(
        context,
        changeOf('api_key.deleted', organisation, id, author),
        async (transaction, version) => {
          const before = keyOf(await getKey(transaction, organisation, id));
          await updateKey(transaction, organisation, id, { state: 'revoked', version });
          return { value: undefined, before: auditedKey(before), after: null };
        },
      ),
  };
}

/** In the order of their making. */
function activeKeys(query: Query, organisation: OrganisationId) {
  return query
    .selectFrom('api_key')
    .selectAll()
    .where('organisation', '=', organisation)
    .where('state', '=', 'active')
    .orderBy('created_at')
    .orderBy('id');
}

async function expiringKeys(
  { database, clock }: StoreContext,
  of: Parameters<Keys['expiring']>[0],
): Promise<readonly KeyRecord[]> {
  const now = clock.now();
  let keys = database.query
    .selectFrom('api_key')
    .selectAll()
    .where('state', '=', 'active')
    .where('expires_at', '>', now)
    .where('expires_at', '<', now + expiryWarningMs);
  if (of !== undefined) keys = keys.where('organisation', '=', of.organisation);
  if (of?.principal !== undefined) keys = keys.where('principal', '=', of.principal);
  return (await keys.orderBy('expires_at').orderBy('id').execute()).map(keyOf);
}

type Named = { readonly organisation: OrganisationId; readonly id: KeyId; readonly version: number };

/** Within a change that is audited by its caller. @throws TGL_REQUEST_INVALID, TGL_ID_UNKNOWN */
export async function addKey(
  { clock, entropy }: StoreContext,
  pepper: Pepper,
  query: Query,
  { organisation, id, version }: Named,
  facts: KeyFacts,
  given?: { readonly hash: Uint8Array; readonly hint: string },
): Promise<FreshKey> {
  const { account, principal } = facts;
  await getPrincipal(query, organisation, principal);
  if (account !== null) await getAccount(query, organisation, account);
  const secret = makeKey(account === null ? 'administration' : 'inference', entropy);
  const key: KeyRecord = {
    ...{ organisation, id, account, principal, state: 'active', createdAt: clock.now() },
    hint: given?.hint ?? hintOf(secret),
    ...{ rotatingUntil: null, lastUsed: null },
    ...checked(account === null, facts, clock.now()),
  };
  await query
    .insertInto('api_key')
    .values({
      ...{ organisation, id, account, principal, version, name: key.name, hint: key.hint },
      ...{ secret_hash: given?.hash ?? pepper.hash(secret), previous_hash: null, previous_until: null },
      ...listsOf(key),
      ...{ expires_at: key.expiresAt, created_at: key.createdAt, last_used: null, state: 'active' },
    })
    .execute();
  return { key, secret };
}

type Checked = Pick<KeyRecord, 'name' | 'scopes' | 'models' | 'networks' | 'expiresAt'>;

/** @throws TGL_REQUEST_INVALID */
function checked(administers: boolean, facts: Omit<KeyFacts, 'account' | 'principal'>, now: number): Checked {
  const { name, models = null, networks = null } = facts;
  const { scopes = administers ? administrationScopes : usualScopes } = facts;
  const { expiresAt = now + usualLifeDays * day } = facts;
  if (expiresAt !== null && !Number.isSafeInteger(expiresAt))
    throw refusedField('expires_at', String(expiresAt), 'a time');
  return {
    name: requireName('name', name),
    scopes: requireAllOf('scopes', scopes, administers ? administrationScopes : accountScopes),
    models: models === null ? null : requireModels(models),
    networks: networks === null ? null : requireNetworks(networks),
    expiresAt,
  };
}

async function rotate(
  context: StoreContext,
  pepper: Pepper,
  { organisation, id, author }: { organisation: OrganisationId; id: KeyId; author: Author },
  { overlapMs = usualOverlapMs, again = false }: { overlapMs?: number; again?: boolean } = {},
): Promise<FreshKey> {
  if (!(overlapMs >= 0 && overlapMs <= maxOverlapMs))
    throw refusedField('overlap', `${overlapMs} ms`, 'at most 30 days');
  const change = changeOf('api_key.rotated', organisation, id, author);
  return changeAudited(context, change, async (transaction, version) => {
    const row = await getKey(transaction, organisation, id);
    if (row.state === 'revoked') throw unknownIdentifier('key', id);
    const now = context.clock.now();
    const runs = row.previous_until !== null && row.previous_until > now;
    if (runs && !again) {
      const until = new Date(row.previous_until as number).toISOString();
      throw new TiegelError('TGL_KEY_ROTATING', { key: id, until });
    }
    const secret = makeKey(row.account === null ? 'administration' : 'inference', context.entropy);
    const written = {
      secret_hash: pepper.hash(secret),
      hint: hintOf(secret),
      previous_hash: runs ? row.previous_hash : row.secret_hash,
      previous_until: runs ? row.previous_until : now + Math.floor(overlapMs),
    };
    await updateKey(transaction, organisation, id, { ...written, version });
    const key = keyOf({ ...row, ...written });
    return { value: { key, secret }, before: auditedKey(keyOf(row)), after: auditedKey(key) };
  });
}

function changeOf(action: AuditAction, organisation: OrganisationId, id: KeyId, author: Author) {
  return { chain: organisation, author, action, target: { type: 'api_key', id } } as const;
}

/** @throws TGL_ID_UNKNOWN */
async function getKey(query: Query, organisation: OrganisationId, id: KeyId): Promise<KeyRow> {
  const row = await query
    .selectFrom('api_key')
    .selectAll()
    .where('organisation', '=', organisation)
    .where('id', '=', id)
    .executeTakeFirst();
  if (row === undefined) throw unknownIdentifier('key', id);
  return row;
}

async function updateKey(
  query: Query,
  organisation: OrganisationId,
  id: KeyId,
  set: Partial<KeyRow>,
): Promise<void> {
  await query
    .updateTable('api_key')
    .set(set)
    .where('organisation', '=', organisation)
    .where('id', '=', id)
    .execute();
}

function listsOf({ scopes, models, networks }: Pick<KeyRecord, 'scopes' | 'models' | 'networks'>) {
  const text = (list: readonly string[] | null): string | null => list && JSON.stringify(list);
  return { scopes: JSON.stringify(scopes), models: text(models), networks: text(networks) };
}

function keyOf(row: KeyRow): KeyRecord {
  const { organisation, id, account, principal, name, hint, state } = row;
  const list = (text: string | null): readonly string[] | null => text && JSON.parse(text);
  return {
    ...{ organisation, id, account, principal, name, hint, state },
    scopes: JSON.parse(row.scopes),
    models: list(row.models),
    networks: list(row.networks),
    createdAt: row.created_at,
    expiresAt: row.expires_at,
    rotatingUntil: row.previous_until,
    lastUsed: row.last_used,
  };
}

/** What the log has the digest of; of a rotation, the hint tells that there was one. */
function auditedKey({ lastUsed: _, ...key }: KeyRecord) {
  return key;
}
