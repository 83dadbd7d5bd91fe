// Where a server may listen, found out before anything slow is begun: beyond loopback only with the operator's own key and
// word, and nowhere that another program listens already.
import { createServer } from 'node:net';
import { TiegelError } from '../../base/index.ts';
import type { GatewayKeys } from '../access/access.ts';
import { isLoopback } from './origin-check.ts';

export type ListenAddress = {
  readonly host: string;
  /** 0 picks a free one. */
  readonly port: number;
  /** The operator's word that others than this machine may reach the server. @default false */
  readonly allowRemote?: boolean;
};

/** @throws TGL_ADDRESS_FORBIDDEN beyond loopback without the operator's own key and `allowRemote` */
export function refuseExposure(
  { host, allowRemote = false }: ListenAddress,
  keys: Pick<GatewayKeys, 'givenByOperator'>,
): void {
  if (isLoopback(host) || (keys.givenByOperator && allowRemote)) return;
  const reason = keys.givenByOperator
    ? 'others than this machine could reach it and that was not allowed'
    : 'others than this machine could reach it and the key was not chosen by the operator';
  throw new TiegelError('TGL_ADDRESS_FORBIDDEN', { host, reason });
}

/**
 * Tries the address out. Another program may still take it afterwards; then listening fails in the same way.
 *
 * @throws TGL_ADDRESS_FORBIDDEN, TGL_ADDRESS_IN_USE
 */
export async function requireUsableAddress(
  address: ListenAddress,
  keys: Pick<GatewayKeys, 'givenByOperator'>,
): Promise<void> {
  refuseExposure(address, keys);
  const { host, port } = address;
  const server = createServer();
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject).listen({ host: boundHost(host), port }, resolve);
    });
  } catch (cause) {
    throw addressError(address, cause);
  } finally {
    server.close();
  }
}

/** `localhost` would be two sockets, one for each family, and with port 0 two ports. */
export function boundHost(host: string): string {
  return host === 'localhost' ? '127.0.0.1' : host;
}

/** What to throw where listening failed. */
export function addressError({ host, port }: ListenAddress, cause: unknown): unknown {
  const { code } = cause as NodeJS.ErrnoException;
  if (code === undefined || !/^(E[A-Z]+)$/.test(code)) return cause;
  return new TiegelError('TGL_ADDRESS_IN_USE', { host, port, reason: code }, { cause });
}
