// Asks a model every task once at temperature 0 and several times with sampling, and keeps what each reply came to; then, where the
// thinking is to be probed, what it would have answered at several places of the thinking at temperature 0. All strategies are
// tried on this afterwards. A reply's seconds are its part of the time that all of them took, by how long it held its place, so
// that they add up to the time of the machine.
import { type Clock, forEachConcurrently } from '../../base/index.ts';
import type { Engine } from '../../engine/index.ts';
import { type ConverseRequest, hesitates, type Strategy } from '../../reasoning/index.ts';
import { noUsage, type TokenUsage } from '../../traffic/index.ts';
import type { Probing } from '../calibration/candidates.ts';
import type { MeterTask } from '../tasks/own-tasks.ts';
import { type DrawnReply, drawReply } from './draw-reply.ts';
import type { Pool, PooledProbe, PooledSample } from './pool.ts';

export type DrawOptions = {
  readonly engine: Engine;
  readonly tasks: readonly MeterTask[];
  /** What is asked; sample 0 at temperature 0. */
  readonly requestOf: (task: MeterTask, index: number, sample: number) => ConverseRequest;
  /** Beside the one at temperature 0. */
  readonly samples: number;
  /** Probes of the thinking at temperature 0, at most; @default none */
  readonly maxProbes?: number;
  /** How sure the model is of its tokens, where the engine says it. @default where the thinking is probed */
  readonly likelihoods?: boolean;
  /** Tokens between two of them. @default what gives `maxProbes` of them in thinking of the usual length */
  readonly every?: number | undefined;
  /** What tokens cost, where they are paid by the token. @default nothing */
  readonly moneyOf?: (usage: TokenUsage) => number;
  readonly clock: Pick<Clock, 'monotonic'>;
  readonly signal: AbortSignal;
  readonly onTask?: (done: number) => void;
};

export type DrawnPools = {
  readonly pools: readonly Pool[];
  /** How the thinking was probed; undefined where it was not, or the engine cannot go on behind what was thought. */
  readonly probing: Probing | undefined;
  /** From the first request to the last reply. */
  readonly seconds: number;
};

/** What has to be drawn, beside samples, so that a strategy can be replayed. */
export function drawingFor(strategy: Strategy): Pick<DrawOptions, 'maxProbes' | 'every' | 'likelihoods'> {
  switch (strategy.type) {
    case 'cap':
      return { maxProbes: 1, every: strategy.budget, likelihoods: false };
    case 'cascade': {
      const budgets = strategy.budgets.filter((budget) => budget !== null);
      const every = budgets.reduce(commonDivisor, 0);
      return {
        ...{ every, maxProbes: Math.ceil(Math.max(...budgets) / every) },
        likelihoods: strategy.accept.type === 'confidence',
      };
    }
    case 'early':
      return {
        maxProbes: strategy.maxProbes,
        every: strategy.every,
        likelihoods: strategy.rule.type === 'confidence',
      };
    case 'vote':
      return { likelihoods: strategy.gate !== undefined || strategy.breakOff !== undefined };
    default:
      return {};
  }
}

function commonDivisor(one: number, other: number): number {
  return other === 0 ? one : commonDivisor(other, one % other);
}

/** Answers of probes are cut off there, and cannot be read then. */
const maxProbeTokens = 512;
const fewestBetween = 8;

/** @throws what asking the model does, and the reason of the signal */
export async function drawPools(options: DrawOptions): Promise<DrawnPools> {
  const { engine, tasks, samples, clock, onTask } = options;
  const begun = clock.monotonic();
  const atOnce = Math.max(1, Math.floor(engine.capabilities.slots / (samples + 1)) + 1);
  const drawn: (readonly Drawn[])[] = new Array(tasks.length);
  let done = 0;
  await forEachConcurrently([...tasks.entries()], atOnce, async ([index, task]) => {
    const numbers = Array.from({ length: samples + 1 }, (_, sample) => sample);
    drawn[index] = await Promise.all(numbers.map((sample) => draw(options, task, index, sample)));
    onTask?.(++done);
  });
  const greedy = drawn.map(([first]) => first as Drawn);
  const probing = probingOf(options, greedy);
  const probes: (readonly PooledProbe[])[] = new Array(tasks.length).fill([]);
  if (probing !== undefined)
    await forEachConcurrently([...tasks.entries()], engine.capabilities.slots, async ([index, task]) => {
      probes[index] = await drawProbes(options, probing, { task, index, reply: greedy[index] as Drawn });
    });
  const seconds = (clock.monotonic() - begun) / 1_000;
  const pools = tasks.map(({ id }, index): Pool => {
    const [first, ...others] = (drawn[index] ?? []).map(({ sample }) => sample);
    if (first === undefined) throw new TypeError('drawPools: a task was not asked');
    return {
      ...{ task: id, greedy: first, samples: others },
      ...(probing !== undefined && { probes: probes[index] ?? [] }),
    };
  });
  return { pools: withSharedSeconds(pools, seconds), probing, seconds };
}

