// The outbound client: everything that leaves this machine. An address is public and https or was named by the
// operator; redirects are refused or follow a rule without taking credentials along; every wait and every size has a
// limit. Proxies of the environment are not used: they would undo the check of the address.
import { Agent } from 'undici';
import { type Clock, systemClock, TiegelError } from '../base/index.ts';
import { type AddressPolicy, addressPolicy, checkUrl, parseUrl } from './address-policy.ts';
import {
  exchange,
  type OutboundDeadlines,
  type OutboundResponse,
  type Target,
  targetOf,
} from './exchange.ts';
import { pinnedConnector, type ResolveHost, systemResolve } from './pinned-connector.ts';

export type { OutboundDeadlines, OutboundResponse };

export type OutboundOptions = {
  /** Refuses every connection. @default false */
  readonly offline?: boolean;
  /**
   * Origins, such as `http://127.0.0.1:8000`, that may do without TLS and may lie on loopback or in a private range,
   * because the operator named them. @default none
   */
  readonly allowedOrigins?: readonly string[];
  /** What a request gets that says nothing else. */
  readonly deadlines?: Partial<OutboundDeadlines>;
  /** @default the system's resolver */
  readonly resolve?: ResolveHost;
  readonly clock?: Clock;
};

/** Which redirects of a GET or HEAD are followed. */
export type RedirectRule = {
  readonly most: number;
  /** Host names; one that begins with a dot stands for every name that ends with it. */
  readonly hosts: readonly string[];
};

export type OutboundRequest = {
  /** @default GET */
  readonly method?: 'GET' | 'HEAD' | 'POST' | 'PUT';
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Headers that go to the origin of `url` only and are never taken along on a redirect to another. */
  readonly credentials?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  readonly deadlines?: Partial<OutboundDeadlines>;
  /** Most bytes of the body of the response; a finite number, since what others send is never read without a limit. */
  readonly maxBytes: number;
  /** @default every redirect is refused */
  readonly redirects?: RedirectRule;
  readonly signal?: AbortSignal;
};

export type Outbound = AsyncDisposable & {
  readonly offline: boolean;
  /**
   * Sends a request; resolves with the headers, whatever the status is.
   *
   * @throws TGL_OUTBOUND_OFFLINE, TGL_OUTBOUND_REFUSED, TGL_OUTBOUND_FAILED, TGL_OUTBOUND_TIMEOUT, or the reason of
   *   the signal
   */
  readonly request: (request: OutboundRequest) => Promise<OutboundResponse>;
};

const defaultDeadlines: OutboundDeadlines = {
  connectMs: 10_000,
  firstByteMs: 60_000,
  idleMs: 60_000,
  totalMs: Number.POSITIVE_INFINITY,
};

/** Bytes of all headers of a response. */
const maxHeaderSize = 16 * 1024;

/** Addresses of which the parts are remembered, since most requests go to a few. */
const maxRemembered = 100;

const redirectStatuses: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

/** @see OutboundOptions */
export function createOutbound(options: OutboundOptions = {}): Outbound {
  const { offline = false, allowedOrigins = [], resolve = systemResolve, clock = systemClock } = options;
  const policy = addressPolicy(allowedOrigins);
  const deadlines = { ...defaultDeadlines, ...options.deadlines };
  const agent = new Agent({
    maxHeaderSize,
    connect: pinnedConnector({ policy, resolve, connectMs: deadlines.connectMs }),
  });
  const remembered = new Map<string, Target>();
  const checkedTarget = (text: string): Target => {
    const known = remembered.get(text);
    if (known !== undefined) return known;
    const url = parseUrl(text);
    if (offline) throw new TiegelError('TGL_OUTBOUND_OFFLINE', { target: url.host });
    checkUrl(url, policy);
    const target = targetOf(url);
    if (remembered.size >= maxRemembered) remembered.clear();
    remembered.set(text, target);
    return target;
  };

  const request = async (wanted: OutboundRequest): Promise<OutboundResponse> => {
    if (!Number.isFinite(wanted.maxBytes))
      throw new TypeError(`outbound: maxBytes is ${wanted.maxBytes}, which is no limit`);
    const first = checkedTarget(wanted.url);
    let target = first;
    for (let followed = 0; ; followed++) {
      const response = await exchange(agent, {
        method: wanted.method ?? 'GET',
        target,
        headers: { ...wanted.headers, ...(target.origin === first.origin ? wanted.credentials : {}) },
        body: wanted.body,
        deadlines: { ...deadlines, ...wanted.deadlines },
        maxBytes: wanted.maxBytes,
        signal: wanted.signal,
        clock,
      });
      if (!redirectStatuses.has(response.status)) return response;
      using _ = response;
      target = targetOf(redirectTarget(response, target, wanted, followed, policy));
    }
  };

  return { offline, request, [Symbol.asyncDispose]: () => agent.destroy() };
}

/** @throws TGL_OUTBOUND_REFUSED */
function redirectTarget(
  { headers }: OutboundResponse,
  from: Target,
  { redirects, method = 'GET' }: OutboundRequest,
  followed: number,
  policy: AddressPolicy,
): URL {
  const refuse = (problem: string): never => {
    throw new TiegelError('TGL_OUTBOUND_REFUSED', { target: from.origin, problem });
  };
  if (redirects === undefined || (method !== 'GET' && method !== 'HEAD'))
    return refuse('it redirects elsewhere');
  if (followed >= redirects.most) return refuse(`it redirects more than ${redirects.most} times`);
  const resolved = headers.location === undefined ? null : URL.parse(headers.location, from.url);
  if (resolved === null) return refuse('it redirects to nowhere');
  const url = parseUrl(resolved.href);
  const listed = redirects.hosts.some((host) =>
    host.startsWith('.') ? url.hostname.endsWith(host) : url.hostname === host,
  );
  if (!listed)
    return refuse(`it redirects to ${url.host}, which is not one of ${redirects.hosts.join(', ')}`);
  checkUrl(url, policy);
  return url;
}
