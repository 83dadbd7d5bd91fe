// What a vote that stops and verify-and-resample save on the shipped model: countdown problems that it was never trained on,
// each answered once greedily and sixteen times at temperature 0.8 by the embedded engine; all strategies run on these
// samples. Which stopping rule is reported is selected on problems of the training side, since nearly all of those that are
// held out are needed for the report. TIEGEL_BENCH_PROBLEMS sets how many the report has at most.
import { join } from 'node:path';
import { forEachConcurrently, seededRandom } from '../src/base/index.ts';
import { createLlamaEngine, type Engine } from '../src/engine/index.ts';
import { tiegelTemplate } from '../src/formats/index.ts';
import {
  type Comparison,
  compareWithBaseline,
  lastPassing,
  type Pool,
  type PooledSample,
  type Replayed,
  replay,
} from '../src/meter/index.ts';
import {
  answerKey,
  collect,
  converse,
  describeStrategy,
  type Strategy,
  servedTurn,
} from '../src/reasoning/index.ts';
import { heldOutProblems, sampleTask, type TaskSample } from '../src/tasks/index.ts';
import { type BenchResult, rounded } from './bench.ts';

const modelPath = join(import.meta.dirname, '..', 'models', 'tiegel-nano', 'tiegel-nano.q8_0.gguf');
const reported = Number(process.env.TIEGEL_BENCH_PROBLEMS ?? 600);
const selected = 900;
const samplesPerProblem = 16;
const margin = 0.01;
const slots = 8;

const all16: Strategy = { type: 'vote', most: 16, rule: { type: 'all' } };
const greedy: Strategy = { type: 'greedy' };
const verified: Strategy = { type: 'verify', most: 8 };

/** From safe to cheap, fixed before anything is drawn. */
const rules: readonly Strategy[] = [
  { type: 'vote', most: 16, rule: { type: 'exact' } },
  { type: 'vote', most: 16, rule: { type: 'e-value', alpha: 0.05 } },
  { type: 'vote', most: 16, rule: { type: 'beta', level: 0.95 } },
  { type: 'vote', most: 16, rule: { type: 'beta', level: 0.9 } },
  { type: 'vote', most: 16, rule: { type: 'beta', level: 0.8 } },
];
const fixed: readonly Strategy[] = [12, 10, 8, 7, 6, 5, 4, 3, 2].map((most) => ({
  type: 'vote',
  most,
  rule: { type: 'all' },
}));

/** @see BenchResult */
export async function bench(): Promise<BenchResult> {
  await using engine = await createLlamaEngine({
    ...{ model: 'nano', modelPath, compared: [] },
    ...{ slots, contextLength: 512 },
  });
  const problems = heldOutProblems('countdown', 71, reported);
  const selection = await compared(await drawPools(engine, trainingProblems(selected)), 1);
  const chosen = lastPassing(rules.map((candidate) => ({ candidate, ...required(selection, candidate) })));
  const report = await compared(await drawPools(engine, problems), 2);
  const smallest =
    lastPassing(fixed.map((candidate) => ({ candidate, ...required(report, candidate) }))) ?? all16;
  print(report, chosen);
  const vote = required(report, chosen ?? all16);
  const random = seededRandom(3);
  const overFixed = compareWithBaseline(vote.results, required(report, smallest).results, margin, random);
  const check = required(report, verified);
  const overGreedy = compareWithBaseline(check.results, required(report, greedy).results, margin, random);
  return {
    ratios: {
      voteOverFixed16: rounded(vote.costRatio.estimate),
      voteOverSmallestFixed: rounded(overFixed.costRatio.estimate),
      verifyOverGreedy: rounded(overGreedy.costRatio.estimate),
    },
    figures: {
      ...{ problems: problems.length, selectionProblems: selected },
      ...{
        greedyAccuracy: rounded(required(report, greedy).accuracy),
        vote16Accuracy: rounded(required(report, all16).accuracy),
      },
      ...{ voteAccuracy: rounded(vote.accuracy), voteDifference: rounded(vote.difference.estimate) },
      ...{
        voteDifferenceLower: rounded(vote.difference.lower),
        voteOverFixed16Upper: rounded(vote.costRatio.upper),
      },
      ...{
        smallestFixed: smallest.type === 'vote' ? smallest.most : 16,
        voteOverSmallestFixedUpper: rounded(overFixed.costRatio.upper),
      },
      ...{ verifyAccuracy: rounded(check.accuracy), verifyGain: rounded(overGreedy.difference.estimate) },
      ...{
        verifyGainLower: rounded(overGreedy.difference.lower),
        verifyOverGreedyUpper: rounded(overGreedy.costRatio.upper),
      },
    },
    rounds: 1,
  };
}

