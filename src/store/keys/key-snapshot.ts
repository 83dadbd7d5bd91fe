// The keys of a store in memory: which principal a hash stands for. It is brought up to date by the rows that changed since it was
// last read.
import type { BlockList } from 'node:net';
import { TiegelError } from '../../base/index.ts';
import { createPrincipal, type KeyId, type Principal, type Scope } from '../../traffic/index.ts';
import type { Query } from '../connection/database.ts';
import { operatorOf } from '../repositories/organisations.ts';
import { networksOf } from '../terms/fields.ts';
import { scopesOfRole, serverScopes } from '../terms/roles.ts';

export type KnownKey = {
  readonly principal: Principal;
  readonly expiresAt: number | null;
  /** Null for everywhere. */
  readonly networks: BlockList | null;
};

/** Which of the secrets of a key a hash is of: with an end, the one before its rotation. */
export type KnownSecret = { readonly key: KnownKey; readonly until: number | null };

export type KeySnapshot = {
  /** By the hash in hexadecimal. */
  readonly find: (hash: string) => KnownSecret | undefined;
  readonly get: (key: KeyId) => KnownKey | undefined;
  /** Reads what changed. @returns whether something did. @throws TGL_STORE_UNAVAILABLE, after which it is as it was */
  readonly refresh: () => Promise<boolean>;
};

type Held = KnownKey & { readonly hashes: readonly string[]; readonly revocation: AbortController };

export function createKeySnapshot(query: Query): KeySnapshot {
  const byHash = new Map<string, KnownSecret>();
  const byKey = new Map<KeyId, Held>();
  let seen = -1;

  const forget = (id: KeyId): Held | undefined => {
    const held = byKey.get(id);
    for (const hash of held?.hashes ?? []) byHash.delete(hash);
    byKey.delete(id);
    return held;
  };
  const take = (row: JoinedRow, granted: ReadonlySet<Scope>): void => {
    const before = forget(row.id);
    if (!isUsable(row)) {
      before?.revocation.abort(new TiegelError('TGL_KEY_REVOKED'));
      return;
    }
    // Requests that run under an older form of the key end with it too.
    const revocation = before?.revocation ?? new AbortController();
    const hashes = [hexadecimal(row.secret_hash)];
    if (row.previous_hash !== null) hashes.push(hexadecimal(row.previous_hash));
    const held = { ...knownKeyOf(row, granted, revocation.signal), hashes, revocation };
    byKey.set(row.id, held);
    for (const [index, hash] of hashes.entries())
      byHash.set(hash, { key: held, until: index === 0 ? null : row.previous_until });
  };

  return {
    find: (hash) => byHash.get(hash),
    get: (id) => byKey.get(id),
    refresh: async () => {
      const { version } = await query.selectFrom('change_feed').select('version').executeTakeFirstOrThrow();
      if (version === seen) return false;
      // A restored backup is older than what was seen: everything is read again, and what is not in it is gone.
      const isOlder = version < seen;
      const rows = await changedSince(query, isOlder ? -1 : seen);
      const operator = rows.length === 0 ? undefined : await operatorOf(query);
      const byId = Map.groupBy(rows, ({ id }) => id);
      if (isOlder)
        for (const id of [...byKey.keys()])
          if (!byId.has(id)) forget(id)?.revocation.abort(new TiegelError('TGL_KEY_REVOKED'));
      for (const joined of byId.values()) {
        const granted = new Set(joined.flatMap(({ role }) => scopesOfRole(role ?? '')));
        if (joined[0]!.organisation !== operator) for (const scope of serverScopes) granted.delete(scope);
        take(joined[0]!, granted);
      }
      seen = version;
      return true;
    },
  };
}

type JoinedRow = Awaited<ReturnType<typeof changedSince>>[number];

/** Keys that changed, once for each role that their holders have in the account or the organisation. */
function changedSince(query: Query, version: number) {
  return query
    .selectFrom('api_key')
    .innerJoin('organisation', 'organisation.id', 'api_key.organisation')
    .innerJoin('principal', (join) =>
      join
        .onRef('principal.organisation', '=', 'api_key.organisation')
        .onRef('principal.id', '=', 'api_key.principal'),
    )
    .leftJoin('account', (join) =>
      join
        .onRef('account.organisation', '=', 'api_key.organisation')
        .onRef('account.id', '=', 'api_key.account'),
    )
    .leftJoin('membership', (join) =>
      join
        .onRef('membership.organisation', '=', 'api_key.organisation')
        .onRef('membership.principal', '=', 'api_key.principal')
        .on((on) =>
          on.or([
            on('membership.account', 'is', null),
            on('membership.account', '=', on.ref('api_key.account')),
          ]),
        ),
    )
    .selectAll('api_key')
    .select([
      'organisation.state as organisationState',
      'principal.state as principalState',
      'account.state as accountState',
      'account.region as region',
      'membership.role as role',
    ])
    .where('api_key.version', '>', version)
    .execute();
}

function isUsable(row: JoinedRow): boolean {
  const accountIsActive = row.account === null || row.accountState === 'active';
  return (
    row.state === 'active' &&
    row.organisationState === 'active' &&
    row.principalState === 'active' &&
    accountIsActive
  );
}

function knownKeyOf(row: JoinedRow, granted: ReadonlySet<Scope>, revoked: AbortSignal): KnownKey {
  const { organisation, account, principal: principalId, id: keyId, region } = row;
  const own = JSON.parse(row.scopes) as readonly Scope[];
  return {
    principal: createPrincipal({
      ...{ organisation, account, principalId, keyId, region, revoked },
      scopes: new Set(own.filter((scope) => granted.has(scope))),
      models: row.models === null ? null : JSON.parse(row.models),
      cacheScope: account ?? organisation,
    }),
    expiresAt: row.expires_at,
    networks: row.networks === null ? null : networksOf(JSON.parse(row.networks)),
  };
}

function hexadecimal(hash: Uint8Array): string {
  return Buffer.from(hash).toString('hex');
}
