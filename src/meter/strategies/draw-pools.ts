// Asks a model every task once at temperature 0 and several times with sampling, and keeps what each reply came to. All
// strategies are tried on these samples afterwards. A sample's seconds are its part of the time that all of them took, by how
// long it held its place, so that they add up to the time of the machine.
import { type Clock, forEachConcurrently } from '../../base/index.ts';
import type { Engine } from '../../engine/index.ts';
import { answerKey, type ConverseRequest, collect, converse } from '../../reasoning/index.ts';
import type { TokenUsage } from '../../traffic/index.ts';
import type { MeterTask } from '../tasks/own-tasks.ts';
import type { Pool, PooledSample } from './replay.ts';

export type DrawOptions = {
  readonly engine: Engine;
  readonly tasks: readonly MeterTask[];
  /** What is asked; sample 0 at temperature 0. */
  readonly requestOf: (task: MeterTask, index: number, sample: number) => ConverseRequest;
  /** Beside the one at temperature 0. */
  readonly samples: number;
  /** What tokens cost, where they are paid by the token. @default nothing */
  readonly moneyOf?: (usage: TokenUsage) => number;
  readonly clock: Pick<Clock, 'monotonic'>;
  readonly signal: AbortSignal;
  readonly onTask?: (done: number) => void;
};

export type DrawnPools = {
  readonly pools: readonly Pool[];
  /** From the first request to the last reply. */
  readonly seconds: number;
};

/** @throws what asking the model does, and the reason of the signal */
export async function drawPools(options: DrawOptions): Promise<DrawnPools> {
  const { engine, tasks, samples, clock, onTask } = options;
  const atOnce = Math.max(1, Math.floor(engine.capabilities.slots / (samples + 1)) + 1);
  const drawn: (readonly PooledSample[])[] = new Array(tasks.length);
  const begun = clock.monotonic();
  let done = 0;
  await forEachConcurrently([...tasks.entries()], atOnce, async ([index, task]) => {
    const numbers = Array.from({ length: samples + 1 }, (_, sample) => sample);
    drawn[index] = await Promise.all(numbers.map((sample) => draw(options, task, index, sample)));
    onTask?.(++done);
  });
  const seconds = (clock.monotonic() - begun) / 1_000;
  const held = drawn.flat().reduce((sum, sample) => sum + (sample.seconds ?? 0), 0);
  const share = held === 0 ? 0 : seconds / held;
  const shared = (sample: PooledSample): PooledSample => ({
    ...sample,
    seconds: (sample.seconds ?? 0) * share,
  });
  const pools = tasks.map(({ id }, index): Pool => {
    const [greedy, ...others] = (drawn[index] ?? []).map(shared);
    if (greedy === undefined) throw new TypeError('drawPools: a task was not asked');
    return { task: id, greedy, samples: others };
  });
  return { pools, seconds };
}

async function draw(
  { engine, requestOf, moneyOf, clock, signal }: DrawOptions,
  task: MeterTask,
  index: number,
  sample: number,
): Promise<PooledSample> {
  const begun = clock.monotonic();
  const { answer, usage } = await collect(converse(engine, requestOf(task, index, sample), signal));
  return {
    key: answerKey(answer, task.votesBy),
    correct: task.isRight(answer),
    tokens: usage.completionTokens,
    seconds: (clock.monotonic() - begun) / 1_000,
    ...(moneyOf !== undefined && { money: moneyOf(usage) }),
  };
}
