// Whom the claims of a provider stand for: somebody it vouched for before, a person with that verified address, or a new person to
// whom a claim gives a role. Where a claim has the roles, it has them at each sign-in.
import { createHash } from 'node:crypto';
import { TiegelError } from '../../base/index.ts';
import { type Author, type PrincipalRecord, type Role, roleNames } from '../../store/index.ts';
import type { OrganisationId, PrincipalId } from '../../traffic/index.ts';
import type { HostStore } from '../open-store.ts';
import type { Claims, OidcSettings } from './provider.ts';

/** @throws TGL_SIGN_IN_REFUSED, TGL_STORE_UNAVAILABLE */
export async function recognise(
  { store: { principals } }: HostStore,
  settings: OidcSettings,
  { organisation, claims, request }: { organisation: OrganisationId; claims: Claims; request: string },
): Promise<PrincipalId> {
  const author: Author = { actor: { type: 'server' }, request, reason: 'told by the provider of sign-ins' };
  const email = verifiedEmail(claims);
  requireDomain(settings, email);
  const subject = subjectOf(claims);
  const role = roleOf(settings, claims);
  const people = (await principals.list(organisation)).filter(({ kind }) => kind === 'person');
  const known = people.find((person) => person.subject === subject);
  // Whoever already signs in as somebody else does not get that person by an address.
  const byEmail =
    email === undefined
      ? undefined
      : people.find((person) => person.email?.toLowerCase() === email && person.subject === null);
  const person = known ?? byEmail;
  if (person === undefined) {
    if (role === undefined) throw refused('nobody here is known by that sign-in, and no claim gives a role');
    const facts = { kind: 'person', name: nameOf(claims), email: email ?? null, subject } as const;
    return (await principals.create(organisation, author, facts, { account: null, role })).id;
  }
  if (known === undefined) await principals.identify(organisation, person.id, author, subject);
  await keepRole(principals, { organisation, person, author, role, settings });
  return person.id;
}

type Keeping = {
  readonly organisation: OrganisationId;
  readonly person: PrincipalRecord;
  readonly author: Author;
  readonly role: Role | undefined;
  readonly settings: OidcSettings;
};

/** @throws TGL_SIGN_IN_REFUSED for somebody who has no role any more */
async function keepRole(
  principals: HostStore['store']['principals'],
  { organisation, person: { id }, author, role, settings }: Keeping,
): Promise<void> {
  const held = await principals.memberships(organisation, id);
  const whole = held.find(({ account }) => account === null);
  if (settings.roleClaim !== undefined) {
    if (role === undefined && whole !== undefined) await principals.withdraw(organisation, id, author, null);
    if (role !== undefined && role !== whole?.role)
      await principals.grant(organisation, id, author, { account: null, role });
  }
  const left = settings.roleClaim === undefined ? held.length : held.filter(({ account }) => account).length;
  if (left === 0 && role === undefined) throw refused('that person has no role here');
}

/** An address counts only where the provider says that it checked it. */
function verifiedEmail({ email, email_verified }: Claims): string | undefined {
  return typeof email === 'string' && email_verified === true ? email.toLowerCase() : undefined;
}

function requireDomain({ domains }: OidcSettings, email: string | undefined): void {
  if (domains.length === 0) return;
  const domain = email?.slice(email.lastIndexOf('@') + 1);
  if (domain === undefined || !domains.includes(domain))
    throw refused('the provider vouches for no address of a domain that is allowed');
}

/** What is kept of the provider's name for a person: it says nothing to anybody else. */
function subjectOf({ iss, sub }: Pick<Claims, 'iss' | 'sub'>): string {
  return `oidc:${createHash('sha256')
    .update(JSON.stringify([iss, sub]))
    .digest('base64url')}`;
}

function nameOf({ name }: Claims): string | null {
  return typeof name === 'string' && name.trim() !== '' ? name.slice(0, 200) : null;
}

function roleOf({ roleClaim, roles }: OidcSettings, claims: Claims): Role | undefined {
  if (roleClaim === undefined) return undefined;
  const claimed = Object.hasOwn(claims, roleClaim) ? [claims[roleClaim]].flat() : [];
  const found = roles.find(({ value }) => value === '*' || claimed.includes(value));
  return roleNames.find((name) => name === found?.role);
}

function refused(reason: string): TiegelError {
  return new TiegelError('TGL_SIGN_IN_REFUSED', { reason });
}
