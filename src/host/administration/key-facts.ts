// What is told of keys and of who holds them.
import type { HolderFacts, KeyFacts } from '../../gateway/index.ts';
import type { KeyRecord } from '../../store/index.ts';
import type { AccountId, OrganisationId, PrincipalId } from '../../traffic/index.ts';
import type { HostStore } from '../open-store.ts';

/** Of keys of one account, or of administration; who holds several of them is asked about once. */
export async function factsOfKeys(
  opened: HostStore,
  keys: readonly KeyRecord[],
): Promise<readonly KeyFacts[]> {
  const holders = new Map<PrincipalId, Promise<HolderFacts>>();
  return Promise.all(
    keys.map((key) => {
      const holder = holders.get(key.principal) ?? holderFacts(opened, key, key.account);
      holders.set(key.principal, holder);
      return keyFacts(opened, key, holder);
    }),
  );
}

export async function keyFacts(
  opened: HostStore,
  key: KeyRecord,
  holder: Promise<HolderFacts> = holderFacts(opened, key, key.account),
): Promise<KeyFacts> {
  const { id, name, hint, createdAt, expiresAt, lastUsed } = key;
  return {
    ...{ id, name, hint, createdAt, expiresAt },
    lastUsedAt: lastUsed === null ? null : Date.parse(lastUsed),
    holder: await holder,
  };
}

/** With the role in an account, else the one in the whole organisation. */
export async function holderFacts(
  { store: { principals } }: HostStore,
  { organisation, principal }: { readonly organisation: OrganisationId; readonly principal: PrincipalId },
  account: AccountId | null,
): Promise<HolderFacts> {
  const { id, kind, name, email, createdAt } = await principals.get(organisation, principal);
  const memberships = await principals.memberships(organisation, principal);
  const own = memberships.find((membership) => account !== null && membership.account === account);
  const whole = memberships.find((membership) => membership.account === null);
  return { id, kind, name, email, createdAt, role: (own ?? whole)?.role ?? null };
}
