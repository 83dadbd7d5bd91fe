// The settings of a provider of sign-ins, from the environment.
import { TiegelError } from '../../base/index.ts';
import type { OidcSettings } from './provider.ts';

const roleWords = ['owner', 'administrator', 'security', 'billing', 'member', 'viewer'];

/** Undefined where no issuer is named. @throws TGL_ENVIRONMENT_INVALID */
export function readOidcSettings(given: (name: string) => string | undefined): OidcSettings | undefined {
  const issuer = given('TIEGEL_OIDC_ISSUER');
  if (issuer === undefined) return undefined;
  const clientId = given('TIEGEL_OIDC_CLIENT_ID');
  if (clientId === undefined)
    throw refused('TIEGEL_OIDC_CLIENT_ID', '', 'what the provider calls this server');
  const url = URL.parse(issuer);
  const isLoopback = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(url?.hostname ?? '');
  if (url?.protocol !== 'https:' && !(url?.protocol === 'http:' && isLoopback))
    throw refused('TIEGEL_OIDC_ISSUER', issuer, 'an https address');
  const roleClaim = given('TIEGEL_OIDC_ROLE_CLAIM');
  const roles = listOf(given('TIEGEL_OIDC_ROLES')).map((text) => {
    const [value = '', role = ''] = text.split(/=(?=[^=]*$)/);
    if (value !== '' && roleWords.includes(role)) return { value, role };
    throw refused(
      'TIEGEL_OIDC_ROLES',
      text,
      `pairs such as staff=member of a value and one of ${roleWords.join(', ')}`,
    );
  });
  if (roles.length > 0 && roleClaim === undefined)
    throw refused('TIEGEL_OIDC_ROLE_CLAIM', '', 'the claim that TIEGEL_OIDC_ROLES is about');
  const domains = listOf(given('TIEGEL_OIDC_DOMAINS')).map((domain) => domain.toLowerCase());
  for (const domain of domains)
    if (!/^[a-z0-9-]+(\.[a-z0-9-]+)+$/.test(domain))
      throw refused('TIEGEL_OIDC_DOMAINS', domain, 'domains such as example.org, separated by commas');
  return { issuer, clientId, clientSecret: given('TIEGEL_OIDC_CLIENT_SECRET'), roleClaim, roles, domains };
}

function listOf(text: string | undefined): readonly string[] {
  return (text ?? '')
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
}

function refused(name: string, received: string, expected: string): TiegelError {
  return new TiegelError('TGL_ENVIRONMENT_INVALID', { name, received, expected });
}
