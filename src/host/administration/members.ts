// People of an organisation and services of its accounts. Nobody gives a role that can do more than the key that asks, nor takes one
// away, and the last owner stays.
import { TiegelError } from '../../base/index.ts';
import type { Administration, Asker, HolderFacts } from '../../gateway/index.ts';
import {
  type PrincipalRecord,
  type Role,
  roleNames,
  scopesOfRole,
  serverScopes,
  unknownIdentifier,
} from '../../store/index.ts';
import type { AccountId, PrincipalId, Scope } from '../../traffic/index.ts';
import type { HostStore } from '../open-store.ts';
import {
  authorOf,
  behind,
  identified,
  organisationOf,
  type Refused,
  recording,
  requireScope,
} from './asker.ts';
import { holderFacts, keyFacts } from './key-facts.ts';

export function usersOf(opened: HostStore, refused: Refused): Administration['users'] {
  const { principals } = opened.store;
  const find = async (asker: Asker, user: string): Promise<PrincipalRecord> => {
    const found = await principals.get(organisationOf(asker), identified('principal', user));
    if (found.kind !== 'person') throw unknownIdentifier('principal', found.id);
    return found;
  };
  const factsOf = ({ id, organisation }: PrincipalRecord): Promise<HolderFacts> =>
    holderFacts(opened, { organisation, principal: id }, null);
  return {
    list: async (asker, after) => {
      const organisation = organisationOf(asker);
      const last = after === undefined ? undefined : identified('principal', after);
      const place = last === undefined ? undefined : await principals.madeAt(organisation, last);
      const people = (await principals.list(organisation)).filter(({ kind }) => kind === 'person');
      return Promise.all(behind(people, place).map(factsOf));
    },
    get: async (asker, user) => factsOf(await find(asker, user)),
    add: async (asker, { name, email, role: given }) => {
      const organisation = organisationOf(asker);
      const target = { type: 'principal', id: organisation } as const;
      const role = await recording(refused, asker, { action: 'user.added', target }, async () => {
        const named = requireRole(given);
        await requireScopesOf(opened, asker, named);
        return named;
      });
      const facts = { kind: 'person', name, email } as const;
      return factsOf(await principals.create(organisation, authorOf(asker), facts, { account: null, role }));
    },
    createLink: async (asker, user) => {
      const attempt = { action: 'login.link.created', target: { type: 'principal', id: user } } as const;
      const found = await recording(refused, asker, attempt, async () => {
        const person = await find(asker, user);
        // Whoever has the link can be that person.
        await requireMayTake(opened, asker, person);
        return person;
      });
      return opened.keys.signIns.createLink(found.organisation, found.id, authorOf(asker));
    },
    setRole: async (asker, user, given) => {
      const attempt = { action: 'role.assignment.created', target: { type: 'principal', id: user } } as const;
      const { found, role } = await recording(refused, asker, attempt, async () => {
        const person = await find(asker, user);
        const named = requireRole(given);
        await requireScopesOf(opened, asker, named);
        await requireMayTake(opened, asker, person);
        if (named !== 'owner') await requireOtherOwner(opened, person);
        return { found: person, role: named };
      });
      await principals.grant(found.organisation, found.id, authorOf(asker), { account: null, role });
      return factsOf(found);
    },
    remove: async (asker, user) => {
      const attempt = { action: 'user.deleted', target: { type: 'principal', id: user } } as const;
      const found = await recording(refused, asker, attempt, async () => {
        const person = await find(asker, user);
        await requireMayTake(opened, asker, person);
        await requireOtherOwner(opened, person);
        return person;
      });
      await principals.remove(found.organisation, found.id, authorOf(asker));
    },
  };
}

