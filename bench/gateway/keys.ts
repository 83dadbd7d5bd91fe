// The key of the bench, looked up as a server that ships looks it up: in the snapshot of a store.
import { systemClock, systemEntropy } from '../../src/base/index.ts';
import type { GatewayKeys } from '../../src/gateway/index.ts';
import { openPepper, openStore, type Store } from '../../src/store/index.ts';

export async function keysOf(secret: string): Promise<GatewayKeys> {
  return (await storeWithKey(secret, ':memory:')).keys;
}

/** A new store at that path, and its keys, of which that secret is one. */
export async function storeWithKey(
  secret: string,
  path: string,
): Promise<{ readonly store: Store; readonly keys: GatewayKeys }> {
  const store = await openStore(path, { clock: systemClock, entropy: systemEntropy });
  const given = Buffer.from(systemEntropy(32)).toString('hex');
  const keys = await store.openKeys(openPepper({ directory: '', entropy: systemEntropy, given }));
  await keys.firstStart({ timeZone: 'UTC', hasGivenKey: true });
  const alias = { secret, key: await keys.ensureGivenKey() };
  const { authenticate } = await keys.authenticator({ alias });
  return { store, keys: { givenByOperator: true, authenticate } };
}
