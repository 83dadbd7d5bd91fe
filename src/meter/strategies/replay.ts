// What a strategy would have given on samples that were drawn before. It runs the strategy itself on a stand-in for the engine
// that hands out stored samples. Samples of one question are exchangeable, so that any order of them is a draw as good as the
// one that happened: over several orders a task's result is a mean, which takes out what chance adds within the task, and
// intervals are over tasks alone.
import type { Random } from '../../base/index.ts';
import { type Strategy, verifyAndResample, vote } from '../../reasoning/index.ts';

/** One reply: what it votes for, whether it is right, and what it used. */
export type PooledSample = {
  /** Null where no answer can be read. */
  readonly key: string | null;
  readonly correct: boolean;
  /** Tokens of the completion. */
  readonly tokens: number;
  /** Of the machine. @default 0 */
  readonly seconds?: number;
  /** Where tokens are paid for. @default 0 */
  readonly money?: number;
};

/** The samples of one task. */
export type Pool = {
  readonly task: string;
  /** At temperature 0. */
  readonly greedy: PooledSample;
  readonly samples: readonly PooledSample[];
};

/** Means over the orders. */
export type Replayed = {
  readonly task: string;
  /** Orders that it is a mean over. */
  readonly attempts: number;
  /** In [0, 1]. */
  readonly correct: number;
  readonly tokens: number;
  readonly seconds: number;
  readonly money: number;
  /** Samples that were begun. */
  readonly samples: number;
};

/**
 * @param orders how many orders of the samples each strategy that draws more than one is tried on; @default 20
 * @throws TypeError where a pool has fewer samples than the strategy may draw
 */
export async function replay(
  strategy: Strategy,
  pools: readonly Pool[],
  random: Random,
  orders = 20,
): Promise<readonly Replayed[]> {
  const replayed: Replayed[] = [];
  for (const pool of pools) {
    const runs = strategy.type === 'greedy' ? 1 : orders;
    let [correct, tokens, seconds, money, samples] = [0, 0, 0, 0, 0];
    for (let order = 0; order < runs; order++) {
      const { chosen, used } = await runOnce(strategy, pool, random.shuffle(pool.samples));
      if (chosen.correct) correct++;
      for (const sample of used) {
        tokens += sample.tokens;
        seconds += sample.seconds ?? 0;
        money += sample.money ?? 0;
      }
      samples += used.length;
    }
    replayed.push({
      task: pool.task,
      attempts: runs,
      correct: correct / runs,
      tokens: tokens / runs,
      seconds: seconds / runs,
      money: money / runs,
      samples: samples / runs,
    });
  }
  return replayed;
}

type Once = { readonly chosen: PooledSample; readonly used: readonly PooledSample[] };

async function runOnce(
  strategy: Strategy,
  { greedy, task }: Pool,
  samples: readonly PooledSample[],
): Promise<Once> {
  const used: PooledSample[] = [];
  const drawFrom = (stored: readonly PooledSample[]) => async (index: number) => {
    const sample = stored[index];
    if (sample === undefined)
      throw new TypeError(`${task}: ${stored.length} samples are too few for ${strategy.type}`);
    used.push(sample);
    return sample;
  };
  switch (strategy.type) {
    case 'greedy':
      return { chosen: greedy, used: [greedy] };
    case 'plain':
      return { chosen: await drawFrom(samples)(0), used };
    case 'vote': {
      const { type: _, ...voted } = strategy;
      const { chosen } = await vote({ ...voted, draw: drawFrom(samples), keyOf: ({ key }) => key }, never);
      return { chosen, used };
    }
    case 'verify': {
      const draw = drawFrom([greedy, ...samples]);
      const { type: _, ...verified } = strategy;
      const { chosen } = await verifyAndResample(
        { ...verified, draw, verify: ({ correct }) => correct },
        never,
      );
      return { chosen, used };
    }
  }
}

const never = new AbortController().signal;
