// The sessions of a store in memory, with what each person may do in the organisation and in its accounts. Roles, accounts and people
// change seldom, and the signed in are few: after any change all of it is read again.
import { TiegelError } from '../../base/index.ts';
import {
  type AccountId,
  type AskedAs,
  createPrincipal,
  type OrganisationId,
  type Principal,
  type PrincipalId,
  type SessionId,
} from '../../traffic/index.ts';
import type { Query } from '../connection/database.ts';
import { operatorOf } from '../repositories/organisations.ts';
import { unknownIdentifier } from '../terms/identifiers.ts';
import { scopesOfPerson } from '../terms/roles.ts';

export type KnownSession = {
  readonly id: SessionId;
  readonly organisation: OrganisationId;
  readonly seenAt: number;
  readonly expiresAt: number;
  /** @throws TGL_ID_UNKNOWN for an account that is not theirs */
  readonly principalOf: (asked: AskedAs) => Principal;
};

export type SessionSnapshot = {
  /** By the hash in hexadecimal. */
  readonly find: (hash: string) => KnownSession | undefined;
  /** Reads everything. @throws TGL_STORE_UNAVAILABLE, after which it is as it was */
  readonly refresh: () => Promise<void>;
};

export function createSessionSnapshot(query: Query): SessionSnapshot {
  let byHash: ReadonlyMap<string, KnownSession> = new Map();
  const revocations = new Map<SessionId, AbortController>();
  return {
    find: (hash) => byHash.get(hash),
    refresh: async () => {
      const rows = await openSessions(query);
      const rights = rows.length === 0 ? noRights : await readRights(query);
      const open = new Set(rows.map(({ id }) => id));
      for (const [id, revocation] of revocations) {
        if (open.has(id)) continue;
        revocations.delete(id);
        revocation.abort(new TiegelError('TGL_SESSION_ENDED'));
      }
      const known = new Map<string, KnownSession>();
      for (const row of rows) {
        const revocation = revocations.get(row.id) ?? new AbortController();
        revocations.set(row.id, revocation);
        known.set(Buffer.from(row.secret_hash).toString('hex'), knownSession(row, rights, revocation.signal));
      }
      byHash = known;
    },
  };
}

type OpenRow = Awaited<ReturnType<typeof openSessions>>[number];

function openSessions(query: Query) {
  return query
    .selectFrom('session')
    .innerJoin('organisation', 'organisation.id', 'session.organisation')
    .innerJoin('principal', (join) =>
      join
        .onRef('principal.organisation', '=', 'session.organisation')
        .onRef('principal.id', '=', 'session.principal'),
    )
    .selectAll('session')
    .where('session.state', '=', 'open')
    .where('organisation.state', '=', 'active')
    .where('principal.state', '=', 'active')
    .execute();
}

type OwnAccount = { readonly id: AccountId; readonly region: string | null };
type Role = { readonly account: AccountId | null; readonly role: string };

type Rights = {
  readonly operator: OrganisationId | undefined;
  /** Those in use, in the order of their making. */
  readonly accounts: ReadonlyMap<OrganisationId, readonly OwnAccount[]>;
  readonly roles: ReadonlyMap<PrincipalId, readonly Role[]>;
};

const noRights: Rights = { operator: undefined, accounts: new Map(), roles: new Map() };

/** Of the organisations and the people of all sessions. */
async function readRights(query: Query): Promise<Rights> {
  const accounts = await query
    .selectFrom('account')
    .select(['organisation', 'id', 'region'])
    .where('state', '=', 'active')
    .where('organisation', 'in', (session) => session.selectFrom('session').select('organisation'))
    .orderBy('created_at')
    .orderBy('id')
    .execute();
  const roles = await query
    .selectFrom('membership')
    .select(['principal', 'account', 'role'])
    .where('principal', 'in', (session) => session.selectFrom('session').select('principal'))
    .execute();
  return {
    operator: await operatorOf(query),
    accounts: Map.groupBy(accounts, ({ organisation }) => organisation),
    roles: Map.groupBy(roles, ({ principal }) => principal),
  };
}

function knownSession(row: OpenRow, rights: Rights, revoked: AbortSignal): KnownSession {
  const { organisation, id, principal: principalId } = row;
  const roles = rights.roles.get(principalId) ?? [];
  const inOrganisation = roles.some(({ account }) => account === null);
  const accounts = (rights.accounts.get(organisation) ?? []).filter(
    (account) => inOrganisation || roles.some((role) => role.account === account.id),
  );
  const made = new Map<AccountId | null, Principal>();
  const make = (account: OwnAccount | null): Principal => {
    const before = made.get(account?.id ?? null);
    if (before !== undefined) return before;
    const scopes = scopesOfPerson(roles, account?.id ?? null, rights.operator === organisation);
    const principal = createPrincipal({
      ...{ organisation, principalId, keyId: id, session: id, revoked, models: null },
      signedInAt: row.created_at,
      ...{ account: account?.id ?? null, region: account?.region ?? null, scopes },
      cacheScope: account?.id ?? organisation,
    });
    made.set(principal.account, principal);
    return principal;
  };
  return {
    ...{ id, organisation, seenAt: row.seen_at, expiresAt: row.expires_at },
    principalOf: ({ account, asksModel }) => {
      if (account !== undefined) {
        const named = accounts.find((own) => own.id === account);
        if (named === undefined) throw unknownIdentifier('account', 'of that name');
        return make(named);
      }
      return make(asksModel || !inOrganisation ? (accounts[0] ?? null) : null);
    },
  };
}