type Drawn = DrawnReply & { readonly sample: PooledSample };

async function draw(options: DrawOptions, task: MeterTask, index: number, sample: number): Promise<Drawn> {
  const { requestOf } = options;
  return await timed(options, (likelihoods) =>
    drawReply(options.engine, requestOf(task, index, sample), {
      ...{ task, likelihoods, signal: options.signal },
    }),
  );
}

async function timed(
  { engine, clock, moneyOf, maxProbes = 0, likelihoods = maxProbes > 0 }: DrawOptions,
  work: (likelihoods: boolean) => Promise<DrawnReply>,
): Promise<Drawn> {
  const begun = clock.monotonic();
  const reply = await work(likelihoods && engine.capabilities.logProbabilities === 'raw');
  const seconds = (clock.monotonic() - begun) / 1_000;
  return {
    ...reply,
    sample: {
      ...reply.sample,
      seconds,
      ...(moneyOf !== undefined && { money: moneyOf(reply.usage) }),
    },
  };
}

function probingOf(
  { engine, maxProbes = 0, every }: DrawOptions,
  greedy: readonly DrawnReply[],
): Probing | undefined {
  const { promptForm, prefill, logProbabilities } = engine.capabilities;
  if (maxProbes === 0 || (promptForm === 'messages' && prefill !== true)) return undefined;
  const lengths = greedy.map(({ usage }) => usage.reasoningTokens).sort((one, other) => one - other);
  const usual = lengths[Math.floor(lengths.length / 2)] ?? 0;
  const between = every ?? Math.max(fewestBetween, Math.ceil(usual / maxProbes));
  return { every: between, maxProbes, knowsConfidence: logProbabilities === 'raw' };
}

async function drawProbes(
  options: DrawOptions,
  { every, maxProbes }: Probing,
  { task, index, reply }: { readonly task: MeterTask; readonly index: number; readonly reply: Drawn },
): Promise<readonly PooledProbe[]> {
  const { engine, requestOf, moneyOf = () => 0, signal } = options;
  const request = requestOf(task, index, 0);
  const probes: PooledProbe[] = [];
  for (let place = every; probes.length < maxProbes; place += every) {
    const mark = reply.marks.find(({ tokens, length }) => tokens >= place && length > 0);
    if (mark === undefined || mark.tokens >= (reply.sample.thought ?? 0)) break;
    const asked: ConverseRequest = {
      ...request,
      ...{ thinking: { mode: 'closed', budget: 0 }, maxTokens: Math.min(request.maxTokens, maxProbeTokens) },
      prefill: { reasoning: reply.reasoning.slice(0, mark.length), answer: '' },
    };
    const { sample, answer, usage } = await timed(options, (likelihoods) =>
      drawReply(engine, asked, { task, likelihoods, signal }),
    );
    // What goes on behind a probe reads the prompt once more.
    const again = moneyOf({
      ...noUsage,
      promptTokens: usage.promptTokens,
      cachedPromptTokens: usage.promptTokens,
    });
    const { thought: _, sureness: __, ...probe } = sample;
    probes.push({
      ...{ ...probe, thought: mark.tokens, hesitates: hesitates(answer) },
      ...(probe.money !== undefined && { money: probe.money + again }),
    });
    place = Math.max(place, mark.tokens);
  }
  return probes;
}

/** Seconds that add up to those of the machine. */
function withSharedSeconds(pools: readonly Pool[], seconds: number): readonly Pool[] {
  let held = 0;
  for (const { greedy, samples, probes = [] } of pools)
    for (const each of [greedy, ...samples, ...probes]) held += each.seconds ?? 0;
  const share = held === 0 ? 0 : seconds / held;
  const shared = <Each extends { readonly seconds?: number }>(each: Each): Each => ({
    ...each,
    seconds: (each.seconds ?? 0) * share,
  });
  return pools.map((pool) => ({
    ...pool,
    greedy: shared(pool.greedy),
    samples: pool.samples.map(shared),
    ...(pool.probes !== undefined && { probes: pool.probes.map(shared) }),
  }));
}