export function serviceAccountsOf(opened: HostStore, refused: Refused): Administration['serviceAccounts'] {
  const { principals } = opened.store;
  const { accountOf, activeAccountOf, find } = servicesOf(opened);
  const newKey = async (asker: Asker, account: AccountId, principal: PrincipalId, facts: NewKeyFacts) => {
    const made = { ...facts, account, principal };
    const { key, secret } = await opened.keys.create(organisationOf(asker), authorOf(asker), made);
    return { key: await keyFacts(opened, key), secret };
  };
  return {
    list: async (asker, project, after) => {
      const organisation = organisationOf(asker);
      const { id: account } = await accountOf(asker, project);
      const last = after === undefined ? undefined : identified('principal', after);
      const place = last === undefined ? undefined : await principals.madeAt(organisation, last);
      const listed: HolderFacts[] = [];
      for (const principal of behind(await principals.list(organisation), place))
        if (principal.kind === 'service' && (await isMember(opened, principal, account)))
          listed.push(await holderFacts(opened, { organisation, principal: principal.id }, account));
      return listed;
    },
    get: async (asker, project, service) => {
      const { id: account, organisation } = await accountOf(asker, project);
      const { id: principal } = await find(asker, account, service);
      return holderFacts(opened, { organisation, principal }, account);
    },
    create: async (asker, project, facts) => {
      const attempt = {
        action: 'service_account.created',
        target: { type: 'account', id: project },
      } as const;
      const account = await recording(refused, asker, attempt, async () => {
        requireScope(asker, 'keys:write');
        return activeAccountOf(asker, project);
      });
      const organisation = organisationOf(asker);
      const { name } = facts;
      const { id: principal } = await principals.create(
        organisation,
        authorOf(asker),
        { kind: 'service', name },
        { account, role: 'member' },
      );
      const fresh = await newKey(asker, account, principal, facts);
      return { holder: await holderFacts(opened, { organisation, principal }, account), fresh };
    },
    createKey: async (asker, project, service, facts) => {
      const attempt = { action: 'api_key.created', target: { type: 'principal', id: service } } as const;
      const { account, found } = await recording(refused, asker, attempt, async () => {
        const active = await activeAccountOf(asker, project);
        return { account: active, found: await find(asker, active, service) };
      });
      return newKey(asker, account, found.id, facts);
    },
    remove: async (asker, project, service) => {
      const attempt = {
        action: 'service_account.deleted',
        target: { type: 'principal', id: service },
      } as const;
      const found = await recording(refused, asker, attempt, async () => {
        const member = await find(asker, (await accountOf(asker, project)).id, service);
        await requireMayTake(opened, asker, member);
        await requireOtherOwner(opened, member);
        return member;
      });
      await principals.remove(found.organisation, found.id, authorOf(asker));
    },
  };
}

/** Services as members of accounts; without one there is none. All throw TGL_ID_UNKNOWN. */
function servicesOf(opened: HostStore) {
  const { accounts, principals } = opened.store;
  const accountOf = (asker: Asker, project: string) =>
    accounts.get(organisationOf(asker), identified('account', project));
  const activeAccountOf = async (asker: Asker, project: string): Promise<AccountId> => {
    const { id, state } = await accountOf(asker, project);
    if (state === 'archived') throw new TiegelError('TGL_STORE_CONFLICT');
    return id;
  };
  const find = async (asker: Asker, account: AccountId, service: string): Promise<PrincipalRecord> => {
    const found = await principals.get(organisationOf(asker), identified('principal', service));
    if (found.kind === 'service' && (await isMember(opened, found, account))) return found;
    throw unknownIdentifier('principal', found.id);
  };
  return { accountOf, activeAccountOf, find };
}

type NewKeyFacts = { readonly name: string; readonly expiresAt?: number | undefined };

type Named = Pick<PrincipalRecord, 'organisation' | 'id'>;

async function isMember({ store }: HostStore, { organisation, id }: Named, of: AccountId): Promise<boolean> {
  const memberships = await store.principals.memberships(organisation, id);
  return memberships.some(({ account }) => account === of);
}

/** OpenAI's readers are viewers here. @throws TGL_REQUEST_INVALID */
function requireRole(given: string): Role {
  const found = roleNames.find((name) => name === (given === 'reader' ? 'viewer' : given));
  if (found !== undefined) return found;
  const problem = `The field role is none of reader, ${roleNames.join(', ')}.`;
  throw new TiegelError('TGL_REQUEST_INVALID', { field: 'role', problem });
}

/**
 * Asking models is no part of it, since keys of administration never may; nor is what concerns the whole server where another
 * organisation operates it, since there no role has it.
 *
 * @throws TGL_SCOPE_MISSING
 */
async function requireScopesOf({ store }: HostStore, asker: Asker, role: Role): Promise<void> {
  const [operator] = await store.organisations.list();
  const without = new Set<Scope>(['inference', ...(operator?.id === asker.organisation ? [] : serverScopes)]);
  for (const scope of scopesOfRole(role)) if (!without.has(scope)) requireScope(asker, scope);
}

/** @throws TGL_SCOPE_MISSING for somebody who can do more than the key that asks */
async function requireMayTake(opened: HostStore, asker: Asker, { organisation, id }: Named): Promise<void> {
  const memberships = await opened.store.principals.memberships(organisation, id);
  for (const { role } of memberships) await requireScopesOf(opened, asker, role);
}

/** Without an owner nobody could give the others back what they need. @throws TGL_STORE_CONFLICT */
export async function requireOtherOwner(
  { store: { principals } }: HostStore,
  { organisation, id }: Named,
): Promise<void> {
  const owns = async (principal: PrincipalId): Promise<boolean> => {
    const memberships = await principals.memberships(organisation, principal);
    return memberships.some(({ account, role }) => account === null && role === 'owner');
  };
  if (!(await owns(id))) return;
  for (const other of await principals.list(organisation))
    if (other.id !== id && (await owns(other.id))) return;
  throw new TiegelError('TGL_STORE_CONFLICT');
}
