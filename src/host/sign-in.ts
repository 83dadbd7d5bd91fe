// People who sign in, out of the store: by the token of a link, which commands and the start of a server make.
import { TiegelError } from '../base/index.ts';
import type { OpenedSession, Provider, SessionFacts, SignIn } from '../gateway/index.ts';
import { createOutbound, type Outbound } from '../outbound/index.ts';
import { type FreshSession, type Membership, scopesOfPerson } from '../store/index.ts';
import type { Principal, SessionId } from '../traffic/index.ts';
import type { Environment } from './environment.ts';
import { createOidcClient, type OidcSettings } from './oidc/provider.ts';
import { recognise } from './oidc/recognise.ts';
import type { HostStore } from './open-store.ts';

/** What a server needs for people to sign in. */
export function openSignIn(
  { origin, oidc, offline }: Pick<Environment, 'origin' | 'oidc' | 'offline'>,
  opened: HostStore,
  { refresh }: Pick<SignInOptions, 'refresh'>,
): AsyncDisposable & { readonly signIn: SignIn } {
  const stack = new AsyncDisposableStack();
  const provider = oidc && {
    settings: oidc,
    outbound: stack.use(createOutbound({ offline, allowedOrigins: [new URL(oidc.issuer).origin] })),
  };
  const signIn = signInOf(opened, { refresh, origin, oidc: provider });
  return { signIn, [Symbol.asyncDispose]: () => stack.disposeAsync() };
}

export type SignInOptions = {
  /** Makes the keys and sessions that this server knows those of the store. */
  readonly refresh: () => Promise<void>;
  /** @see SignIn.origin */
  readonly origin?: string | undefined;
  /** @default one signs in by a link */
  readonly oidc?: { readonly settings: OidcSettings; readonly outbound: Outbound } | undefined;
};

export function signInOf(opened: HostStore, { refresh, origin, oidc }: SignInOptions): SignIn {
  const { store, keys } = opened;
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
    const managesKeys = scopes.includes('keys:write');
    const expiring = await keys.expiring({
      organisation,
      ...(!managesKeys && { principal }),
    });
    return {
      person: { id, name, email },
      organisation: { id: own.id, name: own.name },
      accounts: accounts.map((account) => ({ id: account.id, name: account.name })),
      roles: [...new Set(roles.map(({ role }) => role))],
      scopes: [...new Set(scopes)],
      expiresAt,
      expiringKeys: expiring.map((key) => ({ id: key.id, name: key.name, expiresAt: key.expiresAt ?? 0 })),
    };
  };
  const opening = async (fresh: FreshSession): Promise<OpenedSession> => {
    await refresh();
    return { facts: await factsOf(fresh), secret: fresh.secret };
  };
  return {
    origin,
    provider: oidc && providerOf(opened, oidc, opening),
    redeem: async (token, request) => {
      const fresh = await signIns.redeem(token, request);
      return fresh && opening(fresh);
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

/** Everybody whom the provider knows belongs to the organisation that operates the server. */
function providerOf(
  opened: HostStore,
  { settings, outbound }: NonNullable<SignInOptions['oidc']>,
  opening: (fresh: FreshSession) => Promise<OpenedSession>,
): Provider {
  const { store, keys } = opened;
  const client = createOidcClient(settings, outbound);
  return {
    begin: client.begin,
    finish: async (url, attempt, request) => {
      const [operator] = await store.organisations.list();
      if (operator === undefined) throw new TypeError('providerOf: there is no organisation yet');
      const organisation = operator.id;
      try {
        const claims = await client.finish(url, attempt);
        const person = await recognise(opened, settings, { organisation, claims, request });
        return await opening(await keys.signIns.open(organisation, person, request));
      } catch (error) {
        if (TiegelError.isInstance(error) && error.status < 500)
          await store.audit.record(
            organisation,
            { actor: { type: 'server' }, request, reason: 'by the provider of sign-ins' },
            {
              ...{ action: 'login.failed', target: { type: 'organisation', id: organisation } },
              refused: error.code,
            },
          );
        throw error;
      }
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
