// What a strategy would have given on samples that were drawn before. Samples of one question are exchangeable, so that any order
// of them is a draw as good as the one that happened: over several orders a task's result is a mean, which takes out what chance
// adds within the task, and intervals are over tasks alone. It decides by the same rules as the strategies that are served.
import type { Random } from '../../base/index.ts';
import { playVote, type Strategy } from '../../reasoning/index.ts';
import type { Pool, PooledSample } from './pool.ts';
import { brokenOff, playCap, playCascade, playEarlyExit } from './replay-thinking.ts';

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
  /** Share of the orders that were settled before everything that may be spent was. */
  readonly settled: number;
};

/** Of one order: whether the reply is right, and what was used for it. */
export type Play = {
  readonly correct: boolean;
  readonly used: readonly PooledSample[];
  /** It came to an end of its own: a vote that its rule ended, an answer that was accepted, thinking that was cut. */
  readonly settled: boolean;
};

/**
 * @param orders how many orders of the samples each strategy that draws more than one is tried on; @default 20
 * @throws TypeError where a pool has fewer samples than the strategy may draw, or no probes where it needs some
 */
export function replay(
  strategy: Strategy,
  pools: readonly Pool[],
  random: Random,
  orders = 20,
): readonly Replayed[] {
  return pools.map((pool) => {
    const runs = drawsSamples(strategy) ? orders : 1;
    let [correct, tokens, seconds, money, samples, settled] = [0, 0, 0, 0, 0, 0];
    for (let order = 0; order < runs; order++) {
      const play = playOnce(strategy, pool, runs === 1 ? pool.samples : random.shuffle(pool.samples));
      if (play.correct) correct++;
      if (play.settled) settled++;
      for (const sample of play.used) {
        tokens += sample.tokens;
        seconds += sample.seconds ?? 0;
        money += sample.money ?? 0;
      }
      samples += play.used.length;
    }
    return {
      task: pool.task,
      attempts: runs,
      correct: correct / runs,
      tokens: tokens / runs,
      seconds: seconds / runs,
      money: money / runs,
      samples: samples / runs,
      settled: settled / runs,
    };
  });
}

/** Its result depends on which samples are drawn. */
function drawsSamples({ type }: Strategy): boolean {
  return type === 'plain' || type === 'vote' || type === 'verify';
}

function playOnce(strategy: Strategy, pool: Pool, samples: readonly PooledSample[]): Play {
  const { greedy } = pool;
  switch (strategy.type) {
    case 'greedy':
      return { correct: greedy.correct, used: [greedy], settled: false };
    case 'plain': {
      const [first] = drawn(pool, samples, 1);
      return {
        ...{ correct: first?.correct === true, used: first === undefined ? [] : [first], settled: false },
      };
    }
    case 'cap':
      return playCap(strategy, pool);
    case 'cascade':
      return playCascade(strategy, pool);
    case 'early':
      return playEarlyExit(strategy, pool);
    case 'vote': {
      const { gate, most, breakOff } = strategy;
      const all = drawn(pool, gate === undefined ? samples : [greedy, ...samples], most);
      const cut = breakOff === undefined ? all : brokenOff(all, breakOff);
      const accepted = gate !== undefined && (greedy.confidence ?? 0) >= gate;
      const { begun, index, stoppedBy } = playVote(
        strategy,
        cut.map(({ key }) => key),
        accepted,
      );
      return {
        ...{ correct: cut[index]?.correct === true, used: cut.slice(0, begun) },
        settled: stoppedBy === 'rule',
      };
    }
    case 'verify': {
      const all = drawn(pool, [greedy, ...samples], strategy.most);
      const passed = all.findIndex(({ correct }) => correct);
      return {
        ...{ correct: passed >= 0, used: all.slice(0, begunFor(strategy, passed)) },
        settled: passed >= 0,
      };
    }
  }
}

/** Samples that were begun where the one of that number passed: all of its wave. */
function begunFor(
  { most, waves = [1] }: Extract<Strategy, { readonly type: 'verify' }>,
  passed: number,
): number {
  let begun = 0;
  for (let wave = 0; begun < most && (passed < 0 || begun <= passed); wave++)
    begun += Math.min(waves[Math.min(wave, waves.length - 1)] as number, most - begun);
  return begun;
}

function drawn({ task }: Pool, samples: readonly PooledSample[], most: number): readonly PooledSample[] {
  if (samples.length < most)
    throw new TypeError(`${task}: ${samples.length} samples are too few, ${most} may be drawn`);
  return samples.slice(0, most);
}
