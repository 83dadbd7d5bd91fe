// Which addresses may be reached. WHATWG URL parsing turns decimal, octal and hexadecimal IPv4 hosts into dotted ones
// before anything is compared; IPv4 inside IPv6 is unwrapped. Only what the address registries call global unicast is
// public; everything else, known or not, is refused.
import ipaddr from 'ipaddr.js';
import { TiegelError } from '../base/index.ts';

/** Ranges that an origin the operator named may lie in; never link-local, where clouds keep their credentials. */
const privateRanges: ReadonlySet<string> = new Set(['loopback', 'private', 'uniqueLocal', 'carrierGradeNat']);

/** What an operator allows beyond public https addresses. */
export type AddressPolicy = { readonly allows: (origin: string) => boolean };

/** Origins as `new URL` writes them, such as `http://127.0.0.1:8000`. */
export function addressPolicy(allowedOrigins: readonly string[]): AddressPolicy {
  const allowed = new Set(allowedOrigins.map((text) => parseUrl(text).origin));
  return { allows: (origin) => allowed.has(origin) };
}

/**
 * Parses a URL, the only time this is done for a request.
 *
 * @throws TGL_OUTBOUND_REFUSED unless it is http or https without a user name or password in it
 */
export function parseUrl(text: string): URL {
  const url = URL.parse(text);
  if (url === null) throw refusal(JSON.stringify(text), 'it is not a URL');
  if (url.protocol !== 'https:' && url.protocol !== 'http:') throw refusal(url.protocol, 'it is not http');
  if (url.username !== '' || url.password !== '') throw refusal(url.origin, 'credentials stand in the URL');
  return url;
}

/** @throws TGL_OUTBOUND_REFUSED for a URL without TLS that the operator did not name. */
export function checkUrl(url: URL, policy: AddressPolicy): void {
  if (url.protocol === 'https:' || policy.allows(url.origin)) return;
  throw refusal(url.origin, 'it is not https');
}

/** @throws TGL_OUTBOUND_REFUSED for an address that is neither public nor private by the operator's word. */
export function checkAddress(address: string, origin: string, policy: AddressPolicy): void {
  const range = rangeOf(address);
  if (range === 'unicast') return;
  if (privateRanges.has(range) && policy.allows(origin)) return;
  throw refusal(origin, `${address} is a ${range} address`);
}

/**
 * The registry range of an address: `unicast` where it is public.
 */
export function rangeOf(address: string): string {
  // A zone index names an interface of this machine, so that whatever follows is local.
  if (address.includes('%')) return 'linkLocal';
  return ipaddr.isValid(address) ? ipaddr.process(address).range() : 'unknown';
}

function refusal(target: string, problem: string): TiegelError {
  return new TiegelError('TGL_OUTBOUND_REFUSED', { target, problem });
}
