// Who may ask for what: host, origin and drain are checked as a request arrives, the key before its body is read.
import type { IncomingMessage } from 'node:http';
import { TiegelError } from '../../base/index.ts';
import type { Authenticator, Principal } from '../../traffic/index.ts';
import { originCheck } from '../http/origin-check.ts';
import type { GatewayRequest } from '../request.ts';

/** Who may use a route: anybody, or who holds a key of that role. */
export type Role = 'public' | Principal['role'];

export const roles: readonly Role[] = ['public', 'inference', 'operator', 'auditor'];

export type Access = {
  /** To be told once the address is known. */
  readonly listensOn: (host: string, names: readonly string[], origins: readonly string[]) => void;
  /** @throws TGL_HOST_FORBIDDEN, TGL_REQUEST_INVALID */
  readonly checkOrigin: (raw: IncomingMessage) => void;
  /** Finds out who asks. @throws TGL_UNAUTHENTICATED, TGL_ROLE_FORBIDDEN */
  readonly authorise: (request: GatewayRequest, role: Role) => void;
};

export function createAccess(keys: Authenticator): Access {
  let checkOrigin = originCheck('127.0.0.1', []);
  return {
    listensOn: (host, names, origins) => {
      checkOrigin = originCheck(host, names, origins);
    },
    checkOrigin: (raw) => checkOrigin(raw),
    authorise: (request, role) => {
      if (role === 'public') return;
      const principal = holderOf(request.raw, keys);
      request.principal = principal;
      if (principal.role === role || principal.role === 'operator') return;
      throw new TiegelError('TGL_ROLE_FORBIDDEN', { needed: role, role: principal.role });
    },
  };
}

/** Whose key a request carries. @throws TGL_UNAUTHENTICATED */
function holderOf(raw: IncomingMessage, keys: Authenticator): Principal {
  const presented = keyOf(raw);
  const principal = presented === undefined ? undefined : keys.authenticate(presented);
  if (principal !== undefined) return principal;
  const problem = presented === undefined ? 'expected `Authorization: Bearer <key>`' : 'the key is unknown';
  throw new TiegelError('TGL_UNAUTHENTICATED', { problem });
}

/** Anthropic's clients send the key in a header of its own. */
function keyOf({ headers }: IncomingMessage): string | undefined {
  const { authorization, 'x-api-key': bare } = headers;
  const presented = /^Bearer +(\S+)$/i.exec(authorization ?? '')?.[1];
  return presented ?? (authorization === undefined && typeof bare === 'string' ? bare : undefined);
}
