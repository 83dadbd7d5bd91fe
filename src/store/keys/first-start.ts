// The first start of a store: one organisation, one account, its owner and a key, so that nobody has to know these words to ask a
// model. Keys of an older version of the program are taken over.
import type { AccountId, KeyId, OrganisationId, PrincipalId } from '../../traffic/index.ts';
import type { AuditAction, AuditTarget, Author } from '../audit/audit-entry.ts';
import { type ChangeStep, changeStore, type StoreContext } from '../audit/change-audited.ts';
import type { Query } from '../connection/database.ts';
import { requireTimeZone } from '../terms/fields.ts';
import { newIdentifier } from '../terms/identifiers.ts';
import { accountScopes } from '../terms/roles.ts';
import { addKey, type FreshKey, type KeyFacts, type KeyRecord } from './keys.ts';
import type { Pepper } from './pepper.ts';

export type FirstStartOptions = {
  /** Of the IANA database. */
  readonly timeZone: string;
  /** The operator gives a key outside the store, so that none has to be made. */
  readonly hasGivenKey: boolean;
};

export type FirstStart = {
  readonly organisation: OrganisationId;
  /** Only where a key was made by this very call; it cannot be read again. */
  readonly freshKey: string | undefined;
};

const server: Author = { actor: { type: 'server' }, request: null, reason: 'first start' };
const firstName = 'default';
const currency = 'USD';

export function firstStart(
  context: StoreContext,
  pepper: Pepper,
  { timeZone, hasGivenKey }: FirstStartOptions,
): Promise<FirstStart> {
  return changeStore(context, async (step) => {
    const first = await firstPlace(step.transaction);
    // One whose owners were all removed or erased stays what it is.
    const ownerless = first === undefined ? await oldestAccount(step.transaction) : undefined;
    if (ownerless !== undefined) return { organisation: ownerless.organisation, freshKey: undefined };
    const place = first ?? (await makePlace(context, step, requireTimeZone(timeZone)));
    const add = (given?: { hash: Uint8Array; hint: string }): Promise<FreshKey> =>
      addFirstKey(context, pepper, step, place, 'first key', given);
    if (first === undefined) for (const hash of pepper.olderKeys) await add({ hash, hint: 'tgl_...' });
    // Not where keys were made and revoked: nobody may get one by a start who had none.
    const isNeeded = !hasGivenKey && !(await hadKeys(step.transaction));
    const freshKey = isNeeded ? (await add()).secret : undefined;
    return { organisation: place.organisation, freshKey };
  });
}

/** Whether there ever was a key that the store itself accepts. */
async function hadKeys(query: Query): Promise<boolean> {
  const key = await query
    .selectFrom('api_key')
    .select('id')
    .where('id', 'not in', (setting) =>
      setting
        .selectFrom('store_setting')
        .select((row) => row.ref('value').$castTo<KeyId>().as('id'))
        .where('name', '=', settingName),
    )
    .limit(1)
    .executeTakeFirst();
  return key !== undefined;
}

const settingName = 'given_key';

/** The record is made once, and made anew where it was revoked. Nobody knows a secret by which the store would accept it. */
export function ensureGivenKey(context: StoreContext, pepper: Pepper): Promise<KeyId> {
  return changeStore(context, async (step) => {
    const { transaction } = step;
    const known = await transaction
      .selectFrom('api_key')
      .select('id')
      .where('state', '=', 'active')
      .where('id', 'in', (query) =>
        query
          .selectFrom('store_setting')
          .select((row) => row.ref('value').$castTo<KeyId>().as('id'))
          .where('name', '=', settingName),
      )
      .executeTakeFirst();
    if (known !== undefined) return known.id;
    const place = (await firstPlace(transaction)) ?? (await makeOwner(context, step));
    const { key } = await addFirstKey(context, pepper, step, place, 'TIEGEL_KEY');
    await transaction
      .insertInto('store_setting')
      .values({ name: settingName, value: key.id })
      .onConflict((conflict) => conflict.column('name').doUpdateSet({ value: key.id }))
      .execute();
    return key.id;
  });
}

type Place = {
  readonly organisation: OrganisationId;
  readonly account: AccountId;
  readonly principal: PrincipalId;
};

