// The data policies of organisations and accounts. A policy that was set is never changed: another one follows it, and the version
// by which the ledger and the audit log name it counts within its organisation.
import { sql } from 'kysely';
import type { Json } from '../../base/index.ts';
import type { AccountId, OrganisationId } from '../../traffic/index.ts';
import type { Author } from '../audit/audit-entry.ts';
import { changeAudited, type StoreContext } from '../audit/change-audited.ts';
import type { Query } from '../connection/database.ts';
import type { PolicyRow } from '../schema/tables.ts';
import { getAccount } from './accounts.ts';

export type StoredPolicy = {
  readonly organisation: OrganisationId;
  /** Null for the policy of the whole organisation. */
  readonly account: AccountId | null;
  readonly version: number;
  readonly document: Json;
  /** Milliseconds since the Unix epoch. */
  readonly setAt: number;
};

export type Policies = {
  /** Holds from now on, on every node within two seconds. @throws TGL_ID_UNKNOWN for an account of another organisation */
  readonly set: (
    organisation: OrganisationId,
    account: AccountId | null,
    author: Author,
    document: Json,
  ) => Promise<StoredPolicy>;
  /** Those that hold, of the organisation and its accounts. */
  readonly current: (organisation: OrganisationId) => Promise<readonly StoredPolicy[]>;
  /** The same of all organisations, for whoever has to answer at once. */
  readonly allCurrent: () => Promise<readonly StoredPolicy[]>;
  /** All that ever held, the newest first. */
  readonly history: (organisation: OrganisationId) => Promise<readonly StoredPolicy[]>;
};

export function createPolicies(context: StoreContext): Policies {
  const { database, clock } = context;
  return {
    set: (organisation, account, author, document) => {
      const target = { type: 'policy', id: account ?? organisation };
      const change = { chain: organisation, author, action: 'policy.updated', target } as const;
      return changeAudited(context, change, async (transaction) => {
        if (account !== null) await getAccount(transaction, organisation, account);
        const all = await policiesOf(transaction, organisation);
        const before = latest(all).find((one) => one.account === account);
        const version = Math.max(0, ...all.map((one) => one.version)) + 1;
        const now = clock.now();
        await transaction
          .insertInto('policy')
          .values({
            ...{ organisation, account, version, document: JSON.stringify(document) },
            ...{ valid_from: now, created_at: now },
          })
          .execute();
        const value: StoredPolicy = { organisation, account, version, document, setAt: now };
        return { value, before: before?.document ?? null, after: document };
      });
    },
    current: async (organisation) => latest(await policiesOf(database.query, organisation)),
    history: async (organisation) => (await policiesOf(database.query, organisation)).toReversed(),
    allCurrent: async () => {
      const rows = await database.query
        .selectFrom('policy')
        .selectAll()
        .where(
          sql<boolean>`version = (select max(other.version) from policy as other
            where other.organisation = policy.organisation
            and coalesce(other.account, '') = coalesce(policy.account, ''))`,
        )
        .execute();
      return rows.map(policyOf);
    },
  };
}

/** In the order of their versions. */
async function policiesOf(query: Query, organisation: OrganisationId): Promise<readonly StoredPolicy[]> {
  const rows = await query
    .selectFrom('policy')
    .selectAll()
    .where('organisation', '=', organisation)
    .orderBy('version')
    .execute();
  return rows.map(policyOf);
}

function latest(policies: readonly StoredPolicy[]): readonly StoredPolicy[] {
  return [...Map.groupBy(policies, ({ account }) => account).values()].map(
    (same) => same.at(-1) as StoredPolicy,
  );
}

function policyOf({ organisation, account, version, document, valid_from }: PolicyRow): StoredPolicy {
  return { organisation, account, version, document: JSON.parse(document) as Json, setAt: valid_from };
}
