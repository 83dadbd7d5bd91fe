// The cookie of somebody who is signed in, and the proof that a request with it comes from a page of this server. A page elsewhere can
// make a browser send the cookie along, but can neither forge the headers by which browsers say whose page asks, nor send JSON unasked.
import type { IncomingMessage } from 'node:http';
import { TiegelError } from '../../base/index.ts';

const plainName = 'tiegel_session';
/** A browser takes one of this prefix from this very host alone, and only over TLS. */
const secureName = `__Host-${plainName}`;

const safeMethods: ReadonlySet<string | undefined> = new Set(['GET', 'HEAD', 'OPTIONS']);

/** The secret of the session that a request names; undefined where it has no such cookie. */
export function sessionSecretOf({ headers: { cookie } }: IncomingMessage): string | undefined {
  if (cookie === undefined) return undefined;
  return cookieOf(cookie, secureName) ?? cookieOf(cookie, plainName);
}

/** The value of a cookie, as the header has it. */
export function cookieOf(cookies: string, name: string): string | undefined {
  for (const pair of cookies.split(';')) {
    const [own, value] = pair.split('=', 2);
    if (own?.trim() === name) return value?.trim();
  }
  return undefined;
}

/** Whether a request came to a page over TLS. Ours may end at a proxy before us, but browsers tell the scheme of the page. */
export function isSecure({ headers }: IncomingMessage): boolean {
  return headers.origin?.startsWith('https://') ?? false;
}

export type SessionCookie = {
  readonly secret: string;
  readonly seconds: number;
  /** Over TLS a browser keeps it for this very host, and sends it over TLS alone. */
  readonly isSecure: boolean;
};

/** The value of `Set-Cookie` by which a browser keeps the secret for so long, out of reach of scripts. */
export function sessionCookie({ secret, seconds, isSecure: secure }: SessionCookie): string {
  const kept = `${secret}; Path=/; HttpOnly; SameSite=Strict; Max-Age=${Math.max(0, Math.floor(seconds))}`;
  return secure ? `${secureName}=${kept}; Secure` : `${plainName}=${kept}`;
}

/** The values that make a browser forget it, under whichever name it has it. */
export function endedCookies(): readonly string[] {
  const ended = '; Path=/; HttpOnly; SameSite=Strict; Max-Age=0';
  return [`${plainName}=${ended}`, `${secureName}=${ended}; Secure`];
}

/**
 * Refuses a request that a page of another origin may have caused: one that says so, and a change that does not say the contrary.
 *
 * @throws TGL_SESSION_ORIGIN
 */
export function requireOwnPage(raw: IncomingMessage): void {
  refuseForeignPage(raw);
  if (safeMethods.has(raw.method)) return;
  const { origin, 'sec-fetch-site': site } = raw.headers;
  if (origin === undefined && site !== 'same-origin')
    throw refused('it does not say from which page it comes');
  const { 'content-type': type = '' } = raw.headers;
  // A deletion has nothing to send, and no form can ask for one.
  const isJson = /^application\/json *(;|$)/i.test(type) || (raw.method === 'DELETE' && type === '');
  if (!isJson) throw refused('its body is not of type application/json');
}

/** The same for a request that shows no cookie, and may come from a program. @throws TGL_SESSION_ORIGIN */
export function refuseForeignPage({ method, headers }: IncomingMessage): void {
  const { origin, host, 'sec-fetch-site': site } = headers;
  if (origin !== undefined && origin !== `http://${host}` && origin !== `https://${host}`)
    throw refused(`its Origin is ${JSON.stringify(origin)}`);
  // What somebody typed into the address bar comes from no page.
  const isOwn = site === undefined || site === 'same-origin' || (site === 'none' && safeMethods.has(method));
  if (!isOwn) throw refused(`its Sec-Fetch-Site is ${JSON.stringify(site)}`);
}

function refused(reason: string): TiegelError {
  return new TiegelError('TGL_SESSION_ORIGIN', { reason });
}