/** The oldest owner of an organisation, with its oldest account. */
async function firstPlace(query: Query): Promise<Place | undefined> {
  return query
    .selectFrom('organisation')
    .innerJoin('account', 'account.organisation', 'organisation.id')
    .innerJoin('membership', 'membership.organisation', 'organisation.id')
    .select(['organisation.id as organisation', 'account.id as account', 'membership.principal as principal'])
    .where('membership.role', '=', 'owner')
    .where('membership.account', 'is', null)
    .orderBy('organisation.created_at')
    .orderBy('organisation.id')
    .orderBy('account.created_at')
    .orderBy('account.id')
    .orderBy('membership.created_at')
    .executeTakeFirst();
}

function oldestAccount(
  query: Query,
): Promise<{ readonly organisation: OrganisationId; readonly account: AccountId } | undefined> {
  return query
    .selectFrom('account')
    .innerJoin('organisation', 'organisation.id', 'account.organisation')
    .select(['organisation.id as organisation', 'account.id as account'])
    .orderBy('organisation.created_at')
    .orderBy('organisation.id')
    .orderBy('account.created_at')
    .orderBy('account.id')
    .executeTakeFirst();
}

/** Whoever gives the server a key owns what it serves, also where every owner was removed. */
async function makeOwner(context: StoreContext, step: ChangeStep): Promise<Place> {
  const oldest = await oldestAccount(step.transaction);
  if (oldest === undefined) throw new TypeError('ensureGivenKey: there is no organisation yet');
  return addOwner(context, step, oldest);
}

async function makePlace(context: StoreContext, step: ChangeStep, time_zone: string): Promise<Place> {
  const { clock, entropy } = context;
  const { transaction, audit } = step;
  const organisation = newIdentifier('organisation', entropy);
  const account = newIdentifier('account', entropy);
  const made = { name: firstName, state: 'active', created_at: clock.now() } as const;
  const tell = (action: AuditAction, target: AuditTarget): Promise<void> =>
    audit({ chain: organisation, author: server, action, target }, { before: null, after: { ...made } });
  await transaction
    .insertInto('organisation')
    .values({ ...made, id: organisation, time_zone, currency })
    .execute();
  await tell('organization.created', { type: 'organisation', id: organisation });
  await transaction
    .insertInto('account')
    .values({ ...made, organisation, id: account, region: null })
    .execute();
  await tell('project.created', { type: 'account', id: account });
  return addOwner(context, step, { organisation, account });
}

async function addOwner(
  { clock, entropy }: StoreContext,
  { transaction, audit }: ChangeStep,
  { organisation, account }: Omit<Place, 'principal'>,
): Promise<Place> {
  const principal = newIdentifier('principal', entropy);
  const made = { name: firstName, state: 'active', created_at: clock.now() } as const;
  const service = { kind: 'service', name: 'owner', email: null, subject: null } as const;
  await transaction
    .insertInto('principal')
    .values({ ...made, ...service, organisation, id: principal })
    .execute();
  await transaction
    .insertInto('membership')
    .values({ organisation, principal, account: null, role: 'owner', created_at: clock.now() })
    .execute();
  const target: AuditTarget = { type: 'principal', id: principal };
  await audit(
    { chain: organisation, author: server, action: 'service_account.created', target },
    { before: null, after: { ...made } },
  );
  return { organisation, account, principal };
}

async function addFirstKey(
  context: StoreContext,
  pepper: Pepper,
  { transaction, version, audit }: ChangeStep,
  { organisation, account, principal }: Place,
  name: string,
  given?: { readonly hash: Uint8Array; readonly hint: string },
): Promise<FreshKey> {
  const id = newIdentifier('key', context.entropy);
  // Whoever starts a server alone asks its models, reads its metrics and fetches models by the one key.
  const facts: KeyFacts = { account, principal, name, scopes: accountScopes, expiresAt: null };
  const fresh = await addKey(context, pepper, transaction, { organisation, id, version }, facts, given);
  const { lastUsed: _, ...after }: KeyRecord = fresh.key;
  const target = { type: 'api_key', id };
  await audit(
    { chain: organisation, author: server, action: 'api_key.created', target },
    { before: null, after },
  );
  return fresh;
}
