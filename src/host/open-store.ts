// The store of this machine, for servers and commands alike: where it lies, with the pepper of its keys.
import { join } from 'node:path';
import { systemEntropy, TiegelError } from '../base/index.ts';
import { type OpenKeys, openPepper, openStore, type Pepper, type Store, storeHost } from '../store/index.ts';
import type { HostContext } from './context.ts';
import type { Environment } from './environment.ts';

export type HostStore = AsyncDisposable & { readonly store: Store; readonly keys: OpenKeys };

const loopback = /^(|localhost|127(\.\d{1,3}){3}|\[?::1\]?|\/.*)$/;

/**
 * Opens the store that TIEGEL_DATABASE names, else the one in the data directory, which is made at the first start.
 *
 * @throws what opening a store throws; TGL_PEPPER_MISMATCH; TGL_OUTBOUND_OFFLINE for one on another machine
 */
export async function openHostStore({
  environment,
  clock,
}: Pick<HostContext, 'environment' | 'clock'>): Promise<HostStore> {
  const { database } = environment;
  requireReachable(environment, database);
  const pepper = pepperOf(environment);
  await using opened = new AsyncDisposableStack();
  const store = opened.use(await openStore(database, { clock, entropy: systemEntropy }));
  const keys = await store.openKeys(pepper);
  const owned = opened.move();
  return { store, keys, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}

/** What the hashes of this machine are made with. @throws TGL_ENVIRONMENT_INVALID, TGL_DATA_DIRECTORY, TGL_DISK_FULL */
export function pepperOf({ home, pepper: given }: Pick<Environment, 'home' | 'pepper'>): Pepper {
  return openPepper({ directory: join(home, 'keys'), entropy: systemEntropy, given });
}

/** @throws TGL_OUTBOUND_OFFLINE for a store on another machine where none may be asked; TGL_STORE_LOCATION */
export function requireReachable({ offline }: Pick<Environment, 'offline'>, database: string): void {
  const host = storeHost(database);
  if (offline && host !== null && !loopback.test(host))
    throw new TiegelError('TGL_OUTBOUND_OFFLINE', { target: host });
}
