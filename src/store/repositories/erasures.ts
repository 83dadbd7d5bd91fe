// The erasure of a principal: what names a person goes, what others rely on stays with the random identifier. The ledger and the
// audit log hold nothing but that identifier, so that their chains go on to verify.
import { setTimeout as pause } from 'node:timers/promises';
import { digestOf, type Entropy } from '../../base/index.ts';
import type { KeyId, OrganisationId, PrincipalId, SessionId } from '../../traffic/index.ts';
import type { Author } from '../audit/audit-entry.ts';
import { changeAudited, type StoreContext } from '../audit/change-audited.ts';
import type { Database, Query } from '../connection/database.ts';
import { unknownIdentifier } from '../terms/identifiers.ts';
import { endSignIns } from './end-sign-ins.ts';

/** What the store has of a principal, in numbers. */
export type PrincipalTraces = {
  /** Members of its row with something in them, such as `email`. */
  readonly personal: readonly string[];
  readonly memberships: number;
  readonly keys: number;
  /** Sign-ins that are remembered. */
  readonly sessions: number;
  /** Stored answers that repeated requests would get. */
  readonly answers: number;
  readonly usageRows: number;
};

export type Erasures = {
  /** @throws TGL_ID_UNKNOWN */
  readonly preview: (organisation: OrganisationId, principal: PrincipalId) => Promise<PrincipalTraces>;
  /**
   * Empties the row of a principal and of its keys, which no longer work, and notes the erasure. Also for one that was removed or
   * erased before.
   *
   * @returns what there was, and whether nothing of it is left in the files of SQLite; null in PostgreSQL, which overwrites later
   * @throws TGL_ID_UNKNOWN
   */
  readonly erase: (
    organisation: OrganisationId,
    principal: PrincipalId,
    author: Author,
  ) => Promise<PrincipalTraces & { readonly overwritten: boolean | null }>;
  /** Whether a principal was erased, by the note that was made of it. */
  readonly wasErased: (principal: string) => Promise<boolean>;
  /** Those of whom an erasure is noted and something that names a person is there all the same. */
  readonly returned: () => Promise<
    readonly { readonly organisation: OrganisationId; readonly id: PrincipalId }[]
  >;
  /** Where somebody of that name has something that names a person: after a backup from before the erasure came back. */
  readonly findUnerased: (principal: string) => Promise<OrganisationId | undefined>;
};

export function createErasures(context: StoreContext): Erasures {
  const { database, clock, entropy } = context;
  return {
    preview: (organisation, principal) => tracesOf(database.query, organisation, principal),
    erase: async (organisation, principal, author) => {
      const target = { type: 'principal', id: principal };
      const change = { chain: organisation, author, action: 'principal.erased', target } as const;
      const traces = await changeAudited(context, change, async (transaction, version) => {
        const before = await tracesOf(transaction, organisation, principal);
        await emptyKeys(transaction, { organisation, principal, version, entropy });
        await forgetSessions(transaction, { organisation, principal });
        await transaction
          .deleteFrom('membership')
          .where('organisation', '=', organisation)
          .where('principal', '=', principal)
          .execute();
        await transaction
          .updateTable('principal')
          .set({ name: null, email: null, subject: null, state: 'removed' })
          .where('organisation', '=', organisation)
          .where('id', '=', principal)
          .execute();
        await transaction
          .insertInto('erasure')
          .values({ principal_hash: digestOf(principal), at: clock.now() })
          .onConflict((conflict) => conflict.doNothing())
          .execute();
        return { value: before, before: null, after: null };
      });
      return { ...traces, overwritten: await overwritten(database) };
    },
    wasErased: async (principal) => {
      const row = await database.query
        .selectFrom('erasure')
        .select('at')
        .where('principal_hash', '=', digestOf(principal))
        .executeTakeFirst();
      return row !== undefined;
    },
    returned: async () => {
      const noted = await database.query.selectFrom('erasure').select('principal_hash').execute();
      const erased = new Set<string>(noted.map(({ principal_hash }) => principal_hash));
      if (erased.size === 0) return [];
      const named = await namedPrincipals(database.query).execute();
      return named.filter(({ id }) => erased.has(digestOf(id)));
    },
    findUnerased: async (principal) => {
      const row = await namedPrincipals(database.query)
        .where('id', '=', principal as PrincipalId)
        .executeTakeFirst();
      return row?.organisation;
    },
  };
}

/** Those whose row has something that names a person, or who are in use. */
function namedPrincipals(query: Query) {
  return query
    .selectFrom('principal')
    .select(['organisation', 'id'])
    .where((is) =>
      is.or([
        is('state', '=', 'active'),
        is('name', 'is not', null),
        is('email', 'is not', null),
        is('subject', 'is not', null),
      ]),
    );
}

