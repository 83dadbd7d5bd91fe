// Against DNS rebinding and requests forged by web pages: a request must name this server as its Host, and a browser's
// Origin must be this server itself or one that the operator allowed. A foreign name that resolves to this machine is thus refused (CVE-2024-28224).
import type { IncomingMessage } from 'node:http';
import { TiegelError } from '../../base/index.ts';

const loopbackNames: readonly string[] = ['localhost', '127.0.0.1', '[::1]'];

/** Whether only this machine can reach a server that listens on `host`. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(host);
}

/**
 * A check to run on every request.
 *
 * @param host the address the server listens on. Beyond loopback, any address literal is a good Host as well, since
 *   rebinding needs a name.
 * @param names further names, without port.
 * @param origins other origins whose pages may ask, as `parseOrigin` gives them.
 */
export function originCheck(
  host: string,
  names: readonly string[],
  origins: readonly string[] = [],
): (request: IncomingMessage) => void {
  const welcome = new Set(origins);
  const own = host.includes(':') ? `[${host}]` : host;
  const allowed = new Set([...loopbackNames, own, ...names].map((name) => name.toLowerCase()));
  const literals = !isLoopback(host);

  return (request) => {
    if (!request.url?.startsWith('/')) {
      throw new TiegelError('TGL_REQUEST_INVALID', { problem: 'The request target must be a path.' });
    }
    const { host: authority, origin } = request.headers;
    const name = nameOf(authority ?? '');
    const known = name !== undefined && (allowed.has(name) || (literals && isAddressLiteral(name)));
    if (!known || countHosts(request.rawHeaders) !== 1) throw forbidden('Host', authority ?? '');
    if (origin === undefined || welcome.has(origin.toLowerCase())) return;
    if (origin !== `http://${authority}` && origin !== `https://${authority}`)
      throw forbidden('Origin', origin);
  };
}

function forbidden(header: string, received: string): TiegelError {
  return new TiegelError('TGL_HOST_FORBIDDEN', { header, received: JSON.stringify(received) });
}

/** The lower-case name of `name[:port]`, undefined where it is anything else. */
function nameOf(authority: string): string | undefined {
  return /^(\[[0-9a-f:.]{2,45}\]|[a-z0-9.-]{1,253})(?::\d{1,5})?$/.exec(authority.toLowerCase())?.[1];
}

function isAddressLiteral(name: string): boolean {
  return name.startsWith('[') || /^\d{1,3}(\.\d{1,3}){3}$/.test(name);
}

/** Node keeps the first of several Host headers; which one a proxy before us kept is unknown. */
function countHosts(rawHeaders: readonly string[]): number {
  let count = 0;
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const header = rawHeaders[index] as string;
    if (header.length === 4 && header.toLowerCase() === 'host') count++;
  }
  return count;
}
