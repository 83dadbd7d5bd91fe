// Identifiers that sort by time: a prefix, the millisecond in base 36 and 80 unpredictable bits.
import type { Clock } from './clock.ts';
import type { Entropy } from './random.ts';

export type IdentifierSource = (prefix: string) => string;

/** A source of identifiers such as `req_mf3k2a9x_5h1c…`, unique without coordination. */
export function identifierSource(clock: Clock, entropy: Entropy): IdentifierSource {
  return (prefix) => `${prefix}_${clock.now().toString(36)}_${Buffer.from(entropy(10)).toString('hex')}`;
}
