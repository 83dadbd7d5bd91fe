// The figures of a report, each drawn from the metrics and evaluations of one run or of several side by side.
import type { Html } from '../../base/index.ts';
import type { EvaluationSummary } from '../evaluation-summary.ts';
import type { PolicyMetrics, StepMetrics } from '../metrics.ts';
import { type SampleKind, sampleKinds } from '../sample-kind.ts';
import { type Chart, lineChart, type Series } from './chart.ts';
import { comparisonsOf, figuresOf, lastEvaluation, leadText } from './comparison.ts';
import { intervalChart } from './interval-chart.ts';
import type { RunData } from './run-data.ts';
import { curveOf } from './stretches.ts';
import { percentTick, tickText } from './ticks.ts';

export type Figure = {
  /** A name for a file: letters, digits and hyphens. */
  readonly name: string;
  readonly section: 'policy' | 'loss' | 'budget' | 'pass' | 'gain';
  readonly drawing: Html;
};

/** A stage, or a control of it, in one of the runs. */
type Track = { readonly label: string; readonly tone: number; readonly metrics: readonly StepMetrics[] };

const policyCurves: readonly {
  readonly name: string;
  readonly title: string;
  readonly of: (policy: PolicyMetrics) => number | undefined;
  readonly isShare?: true;
  readonly holds?: readonly number[];
}[] = [
  { name: 'reward', title: 'Reward, mean', of: (policy) => policy.rewardMean },
  { name: 'accuracy', title: 'Accuracy of rollouts', of: (policy) => policy.accuracy, isShare: true },
  {
    name: 'accuracy-solvable',
    title: 'Accuracy on what can be solved',
    of: ({ halves }) => halves?.solvable?.accuracy,
    isShare: true,
  },
  {
    name: 'accuracy-unsolvable',
    title: 'Accuracy on what cannot be solved',
    of: ({ halves }) => halves?.unsolvable?.accuracy,
    isShare: true,
  },
  { name: 'length', title: 'Completion length, tokens', of: (policy) => policy.completionLength },
  { name: 'entropy', title: 'Entropy, nats a token', of: (policy) => policy.entropy, holds: [0] },
  { name: 'kl', title: 'KL to the reference, nats a token', of: (policy) => policy.kl, holds: [0] },
  {
    name: 'clip-fraction',
    title: 'Clip fraction',
    of: (policy) => policy.clipFraction,
    isShare: true,
    holds: [0],
  },
  {
    name: 'without-signal',
    title: 'Groups without signal',
    of: (policy) => policy.withoutSignal,
    isShare: true,
    holds: [0, 1],
  },
  {
    name: 'cut-off',
    title: 'Cut off by the limit',
    of: (policy) => policy.cutOff,
    isShare: true,
    holds: [0],
  },
];

/** All figures for which the runs have data. */
export function reportFigures(runs: readonly RunData[]): readonly Figure[] {
  return [...curves(runs), ...evaluationFigures(runs), ...gainFigures(runs)];
}

function curves(runs: readonly RunData[]): readonly Figure[] {
  const named = runs.length > 1;
  const names = [...new Set(runs.flatMap(({ stages }) => stages.map(({ stage }) => stage.name)))];
  return names.flatMap((name) => {
    const tracks = runs.flatMap((run, tone) => {
      const found = run.stages.find(({ stage }) => stage.name === name);
      return found && found.metrics.length > 0 ? [{ label: run.name, tone, metrics: found.metrics }] : [];
    });
    if (tracks.length === 0) return [];
    const sampled = tracks.filter(({ metrics }) => metrics.some(({ policy }) => policy));
    const own = sampled.length === 0 ? [] : policyFigures(name, sampled, named);
    const title = sampled.length === 0 ? `Loss of ${name}, nats a token` : `Loss of ${name}, surrogate`;
    const loss = overSteps(title, tracks, ({ loss: value }) => value, { named });
    const section = sampled.length === 0 ? ('loss' as const) : ('policy' as const);
    return [...own, { name: `${name}-loss`, section, drawing: loss }, ...controlFigures(runs, name)];
  });
}

function policyFigures(stage: string, tracks: readonly Track[], named: boolean): readonly Figure[] {
  const seen = policyCurves.filter(({ of }) =>
    tracks.some(({ metrics }) => metrics.some(({ policy }) => policy && of(policy) !== undefined)),
  );
  return seen.map(({ name, title, of, isShare, holds }) => ({
    name: `${stage}-${name}`,
    section: 'policy' as const,
    drawing: overSteps(title, tracks, ({ policy }) => policy && of(policy), {
      named,
      ...(holds ? { yHolds: holds } : {}),
      ...(isShare ? { yTick: percentTick } : {}),
    }),
  }));
}

/** Loss of the controls on what they learned from, over compute, which they have in common with the stage. */
function controlFigures(runs: readonly RunData[], stage: string): readonly Figure[] {
  const tracks = runs.flatMap((run) =>
    (run.stages.find((some) => some.stage.name === stage)?.controls ?? []).map(({ name, metrics }) => ({
      label: runs.length === 1 ? name : `${run.name}: ${name}`,
      metrics,
    })),
  );
  if (tracks.length === 0) return [];
  const series = tracks.map(({ label, metrics }, index) => ({
    label,
    tone: index + 1,
    ...curveOf(metrics.map(({ flops, loss }) => ({ x: flops / 1e12, y: loss }))),
  }));
  const title = `Loss of the controls of ${stage}, nats a token`;
  const drawing = lineChart({
    title,
    xLabel: 'TFLOP of training',
    series,
    xTick: tickText,
    yTick: tickText,
    yHolds: [0],
    named: true,
  });
  return [{ name: `${stage}-controls-loss`, section: 'loss', drawing }];
}

