// Who may ask for what. Host and origin are checked on every route, the key on all but the ones that say only whether the
// server lives.
import type { IncomingMessage } from 'node:http';
import { TiegelError } from '../../base/index.ts';
import type { Authenticator, Principal } from '../../traffic/index.ts';
import { originGuard } from '../http/origin-guard.ts';

export type Access = {
  /** To be told once the address is known. */
  readonly listensOn: (host: string, names: readonly string[]) => void;
  /** @throws TGL_HOST_FORBIDDEN, TGL_DRAINING */
  readonly anyone: (request: IncomingMessage) => void;
  /** Whose key it is. @throws also TGL_UNAUTHENTICATED */
  readonly holder: (request: IncomingMessage) => Principal;
  /** With the key, or from this machine without a proxy in between. */
  readonly holderOrLocal: (request: IncomingMessage) => void;
};

export function createAccess(keys: Authenticator, isDraining: () => boolean): Access {
  let checkOrigin = originGuard('127.0.0.1', []);

  const anyone = (request: IncomingMessage): void => {
    checkOrigin(request);
    if (isDraining()) throw new TiegelError('TGL_DRAINING');
  };
  const holder = (request: IncomingMessage): Principal => {
    anyone(request);
    const presented = keyOf(request);
    const principal = presented === undefined ? undefined : keys.authenticate(presented);
    if (principal !== undefined) return principal;
    const problem = presented === undefined ? 'expected `Authorization: Bearer <key>`' : 'the key is unknown';
    throw new TiegelError('TGL_UNAUTHENTICATED', { problem });
  };

  return {
    listensOn: (host, names) => {
      checkOrigin = originGuard(host, names);
    },
    anyone,
    holder,
    holderOrLocal: (request) => {
      if (isLocal(request)) anyone(request);
      else holder(request);
    },
  };
}

/** Anthropic's clients send the key in a header of its own. */
function keyOf({ headers }: IncomingMessage): string | undefined {
  const { authorization, 'x-api-key': bare } = headers;
  const presented = /^Bearer +(\S+)$/i.exec(authorization ?? '')?.[1];
  return presented ?? (authorization === undefined && typeof bare === 'string' ? bare : undefined);
}

function isLocal({ socket, headers }: IncomingMessage): boolean {
  const proxied = headers['x-forwarded-for'] !== undefined || headers.forwarded !== undefined;
  return !proxied && /^(::1|(::ffff:)?127\.\d+\.\d+\.\d+)$/.test(socket.remoteAddress ?? '');
}
