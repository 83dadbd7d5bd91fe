// Organisations: whom accounts, people and keys belong to, and in which time zone and currency it counts.
import type { OrganisationId } from '../../traffic/index.ts';
import type { Author } from '../audit/audit-entry.ts';
import { changeAudited, type StoreContext } from '../audit/change-audited.ts';
import type { Query } from '../connection/database.ts';
import type { OrganisationRow } from '../schema/tables.ts';
import { requireCurrency, requireName, requireTimeZone } from '../terms/fields.ts';
import { newIdentifier, unknownIdentifier } from '../terms/identifiers.ts';

export type Organisation = {
  readonly id: OrganisationId;
  readonly name: string;
  /** Of the IANA database. */
  readonly timeZone: string;
  /** By ISO 4217. */
  readonly currency: string;
  readonly state: 'active' | 'archived';
  /** Milliseconds since the Unix epoch. */
  readonly createdAt: number;
};

export type Organisations = {
  /** @throws TGL_REQUEST_INVALID */
  readonly create: (author: Author, facts: OrganisationFacts) => Promise<Organisation>;
  /** @throws TGL_ID_UNKNOWN */
  readonly get: (organisation: OrganisationId) => Promise<Organisation>;
  readonly list: () => Promise<readonly Organisation[]>;
  /** @throws TGL_REQUEST_INVALID, TGL_ID_UNKNOWN */
  readonly update: (
    organisation: OrganisationId,
    author: Author,
    change: Partial<OrganisationFacts>,
  ) => Promise<Organisation>;
  /** Its keys stop working; what it used stays in the ledger. @throws TGL_ID_UNKNOWN */
  readonly archive: (organisation: OrganisationId, author: Author) => Promise<Organisation>;
};

export type OrganisationFacts = Pick<Organisation, 'name' | 'timeZone' | 'currency'>;

export function createOrganisations(context: StoreContext): Organisations {
  const { database, clock, entropy } = context;
  const get = async (id: OrganisationId, query = database.query): Promise<Organisation> => {
    const row = await query.selectFrom('organisation').selectAll().where('id', '=', id).executeTakeFirst();
    if (row === undefined) throw unknownIdentifier('organisation', id);
    return organisationOf(row);
  };
  const target = (id: OrganisationId) => ({ type: 'organisation', id });
  return {
    get: (id) => get(id),
    list: async () =>
      (await database.query.selectFrom('organisation').selectAll().orderBy('created_at').execute()).map(
        organisationOf,
      ),
    create: async (author, facts) => {
      const made: Organisation = {
        id: newIdentifier('organisation', entropy),
        ...checked(facts),
        ...{ state: 'active', createdAt: clock.now() },
      };
      const change = {
        chain: made.id,
        author,
        action: 'organization.created',
        target: target(made.id),
      } as const;
      return changeAudited(context, change, async (transaction) => {
        const { timeZone: time_zone, createdAt: created_at, ...row } = made;
        await transaction
          .insertInto('organisation')
          .values({ ...row, time_zone, created_at })
          .execute();
        return { value: made, before: null, after: made };
      });
    },
    update: async (id, author, facts) => {
      const change = { chain: id, author, action: 'organization.updated', target: target(id) } as const;
      return changeAudited(context, change, async (transaction) => {
        const before = await get(id, transaction);
        const after = { ...before, ...checked({ ...before, ...facts }) };
        const { name, timeZone: time_zone, currency } = after;
        await transaction
          .updateTable('organisation')
          .set({ name, time_zone, currency })
          .where('id', '=', id)
          .execute();
        return { value: after, before, after };
      });
    },
    archive: async (id, author) => {
      const change = { chain: id, author, action: 'organization.updated', target: target(id) } as const;
      return changeAudited(context, change, async (transaction, version) => {
        const before = await get(id, transaction);
        const after: Organisation = { ...before, state: 'archived' };
        await transaction
          .updateTable('organisation')
          .set({ state: 'archived' })
          .where('id', '=', id)
          .execute();
        await transaction.updateTable('api_key').set({ version }).where('organisation', '=', id).execute();
        return { value: after, before, after };
      });
    },
  };
}

function checked({ name, timeZone, currency }: OrganisationFacts): OrganisationFacts {
  return {
    name: requireName('name', name),
    timeZone: requireTimeZone(timeZone),
    currency: requireCurrency(currency),
  };
}

function organisationOf({ id, name, time_zone, currency, state, created_at }: OrganisationRow): Organisation {
  return { id, name, timeZone: time_zone, currency, state, createdAt: created_at };
}

/** The organisation that operates the server: the first that was made, whatever became of it. */
export async function operatorOf(query: Query): Promise<OrganisationId | undefined> {
  const oldest = await query
    .selectFrom('organisation')
    .select('id')
    .orderBy('created_at')
    .orderBy('id')
    .limit(1)
    .executeTakeFirst();
  return oldest?.id;
}
