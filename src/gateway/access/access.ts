// Who may ask for what: host, origin and drain are checked as a request arrives, the key before its body is read.
import type { IncomingMessage } from 'node:http';
import { TiegelError } from '../../base/index.ts';
import {
  type Authenticator,
  type Principal,
  type Scope,
  type SessionAuthenticator,
  scopes,
} from '../../traffic/index.ts';
import { originCheck } from '../http/origin-check.ts';
import type { GatewayRequest } from '../request.ts';
import { requireOwnPage, sessionSecretOf } from './session-cookie.ts';

/** Who may use a route: anybody, who holds any key or is signed in, or who may do what the scope names. */
export type RouteScope = 'public' | 'any' | Scope;

export const routeScopes: readonly RouteScope[] = ['public', 'any', ...scopes];

/** Who checks keys, and the sessions of people who are signed in. */
export type GatewayKeys = Authenticator & {
  /** @default nobody is ever signed in */
  readonly authenticateSession?: SessionAuthenticator['authenticateSession'];
  /** True when the operator chose a key, which serving beyond this machine requires. */
  readonly givenByOperator: boolean;
};

export type Access = {
  /** To be told once the address is known. */
  readonly listensOn: (host: string, names: readonly string[], origins: readonly string[]) => void;
  /** @throws TGL_HOST_FORBIDDEN, TGL_REQUEST_INVALID */
  readonly checkOrigin: (raw: IncomingMessage) => void;
  /** Finds out who asks. @throws TGL_UNAUTHENTICATED, TGL_SCOPE_MISSING, TGL_SESSION_ORIGIN, TGL_ID_UNKNOWN, TGL_STORE_UNAVAILABLE */
  readonly authorise: (request: GatewayRequest, scope: RouteScope) => void;
};

export function createAccess(keys: GatewayKeys): Access {
  let checkOrigin = originCheck('127.0.0.1', []);
  return {
    listensOn: (host, names, origins) => {
      checkOrigin = originCheck(host, names, origins);
    },
    checkOrigin: (raw) => checkOrigin(raw),
    authorise: (request, scope) => {
      if (scope === 'public') return;
      const principal = holderOf(request.raw, keys, scope);
      request.principal = principal;
      if (scope === 'any' || principal.scopes.has(scope)) return;
      throw new TiegelError('TGL_SCOPE_MISSING', { needed: scope, scopes: [...principal.scopes] });
    },
  };
}

/** Whose key or session a request carries. @throws TGL_UNAUTHENTICATED, TGL_SESSION_ORIGIN, TGL_ID_UNKNOWN */
function holderOf(raw: IncomingMessage, keys: GatewayKeys, scope: RouteScope): Principal {
  const presented = keyOf(raw);
  const principal =
    presented === undefined
      ? signedIn(raw, keys, scope)
      : keys.authenticate(presented, raw.socket.remoteAddress ?? '');
  if (principal !== undefined) return principal;
  // One answer for all that is no valid key, so that nobody learns of a key that it once was one, or is one elsewhere.
  throw new TiegelError('TGL_UNAUTHENTICATED');
}

/** Who is signed in by a cookie. Whoever says who they are in another way is not asked for one. */
function signedIn(
  raw: IncomingMessage,
  { authenticateSession }: GatewayKeys,
  scope: RouteScope,
): Principal | undefined {
  if (authenticateSession === undefined || saysWho(raw)) return undefined;
  const secret = sessionSecretOf(raw);
  if (secret === undefined) return undefined;
  requireOwnPage(raw);
  const account = raw.headers['x-tiegel-account'];
  return authenticateSession(secret, {
    account: typeof account === 'string' ? account : undefined,
    asksModel: scope === 'inference',
  });
}

function saysWho({ headers }: IncomingMessage): boolean {
  return headers.authorization !== undefined || headers['x-api-key'] !== undefined;
}

/** Anthropic's clients send the key in a header of its own. */
function keyOf({ headers }: IncomingMessage): string | undefined {
  const { authorization, 'x-api-key': bare } = headers;
  const presented = /^Bearer +(\S+)$/i.exec(authorization ?? '')?.[1];
  return presented ?? (authorization === undefined && typeof bare === 'string' ? bare : undefined);
}

/** A model that a key may not be used for is refused whether or not there is one. @throws TGL_MODEL_NOT_ALLOWED */
export function requireModelAllowed(principal: Principal | null, name: string): void {
  if (mayAsk(principal, name)) return;
  throw new TiegelError('TGL_MODEL_NOT_ALLOWED', {
    model: name,
    allowed: principal?.models ?? [],
    field: 'model',
  });
}

/** Whether a key may be used for the model of that name. */
export function mayAsk(principal: Principal | null, name: string): boolean {
  const models = principal?.models ?? null;
  return models === null || models.includes(name.replace(/:latest$/, ''));
}
