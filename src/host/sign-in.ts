// People who sign in, out of the store: by the token of a link, which commands and the start of a server make.
import type { SessionFacts, SignIn } from '../gateway/index.ts';
import { type FreshSession, type Membership, scopesOfPerson } from '../store/index.ts';
import type { Principal, SessionId } from '../traffic/index.ts';
import type { HostStore } from './open-store.ts';

/** @param refresh makes the keys and sessions that this server knows those of the store */
export function signInOf({ store, keys }: HostStore, refresh: () => Promise<void>): SignIn {
  const { signIns } = keys;
  const factsOf = async ({ session }: Pick<FreshSession, 'session'>): Promise<SessionFacts> => {
    const { organisation, principal, expiresAt } = session;
    const { id, name, email } = await store.principals.get(organisation, principal);
    const own = await store.organisations.get(organisation);
    const roles = await store.principals.memberships(organisation, principal);
    const accounts = (await store.accounts.list(organisation)).filter(
      (account) => account.state === 'active' && hasRoleIn(roles, account.id),
    );
    const [operator] = await store.organisations.list();
    const scopes = [null, ...accounts.map((account) => account.id)].flatMap((account) => [
      ...scopesOfPerson(roles, account, operator?.id === organisation),
    ]);
    return {
      person: { id, name, email },
      organisation: { id: own.id, name: own.name },
      accounts: accounts.map((account) => ({ id: account.id, name: account.name })),
      roles: [...new Set(roles.map(({ role }) => role))],
      scopes: [...new Set(scopes)],
      expiresAt,
    };
  };
  return {
    oidc: false,
    redeem: async (token, request) => {
      const fresh = await signIns.redeem(token, request);
      if (fresh === undefined) return undefined;
      await refresh();
      return { facts: await factsOf(fresh), secret: fresh.secret };
    },
    describe: async (principal) => {
      const session = await signIns.get(principal.organisation, sessionOf(principal));
      return factsOf({ session });
    },
    end: async (principal, request) => {
      const person = { type: 'principal', principal: principal.principalId } as const;
      const author = { actor: person, request, reason: null };
      await signIns.end(principal.organisation, sessionOf(principal), author);
      await refresh();
    },
  };
}

/** @throws TypeError for whoever shows a key */
function sessionOf({ session }: Principal): SessionId {
  if (session === null) throw new TypeError('sessionOf: nobody is signed in');
  return session;
}

function hasRoleIn(roles: readonly Membership[], account: string): boolean {
  return roles.some((role) => role.account === null || role.account === account);
}
