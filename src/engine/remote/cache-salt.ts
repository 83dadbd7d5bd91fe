// What keeps the prefix caches of a server apart: the same for one cache scope, unlike for any other; without a cache scope, unlike
// anything before. A server learns nothing of the scope from it.
import { digestOf, type Entropy } from '../../base/index.ts';

export type CacheSalts = (cacheScope: string | undefined) => string;

/** Scopes whose salts are remembered, since each request of a scope has the same. */
const maxRemembered = 10_000;

export function createCacheSalts(entropy: Entropy): CacheSalts {
  const known = new Map<string, string>();
  return (cacheScope) => {
    if (cacheScope === undefined) return Buffer.from(entropy(16)).toString('hex');
    const found = known.get(cacheScope);
    if (found !== undefined) return found;
    const made = digestOf(`tiegel prefix ${cacheScope}`);
    if (known.size >= maxRemembered) known.clear();
    known.set(cacheScope, made);
    return made;
  };
}