type Row = Comparison & { readonly results: readonly Replayed[] };

/** Every strategy on these samples, beside the vote of all sixteen. */
async function compared(pools: readonly Pool[], seed: number): Promise<ReadonlyMap<Strategy, Row>> {
  const random = seededRandom(seed);
  const baseline = replay(all16, pools, random);
  const rows = new Map<Strategy, Row>();
  for (const strategy of [greedy, { type: 'plain' } as const, all16, ...fixed, ...rules, verified]) {
    const results = strategy === all16 ? baseline : replay(strategy, pools, random);
    rows.set(strategy, { results, ...compareWithBaseline(results, baseline, margin, random) });
  }
  return rows;
}

function required(rows: ReadonlyMap<Strategy, Row>, strategy: Strategy): Row {
  const row = rows.get(strategy);
  if (row === undefined) throw new Error(`${describeStrategy(strategy)} was not measured`);
  return row;
}

/** Different problems of the side that the model was trained on. */
function trainingProblems(count: number): readonly TaskSample[] {
  const problems = new Map<string, TaskSample>();
  for (let index = 0; problems.size < count && index < 20 * count; index++) {
    const sample = sampleTask('countdown', 72, index, { split: 'train' });
    if (!problems.has(sample.canonical)) problems.set(sample.canonical, sample);
  }
  return [...problems.values()];
}

async function drawPools(engine: Engine, problems: readonly TaskSample[]): Promise<readonly Pool[]> {
  const pools: Pool[] = new Array(problems.length);
  let drawn = 0;
  await forEachConcurrently([...problems.entries()], 2, async ([index, problem]) => {
    const samples = await Promise.all(
      Array.from({ length: samplesPerProblem + 1 }, (_, sample) => draw(engine, problem, index, sample)),
    );
    const [first, ...others] = samples as [PooledSample, ...PooledSample[]];
    pools[index] = { task: problem.canonical, greedy: first, samples: others };
    if (++drawn % 100 === 0) process.stderr.write(`${drawn} of ${problems.length} problems\n`);
  });
  return pools;
}

/** Sample 0 is greedy. */
async function draw(
  engine: Engine,
  problem: TaskSample,
  index: number,
  sample: number,
): Promise<PooledSample> {
  const serving = {
    sampling: { temperature: 0.8, topP: 1, maxTokens: 400 },
    thinkingBudget: null,
    systemPrompt: null,
  };
  const turn = servedTurn(
    { serving, template: tiegelTemplate },
    {
      messages: [{ role: 'user', content: problem.prompt }],
      sampling: sample === 0 ? { temperature: 0 } : { seed: 1_000 * index + sample },
    },
  );
  const { answer, usage } = await collect(converse(engine, turn));
  return {
    key: answerKey(answer, { type: 'text' }),
    correct: problem.verify(answer).correct,
    tokens: usage.completionTokens,
  };
}

function print(rows: ReadonlyMap<Strategy, Row>, chosen: Strategy | null): void {
  for (const [strategy, { accuracy, difference, costRatio, samplesPerTask, tokensPerTask }] of rows)
    process.stderr.write(
      `${describeStrategy(strategy).padEnd(44)} ${(100 * accuracy).toFixed(1).padStart(5)} %  ` +
        `${(100 * difference.estimate).toFixed(1).padStart(5)} (> ${(100 * difference.lower).toFixed(1)}) points  ` +
        `${samplesPerTask.toFixed(1).padStart(4)} samples ${tokensPerTask.toFixed(0).padStart(5)} tokens  ` +
        `${costRatio.estimate.toFixed(3)} (${costRatio.lower.toFixed(3)} to ${costRatio.upper.toFixed(3)})` +
        `${strategy === chosen ? '  <- selected' : ''}\n`,
    );
}
