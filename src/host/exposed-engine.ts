// An engine in whose replies, where they can say the same in two ways, a keyed coin chooses.
import type { Engine } from '../engine/index.ts';
import { exposeWritten, streamedGenerators } from '../guard/index.ts';
import type { Environment } from './environment.ts';
import { exposureKey } from './guard/forensic-keys.ts';
import { pepperOf } from './open-store.ts';

/** What an admission says of replies with coins. */
export const servedCoins: readonly string[] = streamedGenerators.map(({ name }) => name);

/** The engine as it is where the operator wants no coins. */
export function exposedEngine<Kind extends Engine>(
  { coins, ...local }: Pick<Environment, 'coins' | 'home' | 'pepper'>,
  engine: Kind,
): Kind {
  if (!coins) return engine;
  const key = exposureKey(pepperOf(local));
  const exposed = <Whole extends Engine>(whole: Whole): Whole => {
    const { within } = whole;
    return {
      ...whole,
      rewording: (asked: string) => exposeWritten(key, asked),
      ...(within !== undefined && { within: (replicas: readonly number[]) => exposed(within(replicas)) }),
    };
  };
  return exposed(engine);
}
