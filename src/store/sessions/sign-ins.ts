// How people sign in: a link that works once and soon, or what a provider of sign-ins said, opens a session; its secret is handed
// out once, and what is kept of it is a keyed hash. Nothing is kept of the browser or of its address.
import type { OrganisationId, PrincipalId, SessionId } from '../../traffic/index.ts';
import type { Author } from '../audit/audit-entry.ts';
import { changeAudited, changeStore, recordRefusal, type StoreContext } from '../audit/change-audited.ts';
import type { Query } from '../connection/database.ts';
import { getPrincipal } from '../repositories/principals.ts';
import type { SessionRow } from '../schema/tables.ts';
import { newIdentifier, unknownIdentifier } from '../terms/identifiers.ts';
import { makeKey } from '../terms/key-format.ts';

export type SessionRecord = {
  readonly organisation: OrganisationId;
  readonly id: SessionId;
  readonly principal: PrincipalId;
  readonly signedInBy: 'link' | 'oidc';
  /** Times in milliseconds since the Unix epoch. */
  readonly createdAt: number;
  /** To some minutes. */
  readonly seenAt: number;
  /** At the latest; sooner where it is not used. */
  readonly expiresAt: number;
};

/** The only moment at which the secret is known. */
export type FreshSession = { readonly session: SessionRecord; readonly secret: string };

export type FreshLink = { readonly token: string; readonly expiresAt: number };

export type SignIns = {
  /** A token that signs a person in once, within ten minutes. @throws TGL_ID_UNKNOWN, also for a service */
  readonly createLink: (
    organisation: OrganisationId,
    principal: PrincipalId,
    author: Author,
  ) => Promise<FreshLink>;
  /**
   * Opens a session by the token of a link.
   *
   * @returns undefined for a token that is none, is too old or was used; what is known of it goes into the audit log
   * @throws TGL_STORE_UNAVAILABLE
   */
  readonly redeem: (token: string, request: string) => Promise<FreshSession | undefined>;
  /** Opens a session for somebody whom a provider vouches for. @throws TGL_ID_UNKNOWN */
  readonly open: (
    organisation: OrganisationId,
    principal: PrincipalId,
    request: string,
  ) => Promise<FreshSession>;
  /** @throws TGL_ID_UNKNOWN */
  readonly get: (organisation: OrganisationId, session: SessionId) => Promise<SessionRecord>;
  /** Those that can be used still, the newest first. */
  readonly list: (organisation: OrganisationId) => Promise<readonly SessionRecord[]>;
  /** Its running requests end too. Ending one that has ended changes nothing. @throws TGL_ID_UNKNOWN */
  readonly end: (organisation: OrganisationId, session: SessionId, author: Author) => Promise<void>;
};

/** Keyed, so that a copy of the database is of no use for signing in. */
export type HashSecret = (secret: string) => Buffer;

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const linkLifeMs = 10 * minuteMs;
/** A session ends when it was not used for so long, and after so long in any case. */
export const sessionIdleMs: number = 12 * hourMs;
const sessionLifeMs = 7 * 24 * hourMs;
/** For so long a link that was used is told from one that never was, and requests of a session from nobody's. */
const rememberedMs = 2 * 24 * hourMs;
const maxSecretLength = 256;

export function createSignIns(context: StoreContext, hash: HashSecret): SignIns {
  const { database, clock, entropy } = context;
  return {
    createLink: (organisation, principal, author) => {
      const target = { type: 'principal', id: principal };
      const change = { chain: organisation, author, action: 'login.link.created', target } as const;
      return changeAudited(context, change, async (transaction) => {
        await requirePerson(transaction, organisation, principal);
        const token = makeKey('link', entropy);
        const now = clock.now();
        const expiresAt = now + linkLifeMs;
        await transaction
          .insertInto('sign_in_link')
          .values({
            ...{ organisation, principal, id: randomName(context), token_hash: hash(token) },
            ...{ created_at: now, expires_at: expiresAt, used_at: null },
          })
          .execute();
        return { value: { token, expiresAt }, before: null, after: null };
      });
    },
    redeem: (token, request) => redeem(context, hash, token, request),
    open: (organisation, principal, request) =>
      changeStore(context, (step) => open(context, hash, step, { organisation, principal, request }, 'oidc')),
    get: async (organisation, id) => {
      const row = await database.query
        .selectFrom('session')
        .selectAll()
        .where('organisation', '=', organisation)
        .where('id', '=', id)
        .executeTakeFirst();
      if (row === undefined) throw unknownIdentifier('session', id);
      return sessionOf(row);
    },
    list: async (organisation) => {
      const rows = await database.query
        .selectFrom('session')
        .selectAll()
        .where('organisation', '=', organisation)
        .where('state', '=', 'open')
        .where('expires_at', '>', clock.now())
        .where('seen_at', '>', clock.now() - sessionIdleMs)
        .orderBy('created_at', 'desc')
        .orderBy('id')
        .execute();
      return rows.map(sessionOf);
    },
    end: (organisation, id, author) => {
      const target = { type: 'session', id };
      const change = { chain: organisation, author, action: 'logout.succeeded', target } as const;
      return changeAudited(context, change, async (transaction) => {
        const ended = await transaction
          .updateTable('session')
          .set({ state: 'ended' })
          .where('organisation', '=', organisation)
          .where('id', '=', id)
          .executeTakeFirstOrThrow();
        if (ended.numUpdatedRows === 0n) throw unknownIdentifier('session', id);
        return { value: undefined, before: null, after: null };
      });
    },
  };
}

