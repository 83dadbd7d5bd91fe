// Opens connections for undici: a name is resolved once a connection, every address it has is checked, and the socket
// can reach nothing but the addresses that were checked. A name that changes its mind in between (DNS rebinding)
// gains nothing.
import type { LookupAddress } from 'node:dns';
import { lookup } from 'node:dns/promises';
import { isIP, type LookupFunction } from 'node:net';
import { buildConnector } from 'undici';
import { TiegelError } from '../base/index.ts';
import { type AddressPolicy, checkAddress } from './address-policy.ts';

/** All addresses of a host name. */
export type ResolveHost = (hostname: string) => Promise<readonly LookupAddress[]>;

export const systemResolve: ResolveHost = (hostname) => lookup(hostname, { all: true, order: 'verbatim' });

type ConnectorOptions = {
  readonly policy: AddressPolicy;
  readonly resolve: ResolveHost;
  readonly connectMs: number;
};

export function pinnedConnector(options: ConnectorOptions): buildConnector.connector {
  const { policy, resolve, connectMs } = options;
  return (target, callback) => {
    // The host name comes without the brackets of an IPv6 address.
    const { protocol, hostname, port } = target;
    const origin = new URL(`${protocol}//${isIP(hostname) === 6 ? `[${hostname}]` : hostname}:${port}`)
      .origin;
    const connect = async (): Promise<void> => {
      const addresses = await addressesOf(hostname, resolve);
      for (const { address } of addresses) checkAddress(address, origin, policy);
      // Node asks this function instead of the resolver, for all addresses or for one.
      const pinned: LookupFunction = (_, asked, answer) => {
        const [first] = addresses as readonly [LookupAddress];
        if (asked.all === true) answer(null, [...addresses]);
        else answer(null, first.address, first.family);
      };
      buildConnector({ timeout: connectMs, allowH2: false, lookup: pinned })(target, callback);
    };
    connect().catch((cause: Error) => callback(cause, null));
  };
}

async function addressesOf(hostname: string, resolve: ResolveHost): Promise<readonly LookupAddress[]> {
  const family = isIP(hostname);
  if (family !== 0) return [{ address: hostname, family }];
  const addresses = await resolve(hostname);
  if (addresses.length > 0) return addresses;
  throw new TiegelError('TGL_OUTBOUND_FAILED', { target: hostname, reason: 'the name has no address' });
}
