// What a correct answer costs in three tiers of the shipped model, budgets of 32, 64 and any number of tokens of thinking, each alone and
// one after another until an answer is accepted: by a check of the answer, or because the model is sure of it. On countdown
// problems that were held out, every tier answers each of them once at temperature 0. TIEGEL_BENCH_PROBLEMS sets how many there are.
import { join } from 'node:path';
import { seededRandom, systemClock } from '../src/base/index.ts';
import { createLlamaEngine } from '../src/engine/index.ts';
import { tiegelTemplate } from '../src/formats/index.ts';
import {
  type CostPerCorrect,
  compareWithBaseline,
  costRow,
  drawPools,
  programTasks,
  type Replayed,
  replay,
  replayCascade,
  type Tier,
} from '../src/meter/index.ts';
import { servedTurn } from '../src/reasoning/index.ts';
import { wilsonInterval } from '../src/stats/index.ts';
import { type BenchResult, rounded } from './bench.ts';

const modelPath = join(import.meta.dirname, '..', 'models', 'tiegel-nano', 'tiegel-nano.q8_0.gguf');
const problems = Number(process.env.TIEGEL_BENCH_PROBLEMS ?? 500);
const budgets = [32, 64, null] as const;
const sure = 0.99;
const margin = 0.01;

/** @see BenchResult */
export async function bench(): Promise<BenchResult> {
  const tiers = await drawTiers();
  const alone = tiers.map(({ name, pools }) => ({
    name,
    results: replay({ type: 'greedy' }, pools, seededRandom(1)),
  }));
  const cascades = [
    {
      name: 'cascade, until an answer passes a check',
      accepts: replayCascade(tiers, ({ correct }) => correct),
    },
    {
      name: `cascade, until the model is ${sure} sure`,
      accepts: replayCascade(tiers, ({ confidence }) => (confidence ?? 0) >= sure),
    },
  ].map(({ name, accepts }) => ({ name, results: accepts }));
  const last = alone.at(-1)?.results as readonly Replayed[];
  const figures: Record<string, number | null> = { problems: last.length };
  const ratios: Record<string, number | null> = {};
  for (const [index, { name, results }] of [...alone, ...cascades].entries()) {
    const { accuracy, difference, costRatio } = compareWithBaseline(results, last, margin, seededRandom(2));
    const { tokens } = costRow(results, noRates);
    const interval = wilsonInterval(Math.round(accuracy * results.length), results.length);
    process.stderr.write(
      `${name.padEnd(44)} ${percent(accuracy)} (${percent(interval.lower)} to ${percent(interval.upper)})  ` +
        `${(100 * difference.estimate).toFixed(1).padStart(6)} (> ${(100 * difference.lower).toFixed(1)}) points  ` +
        `${textOf(tokens)} tokens a correct answer, ` +
        `${costRatio.estimate.toFixed(2)} (${costRatio.lower.toFixed(2)} to ${costRatio.upper.toFixed(2)}) of the last tier's\n`,
    );
    const key = ['tier32', 'tier64', 'tierWhole', 'checked', 'sure'][index] as string;
    figures[`${key}Accuracy`] = rounded(accuracy);
    figures[`${key}AccuracyLower`] = rounded(interval.lower);
    figures[`${key}AccuracyUpper`] = rounded(interval.upper);
    const known = tokens.type === 'estimated' ? tokens : undefined;
    figures[`${key}Tokens`] = known === undefined ? null : rounded(known.estimate);
    figures[`${key}TokensLower`] = known === undefined ? null : rounded(known.lower);
    figures[`${key}TokensUpper`] = known === undefined ? null : rounded(known.upper);
    if (index >= alone.length) {
      ratios[`${key}CascadeOverLast`] = rounded(costRatio.estimate);
      figures[`${key}CascadeOverLastLower`] = rounded(costRatio.lower);
      figures[`${key}CascadeOverLastUpper`] = rounded(costRatio.upper);
    }
  }
  return { ratios, figures, rounds: 1 };
}

/** Only tokens are asked for. */
const noRates = {
  energy: { low: 0, high: null, method: 'unknown' },
  ...{ seconds: 0, isPaidByToken: false },
} as const;

async function drawTiers(): Promise<readonly Tier[]> {
  await using engine = await createLlamaEngine({
    ...{ model: 'nano', modelPath, compared: [], slots: 8, contextLength: 768 },
  });
  const serving = {
    sampling: { temperature: 0, topP: 1, maxTokens: 400 },
    ...{ thinkingBudget: null, systemPrompt: null },
  };
  const tasks = programTasks('countdown', { selection: 0, report: problems }, []);
  const tiers: Tier[] = [];
  for (const budget of budgets) {
    const { pools } = await drawPools({
      ...{ engine, tasks, samples: 0, likelihoods: true, clock: systemClock },
      signal: new AbortController().signal,
      requestOf: ({ question }) =>
        servedTurn(
          { serving, template: tiegelTemplate },
          {
            messages: [{ role: 'user', content: question }],
            thinking: { maxThinkingTokens: budget },
          },
        ),
    });
    const name = `${budget ?? 'any number of'} tokens of thinking`;
    tiers.push({ name, pools });
    process.stderr.write(`${name}: ${tasks.length} problems\n`);
  }
  return tiers;
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}

function textOf(cost: CostPerCorrect): string {
  if (cost.type === 'more-than') return `more than ${cost.bound.toFixed(0)}`;
  return `${cost.estimate.toFixed(0)} (${cost.lower.toFixed(0)} to ${cost.upper.toFixed(0)})`;
}