function overSteps(
  title: string,
  tracks: readonly Track[],
  of: (metrics: StepMetrics) => number | undefined,
  options: Partial<Chart> = {},
): Html {
  const series = tracks.map(({ label, tone, metrics }): Series => {
    const points = metrics.flatMap((step) => {
      const y = of(step);
      return y === undefined ? [] : [{ x: step.step, y }];
    });
    return { label, tone, ...curveOf(points) };
  });
  const values = new Set(series.flatMap(({ dots, line }) => [...(dots ?? []), ...line].map(({ y }) => y)));
  const note = values.size === 1 ? `${[...values][0]} at every step` : undefined;
  return lineChart({ title, xLabel: 'step', series, xTick: tickText, yTick: tickText, note, ...options });
}

/** Evaluations that are drawn together: the arms of one run, or the last ones of several. */
function evaluated(
  runs: readonly RunData[],
): readonly { readonly label: string; readonly tone: number; readonly evaluation: EvaluationSummary }[] {
  const [only] = runs;
  if (runs.length === 1 && only) {
    const arms = comparisonsOf(only).find(({ tasks }) => tasks.some(({ verdict }) => verdict))?.arms ?? [];
    if (arms.length > 0) {
      // The stage itself comes last and gets the first colour; the start has a muted one of its own.
      return arms.map(({ name, evaluation }, index) => ({
        label: name,
        tone: index === arms.length - 1 ? 0 : name === 'start' ? 5 : index,
        evaluation,
      }));
    }
  }
  return runs.flatMap((run, tone) => {
    const evaluation = lastEvaluation(run);
    return evaluation ? [{ label: run.name, tone, evaluation }] : [];
  });
}

function evaluationFigures(runs: readonly RunData[]): readonly Figure[] {
  const all = evaluated(runs);
  const budgets = sampleKinds.flatMap((subject) => {
    const series = all.flatMap(({ label, tone, evaluation }) => {
      const points = figuresOf(evaluation, subject).budgets;
      return seriesOf(
        label,
        tone,
        points.map(({ budget, accuracy, interval }) => ({ x: budget, y: accuracy, interval })),
      );
    });
    const xLabel = 'thinking tokens at most';
    const title = `${subject}: accuracy over thinking budget`;
    return figure('budget', subject, title, xLabel, series);
  });
  const passes = sampleKinds.flatMap((subject) => {
    const series = all.flatMap(({ label, tone, evaluation }) => {
      const points = figuresOf(evaluation, subject).sampled?.passAt ?? [];
      return seriesOf(
        label,
        tone,
        points.map(({ k, rate, interval }) => ({ x: k, y: rate, interval })),
      );
    });
    return figure('pass', subject, `${subject}: pass@k`, 'k completions, one right', series);
  });
  return [...budgets, ...passes];
}

type Estimated = { readonly x: number; readonly y: number; readonly interval: readonly [number, number] };

function seriesOf(label: string, tone: number, points: readonly Estimated[]): readonly Series[] {
  if (points.length === 0) return [];
  const band = points.map(({ x, interval: [low, high] }) => ({ x, low, high }));
  return [{ label, tone, line: points, band, dots: points }];
}

function figure(
  section: 'budget' | 'pass',
  subject: SampleKind,
  title: string,
  xLabel: string,
  series: readonly Series[],
): readonly Figure[] {
  if (series.length === 0) return [];
  const budgets = series.flatMap(({ line }) => line.map(({ x }) => x));
  const xTicks = [...new Set(budgets)].sort((one, other) => one - other);
  const drawing = lineChart({
    title,
    xLabel,
    series,
    xTick: String,
    yTick: percentTick,
    xTicks,
    xScale: 'rank',
  });
  return [{ name: `${section}-${subject}`, section, drawing }];
}

function gainFigures(runs: readonly RunData[]): readonly Figure[] {
  return runs.flatMap((run) =>
    comparisonsOf(run).flatMap(({ stage, arms: compared, tasks }) => {
      const rows = tasks.flatMap(({ subject, rows: arms }) =>
        arms.flatMap(({ arm, lead }) =>
          lead
            ? [
                {
                  label: `${subject}, ${arm}`,
                  ...lead,
                  words: leadText(lead.estimate, lead.interval),
                },
              ]
            : [],
        ),
      );
      if (rows.length === 0) return [];
      const last = compared.at(-1)?.name ?? stage;
      const whose = runs.length === 1 ? last : `${run.name}: ${last}`;
      const name = runs.length === 1 ? `${stage}-lead` : `${run.name}-${stage}-lead`;
      const title = `Lead of ${whose} over each arm`;
      const xLabel = 'points of pass@1, 95 % intervals over problems';
      return [{ name, section: 'gain' as const, drawing: intervalChart({ title, xLabel, rows }) }];
    }),
  );
}