async function redeem(
  context: StoreContext,
  hash: HashSecret,
  token: string,
  request: string,
): Promise<FreshSession | undefined> {
  if (token.length > maxSecretLength) return undefined;
  const hashed = hash(token);
  // Without the lock of all changes, which nobody shall take by guessing.
  const known = await linkOf(context.database.query, hashed);
  if (known === undefined) return undefined;
  const { organisation, principal } = known;
  const session = await changeStore(context, async (step) => {
    const now = context.clock.now();
    const used = await step.transaction
      .updateTable('sign_in_link')
      .set({ used_at: now })
      .where('token_hash', '=', hashed)
      .where('used_at', 'is', null)
      .where('expires_at', '>', now)
      .executeTakeFirstOrThrow();
    if (used.numUpdatedRows === 0n) return undefined;
    return open(context, hash, step, { organisation, principal, request }, 'link');
  });
  if (session === undefined) {
    const author = { actor: { type: 'server' }, request, reason: null } as const;
    const target = { type: 'principal', id: principal };
    const change = { chain: organisation, author, action: 'login.failed', target } as const;
    await recordRefusal(context, change, 'TGL_UNAUTHENTICATED');
  }
  return session;
}

function linkOf(query: Query, hashed: Buffer) {
  return query
    .selectFrom('sign_in_link')
    .select(['organisation', 'principal'])
    .where('token_hash', '=', hashed)
    .executeTakeFirst();
}

type Opening = {
  readonly organisation: OrganisationId;
  readonly principal: PrincipalId;
  readonly request: string;
};

/** @throws TGL_ID_UNKNOWN */
async function open(
  context: StoreContext,
  hash: HashSecret,
  { transaction, audit }: Parameters<Parameters<typeof changeStore>[1]>[0],
  { organisation, principal, request }: Opening,
  signedInBy: SessionRecord['signedInBy'],
): Promise<FreshSession> {
  await requirePerson(transaction, organisation, principal);
  const now = context.clock.now();
  await transaction
    .deleteFrom('session')
    .where('expires_at', '<', now - rememberedMs)
    .execute();
  await transaction
    .deleteFrom('sign_in_link')
    .where('expires_at', '<', now - rememberedMs)
    .execute();
  const secret = makeKey('session', context.entropy);
  const row: SessionRow = {
    ...{ organisation, id: newIdentifier('session', context.entropy), principal, state: 'open' },
    ...{ secret_hash: hash(secret), signed_in_by: signedInBy },
    ...{ created_at: now, seen_at: now, expires_at: now + sessionLifeMs },
  };
  await transaction.insertInto('session').values(row).execute();
  const author = { actor: { type: 'principal', principal }, request, reason: null } as const;
  const target = { type: 'session', id: row.id };
  await audit(
    { chain: organisation, author, action: 'login.succeeded', target },
    { before: null, after: { session: row.id, principal, signedInBy } },
  );
  return { session: sessionOf(row), secret };
}

/** @throws TGL_ID_UNKNOWN for a service as well, which has keys */
async function requirePerson(
  query: Query,
  organisation: OrganisationId,
  principal: PrincipalId,
): Promise<void> {
  const { kind } = await getPrincipal(query, organisation, principal);
  if (kind !== 'person') throw unknownIdentifier('principal', principal);
}

function randomName({ entropy }: StoreContext): string {
  return `link_${Buffer.from(entropy(15)).toString('hex')}`;
}

function sessionOf(row: SessionRow): SessionRecord {
  const { organisation, id, principal } = row;
  return {
    ...{ organisation, id, principal, signedInBy: row.signed_in_by },
    ...{ createdAt: row.created_at, seenAt: row.seen_at, expiresAt: row.expires_at },
  };
}
