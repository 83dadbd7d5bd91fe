// A run directory as `tiegel teach` leaves it, with invented figures: nothing is trained for the tests of reports.
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { EvaluationSummary } from '../evaluation-summary.ts';
import { loadRecipe, type Recipe, recipeDigest, recipeText } from '../recipe.ts';
import type { Arm } from '../stage-result.ts';
import type { GrpoStage } from '../stages/grpo-stage.ts';

export type FixtureOptions = {
  /** Rate of each arm on countdown, the stage itself last. */
  readonly rates?: Readonly<Record<string, number>>;
  /** Half the width of the leads' intervals. */
  readonly reach?: number;
  /** A text to put wherever texts come from outside. */
  readonly text?: string;
};

const rates = { start: 0.7, 'sft-continued': 0.72, 'rejection-sampling': 0.74, grpo: 0.8 };
const policy = {
  rewardMean: 0.7,
  rewardDeviation: 0.4,
  accuracy: 0.7,
  completionLength: 70,
  terminatedLength: 69,
  cutOff: 0.01,
  withoutSignal: 0.5,
  groups: 32,
  rounds: 1,
  entropy: 0.02,
  kl: 0,
  clipFraction: 0,
  samplingSeconds: 3,
};

/** The directory of a finished run of the recipe `nano`, a few steps long. */
export function writeRun(options: FixtureOptions = {}): string {
  const directory = join(mkdtempSync(join(tmpdir(), 'tiegel-report-')), 'made-up');
  const recipe = loadRecipe('nano', { steps: 7 });
  const grpo = recipe.stages.find(({ stage }) => stage === 'grpo') as GrpoStage;
  for (const { name } of recipe.stages) mkdirSync(join(directory, name), { recursive: true });
  const write = (path: string, value: unknown): void =>
    writeFileSync(join(directory, path), `${JSON.stringify(value)}\n`);
  writeFileSync(join(directory, 'recipe.json'), `${recipeText(recipe)}\n`);
  writeFileSync(join(directory, 'sft', 'metrics.jsonl'), linesOf(240, false));
  writeFileSync(join(directory, 'grpo', 'metrics.jsonl'), linesOf(7, true));
  for (const name of ['sft-continued', 'rejection-sampling']) {
    mkdirSync(join(directory, 'grpo', name));
    writeFileSync(join(directory, 'grpo', name, 'metrics.jsonl'), linesOf(30, false));
  }
  write('grpo/rollouts.jsonl', shownGroup(options.text ?? 'plain'));
  const digest = 'a'.repeat(64);
  const training = { flops: 1e12, tokens: 1000, cpuSeconds: 60, dataDigest: digest };
  const teacher = {
    name: options.text ?? 'somebody',
    licence: null,
    terms: 'unknown',
    permission: options.text ?? 'given',
  };
  write('sft/result.json', { stage: 'sft', name: 'sft', ...training, teacher });
  const arms = armsOf(options);
  write('grpo/result.json', { stage: 'grpo', name: grpo.name, ...training, arms });
  write('evaluation/result.json', {
    stage: 'evaluate',
    name: 'evaluation',
    evaluation: arms.at(-1)?.evaluation,
  });
  write('quantised/result.json', { stage: 'quantise', name: 'quantised', files: { q8_0: digest } });
  write('training-record.json', recordOf(recipe, options.text ?? 'a processor'));
  return directory;
}

function linesOf(steps: number, isPolicy: boolean): string {
  return Array.from({ length: steps }, (_, index) => {
    const line = {
      step: index + 1,
      loss: 2 / (1 + index / 20),
      learningRate: 1e-3,
      gradientNorm: 1,
      tokens: 100 * (index + 1),
      flops: 1e10 * (index + 1),
      tokensPerSecond: 9000,
      wallSeconds: index,
      cpuSeconds: 2 * index,
    };
    return `${JSON.stringify(isPolicy ? { ...line, policy: { ...policy, accuracy: 0.7 + index / 70 } } : line)}\n`;
  }).join('');
}

function armsOf({ rates: wanted = rates, reach = 0.02 }: FixtureOptions): readonly Arm[] {
  const best = Object.values(wanted).at(-1) ?? 0;
  return Object.entries(wanted).map(([name, rate], index, all) => ({
    name,
    flops: index === 0 ? 0 : 1e12,
    evaluation: evaluationOf(rate),
    gains:
      index === all.length - 1
        ? []
        : [
            {
              subject: 'countdown' as const,
              estimate: best - rate,
              interval: [best - rate - reach, best - rate + reach] as const,
            },
          ],
  }));
}

function evaluationOf(rate: number): EvaluationSummary {
  const interval = [rate - 0.04, rate + 0.04] as const;
  const greedy = { subject: 'countdown' as const, trials: 300, correct: Math.round(300 * rate), interval };
  return {
    accuracies: [
      { ...greedy, thinking: 'open', accuracy: rate, meanTokens: 70, truncated: 1 },
      { ...greedy, thinking: 'closed', accuracy: 0.05, meanTokens: 9, truncated: 0 },
    ],
    sampled: [
      {
        subject: 'countdown',
        problems: 300,
        samples: 8,
        passAt: [1, 2, 4, 8].map((k) => ({ k, rate: 1 - (1 - rate) ** k, interval })),
        meanTokens: 72,
        truncated: 0.01,
        wellFormed: 0.99,
      },
    ],
    budgetCurve: [0, 16, 32, 64].map((budget) => ({
      subject: 'countdown',
      budget,
      accuracy: (rate * budget) / 64,
      interval: [(rate * budget) / 80, (rate * budget) / 60],
      meanTokens: budget,
    })),
  };
}

function shownGroup(text: string): unknown {
  const completion = { text, correct: true, stopped: true, tokens: 5, reward: 1, parts: { accuracy: 1 } };
  return {
    step: 1,
    task: text,
    prompt: text,
    completions: [completion, completion, { ...completion, text: `${text} and no more`, reward: 0 }],
  };
}

function recordOf(recipe: Recipe, processor: string): unknown {
  return {
    schema: 2,
    recipe,
    recipeDigest: recipeDigest(recipe),
    origin: null,
    parameters: 1000,
    verifiers: { countdown: 'countdown-1' },
    machine: { processor, cores: 2, memoryGiB: 4 },
    workers: 2,
    wallMinutes: 1,
    cpuMinutes: 2,
    finished: '2026-11-21T00:00:00.000Z',
    files: { f32: 'b'.repeat(64) },
  };
}
