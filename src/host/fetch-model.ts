// Fetching a model from the hub or an address into the catalog, for `tiegel pull` and for POST /api/pull of the server.
import type { Catalog, Variant } from '../catalog/index.ts';
import type { FetchModel } from '../gateway/index.ts';
import { createOutbound } from '../outbound/index.ts';
import type { HostContext } from './context.ts';
import { publicHub } from './environment.ts';

/** @throws what `Catalog.pull` throws */
export async function fetchIntoCatalog(
  { environment, clock }: Pick<HostContext, 'environment' | 'clock'>,
  catalog: Catalog,
  reference: string,
  options: Omit<Parameters<Catalog['variants']['pull']>[1], 'outbound' | 'hub' | 'clock'>,
): Promise<Variant> {
  const { hub, offline } = environment;
  // A hub of one's own may lie in a private network and do without TLS; the public one may not.
  const allowedOrigins = hub.endpoint === publicHub ? [] : [new URL(hub.endpoint).origin];
  await using outbound = createOutbound({ offline, allowedOrigins });
  return await catalog.variants.pull(reference, { ...options, outbound, hub, clock });
}

/** One after the other, since two that fetch the same files would write over each other. */
export function modelFetcher(context: HostContext, catalog: Catalog): FetchModel {
  let before: Promise<unknown> = Promise.resolve();
  return async (reference, { signal, onProgress }) => {
    const turn = before;
    const fetching = (async () => {
      await turn;
      signal.throwIfAborted();
      return await fetchIntoCatalog(context, catalog, reference, { signal, onProgress });
    })();
    before = fetching.catch(() => {});
    const { name, manifest } = await fetching;
    return { name, digest: manifest.weights.digest };
  };
}
