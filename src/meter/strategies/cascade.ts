// A cascade on replies that were drawn before: each tier answers in turn, from cheap to dear, until an answer is accepted; what all
// tiers that were asked have cost counts. A tier is worth asking first where it is accepted more often than its cost is a part of the
// next one's.
import type { Pool, PooledSample } from './pool.ts';
import type { Replayed } from './replay.ts';

/** One tier: its replies at temperature 0, task by task. */
export type Tier = { readonly name: string; readonly pools: readonly Pool[] };

/**
 * The last tier's answer stands where none is accepted.
 *
 * @param accepts whether an answer is taken without asking the next tier; what is right is known to it only where it can check
 * @throws TypeError without a tier, and unless all of them answered the same tasks in one order
 */
export function replayCascade(
  tiers: readonly Tier[],
  accepts: (sample: PooledSample) => boolean,
): readonly Replayed[] {
  const [first] = tiers;
  if (first === undefined) throw new TypeError('a cascade without a tier');
  return first.pools.map(({ task }, index) => {
    let [tokens, seconds, money, samples] = [0, 0, 0, 0];
    let [correct, settled] = [false, false];
    for (const { pools } of tiers) {
      const pool = pools[index];
      if (pool?.task !== task) throw new TypeError('tiers of a cascade have to answer the same tasks');
      const { greedy } = pool;
      tokens += greedy.tokens;
      seconds += greedy.seconds ?? 0;
      money += greedy.money ?? 0;
      samples++;
      correct = greedy.correct;
      settled = accepts(greedy);
      if (settled) break;
    }
    return {
      task,
      attempts: 1,
      correct: Number(correct),
      tokens,
      seconds,
      money,
      samples,
      settled: Number(settled),
    };
  });
}