/** @throws TGL_ID_UNKNOWN */
async function tracesOf(
  query: Query,
  organisation: OrganisationId,
  principal: PrincipalId,
): Promise<PrincipalTraces> {
  const row = await query
    .selectFrom('principal')
    .select(['name', 'email', 'subject'])
    .where('organisation', '=', organisation)
    .where('id', '=', principal)
    .executeTakeFirst();
  if (row === undefined) throw unknownIdentifier('principal', principal);
  const ofPrincipal = { organisation, principal };
  const keys = (await keysOf(query, ofPrincipal)).map(({ id }) => id);
  const sessions = (await sessionsOf(query, ofPrincipal)).map(({ id }) => id);
  const asking = [...keys, ...sessions.map(asKey)];
  const answers = asking.length === 0 ? [] : await answersOf(query, organisation, asking);
  return {
    personal: (['name', 'email', 'subject'] as const).filter((name) => row[name] !== null),
    memberships: await countOf(query, 'membership', ofPrincipal),
    keys: keys.length,
    sessions: sessions.length,
    answers: answers.length,
    usageRows: await countOf(query, 'rollup', ofPrincipal),
  };
}

type OfPrincipal = { readonly organisation: OrganisationId; readonly principal: PrincipalId };

async function countOf(
  query: Query,
  table: 'membership' | 'rollup',
  { organisation, principal }: OfPrincipal,
): Promise<number> {
  const { count } = await query
    .selectFrom(table)
    .select((row) => row.fn.countAll().as('count'))
    .where('organisation', '=', organisation)
    .where('principal', '=', principal)
    .executeTakeFirstOrThrow();
  return Number(count);
}

function keysOf(query: Query, { organisation, principal }: OfPrincipal) {
  return query
    .selectFrom('api_key')
    .select('id')
    .where('organisation', '=', organisation)
    .where('principal', '=', principal)
    .execute();
}

function sessionsOf(query: Query, { organisation, principal }: OfPrincipal) {
  return query
    .selectFrom('session')
    .select('id')
    .where('organisation', '=', organisation)
    .where('principal', '=', principal)
    .execute();
}

/** Whoever is signed in has the session in the place of a key. */
function asKey(session: SessionId): KeyId {
  return session as string as KeyId;
}

type KeyIds = readonly Awaited<ReturnType<typeof keysOf>>[number]['id'][];

function answersOf(query: Query, organisation: OrganisationId, keys: KeyIds) {
  return query
    .selectFrom('idempotency')
    .select('idempotency_key')
    .where('organisation', '=', organisation)
    .where('key', 'in', keys)
    .execute();
}

/** The rows stay, revoked, so that every node hears of it; nothing that somebody chose or knew stands in them. */
async function emptyKeys(
  query: Query,
  { organisation, principal, version, entropy }: OfPrincipal & { version: number; entropy: Entropy },
): Promise<void> {
  for (const { id } of await keysOf(query, { organisation, principal })) {
    await query
      .deleteFrom('idempotency')
      .where('organisation', '=', organisation)
      .where('key', '=', id)
      .execute();
    await query
      .updateTable('api_key')
      .set({
        ...{ name: 'erased', hint: '', secret_hash: entropy(hashBytes), state: 'revoked', version },
        ...{ previous_hash: null, previous_until: null, networks: null, last_used: null },
      })
      .where('organisation', '=', organisation)
      .where('id', '=', id)
      .execute();
  }
}

async function forgetSessions(query: Query, ofPrincipal: OfPrincipal): Promise<void> {
  const { organisation, principal } = ofPrincipal;
  for (const { id } of await sessionsOf(query, ofPrincipal))
    await query
      .deleteFrom('idempotency')
      .where('organisation', '=', organisation)
      .where('key', '=', asKey(id))
      .execute();
  await endSignIns(query, organisation, principal);
  await query
    .deleteFrom('session')
    .where('organisation', '=', organisation)
    .where('principal', '=', principal)
    .execute();
}

const hashBytes = 32;
const checkpointAttempts = 50;
const checkpointPauseMs = 100;

/** Moves everything out of the write-ahead log, where the old pages are, and cuts it; while others read, that has to wait. */
async function overwritten({ sqlite }: Database): Promise<boolean | null> {
  if (sqlite === null) return null;
  for (let attempt = 0; attempt < checkpointAttempts; attempt++) {
    const result = sqlite.prepare('pragma wal_checkpoint(truncate)').get() as { busy: number };
    if (result.busy === 0) return true;
    await pause(checkpointPauseMs);
  }
  return false;
}
