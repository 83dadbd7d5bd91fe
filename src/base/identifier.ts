// Identifiers that sort by time: a prefix, the millisecond in base 36 and 80 unpredictable bits.
import type { Clock } from './clock.ts';
import type { Entropy } from './random.ts';

export type IdentifierSource = (prefix: string) => string;

const entropyBytes = 10;
/** Entropy is fetched, and written as text, for so many identifiers at once, since either is a call out of the engine. */
const fetched = 128;

/** A source of identifiers such as `req_mf3k2a9x_5h1c…`, unique without coordination. */
export function identifierSource(clock: Clock, entropy: Entropy): IdentifierSource {
  let pool = '';
  let used = 0;
  return (prefix) => {
    if (used === pool.length) {
      pool = Buffer.from(entropy(entropyBytes * fetched)).toString('hex');
      used = 0;
    }
    const begin = used;
    used += 2 * entropyBytes;
    return `${prefix}_${clock.now().toString(36)}_${pool.slice(begin, used)}`;
  };
}
