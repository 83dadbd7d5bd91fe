// Roles: named sets of scopes. What a key may do is what its own scopes and a role of its holder have in common.
import { lookUp } from '../../base/index.ts';
import { type Scope, scopes } from '../../traffic/index.ts';

export type Role = 'owner' | 'administrator' | 'security' | 'billing' | 'member' | 'viewer';

const roles: Readonly<Record<Role, readonly Scope[]>> = {
  owner: scopes,
  administrator: scopes.filter((scope) => scope !== 'policy:write'),
  security: ['models:read', 'assessments:read', 'metrics:read', 'guard:read', 'guard:act', 'audit:read'],
  billing: ['usage:read', 'limits:write'],
  member: ['inference', 'models:read', 'usage:read'],
  viewer: ['models:read', 'usage:read'],
};

export const roleNames: readonly Role[] = Object.keys(roles) as Role[];

/** None for a word that is no role. */
export function scopesOfRole(role: string): readonly Scope[] {
  return lookUp<readonly Scope[]>(roles, role) ?? [];
}

/** What a key of an account can be given. */
export const accountScopes: readonly Scope[] = [
  'inference',
  'models:read',
  'metrics:read',
  'usage:read',
  'catalog:write',
  'runs:write',
];

/** What a key of administration can be given: everything except asking models. */
export const administrationScopes: readonly Scope[] = scopes.filter((scope) => scope !== 'inference');

/**
 * What concerns the server and everybody on it, such as figures of all requests: keys of the organisation that operates it have
 * them, and no others, whatever they were given.
 */
export const serverScopes: readonly Scope[] = [
  'metrics:read',
  'catalog:write',
  'assessments:read',
  'runs:write',
];

/** What a key of an account has unless more is asked for. */
export const usualScopes: readonly Scope[] = ['inference', 'models:read', 'usage:read'];

/**
 * What roles give somebody who is signed in: in an account, or without one for the whole organisation, which asks no models. A role in
 * an account gives no more than a key of the account can have.
 *
 * @param operates the organisation is the one that operates the server
 */
export function scopesOfPerson(
  roles: readonly { readonly account: string | null; readonly role: string }[],
  account: string | null,
  operates: boolean,
): ReadonlySet<Scope> {
  const scopesIn = (place: string | null): readonly Scope[] =>
    roles.filter((role) => role.account === place).flatMap(({ role }) => scopesOfRole(role));
  const given =
    account === null
      ? scopesIn(null).filter((scope) => scope !== 'inference')
      : [...scopesIn(null), ...scopesIn(account).filter((scope) => accountScopes.includes(scope))];
  return new Set(given.filter((scope) => operates || !serverScopes.includes(scope)));
}
