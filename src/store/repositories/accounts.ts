// Accounts of an organisation, which OpenAI calls projects: whose keys ask, and what limits and bills are about.
import type { AccountId, OrganisationId } from '../../traffic/index.ts';
import type { Author } from '../audit/audit-entry.ts';
import { type Change, changeAudited, type StoreContext } from '../audit/change-audited.ts';
import type { Query } from '../connection/database.ts';
import type { AccountRow } from '../schema/tables.ts';
import { requireName } from '../terms/fields.ts';
import { newIdentifier, unknownIdentifier } from '../terms/identifiers.ts';

export type Account = {
  readonly organisation: OrganisationId;
  readonly id: AccountId;
  readonly name: string;
  /** Where it belongs to; null where that was never said. */
  readonly region: string | null;
  readonly state: 'active' | 'archived';
  /** Milliseconds since the Unix epoch. */
  readonly createdAt: number;
};

export type AccountFacts = { readonly name: string; readonly region?: string | null | undefined };

export type Accounts = {
  /** @throws TGL_REQUEST_INVALID, TGL_STORE_CONFLICT */
  readonly create: (organisation: OrganisationId, author: Author, facts: AccountFacts) => Promise<Account>;
  /** @throws TGL_ID_UNKNOWN, also for one of another organisation */
  readonly get: (organisation: OrganisationId, account: AccountId) => Promise<Account>;
  /** In the order of their making. */
  readonly list: (organisation: OrganisationId) => Promise<readonly Account[]>;
  /** @throws TGL_REQUEST_INVALID, TGL_ID_UNKNOWN */
  readonly update: (
    organisation: OrganisationId,
    account: AccountId,
    author: Author,
    change: Partial<AccountFacts>,
  ) => Promise<Account>;
  /** Its keys stop working; what it used stays in the ledger. @throws TGL_ID_UNKNOWN */
  readonly archive: (organisation: OrganisationId, account: AccountId, author: Author) => Promise<Account>;
};

export function createAccounts(context: StoreContext): Accounts {
  const { database, clock, entropy } = context;
  return {
    get: (organisation, id) => getAccount(database.query, organisation, id),
    list: async (organisation) => {
      const rows = await database.query
        .selectFrom('account')
        .selectAll()
        .where('organisation', '=', organisation)
        .orderBy('created_at')
        .orderBy('id')
        .execute();
      return rows.map(accountOf);
    },
    create: async (organisation, author, { name, region = null }) => {
      const id = newIdentifier('account', entropy);
      return changeAudited(
        context,
        changeOf('project.created', organisation, id, author),
        async (transaction) => {
          const made: Account = {
            ...{ organisation, id, state: 'active', createdAt: clock.now() },
            name: requireName('name', name),
            region: region === null ? null : requireName('region', region),
          };
          const { createdAt: created_at, ...row } = made;
          await transaction
            .insertInto('account')
            .values({ ...row, created_at })
            .execute();
          return { value: made, before: null, after: made };
        },
      );
    },
    update: (organisation, id, author, facts) =>
      edit(context, changeOf('project.updated', organisation, id, author), { organisation, id }, (before) => {
        const { name, region = null } = { ...before, ...facts };
        return {
          ...before,
          name: requireName('name', name),
          region: region === null ? null : requireName('region', region),
        };
      }),
    archive: (organisation, id, author) =>
      edit(
        context,
        changeOf('project.archived', organisation, id, author),
        { organisation, id },
        (before) => ({
          ...before,
          state: 'archived',
        }),
      ),
  };
}

/** Every node reads the keys of the account again. */
function edit(
  context: StoreContext,
  change: Change,
  { organisation, id }: Pick<Account, 'organisation' | 'id'>,
  edited: (before: Account) => Account,
): Promise<Account> {
  return changeAudited(context, change, async (transaction, version) => {
    const before = await getAccount(transaction, organisation, id);
    const after = edited(before);
    const { name, region, state } = after;
    await transaction
      .updateTable('account')
      .set({ name, region, state })
      .where('organisation', '=', organisation)
      .where('id', '=', id)
      .execute();
    await transaction
      .updateTable('api_key')
      .set({ version })
      .where('organisation', '=', organisation)
      .where('account', '=', id)
      .execute();
    return { value: after, before, after };
  });
}

function changeOf(
  action: 'project.created' | 'project.updated' | 'project.archived',
  organisation: OrganisationId,
  id: AccountId,
  author: Author,
) {
  return { chain: organisation, author, action, target: { type: 'account', id } } as const;
}

/** @throws TGL_ID_UNKNOWN */
export async function getAccount(
  query: Query,
  organisation: OrganisationId,
  id: AccountId,
): Promise<Account> {
  const row = await query
    .selectFrom('account')
    .selectAll()
    .where('organisation', '=', organisation)
    .where('id', '=', id)
    .executeTakeFirst();
  if (row === undefined) throw unknownIdentifier('account', id);
  return accountOf(row);
}

function accountOf({ organisation, id, name, region, state, created_at }: AccountRow): Account {
  return { organisation, id, name, region, state, createdAt: created_at };
}
