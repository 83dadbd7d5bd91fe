// Compares a stage with its controls, task by task, and says whether a gain is shown: the whole interval of its lead has to lie above 0
// against the start and against both controls. All of these have to hold together, so none needs a correction.
import { lookUp } from '../../base/index.ts';
import type { Accuracy, BudgetPoint, Gain, Interval, Sampled } from '../evaluation-summary.ts';
import type { SampleKind } from '../sample-kind.ts';
import type { Arm } from '../stage-result.ts';
import type { Stage } from '../stages/stages.ts';
import type { ResultData, RunData, StageData } from './run-data.ts';

export type Comparison = {
  readonly run: string;
  readonly stage: string;
  readonly arms: readonly Arm[];
  /** Tasks, the most prompted first. */
  readonly tasks: readonly TaskComparison[];
};

export type TaskComparison = {
  readonly subject: SampleKind;
  /** Share of the stage's prompts; a task that was not prompted can only have been retained or lost. */
  readonly share: number;
  readonly rows: readonly ArmRow[];
  /** Undefined if the arms do not compete, such as the types of a quantised model. */
  readonly verdict: 'gain shown' | 'no gain shown' | 'worse' | undefined;
  /** The reason, with the leads and their intervals. */
  readonly reason: string;
};

export type ArmRow = {
  readonly arm: string;
  readonly flops: number;
  readonly figures: Figures;
  /** The lead of the stage itself over this arm. */
  readonly lead: Gain | undefined;
};

/** What an evaluation says about one task; what was not evaluated is undefined. */
export type Figures = {
  readonly sampled: Sampled | undefined;
  readonly greedy: Accuracy | undefined;
  readonly withoutThinking: Accuracy | undefined;
  readonly budgets: readonly BudgetPoint[];
};

/** The arms that a stage must lead for a gain to be shown, by the kind of stage. */
const rivals: Readonly<Record<string, readonly string[]>> = {
  grpo: ['start', 'sft-continued', 'rejection-sampling'],
  distil: ['start', 'without-teacher', 'verified-traces'],
};

/** The comparisons of all stages of a run that have arms. */
export function comparisonsOf({ name, stages }: RunData): readonly Comparison[] {
  return stages.flatMap(({ stage, result }) => {
    const arms = result?.arms;
    if (arms === undefined || arms.length === 0) return [];
    const prompts: Readonly<Record<string, number>> = 'prompts' in stage ? stage.prompts : {};
    const total = Object.values(prompts).reduce((sum, weight) => sum + weight, 0) || 1;
    const tasks = subjectsOf(arms).map((subject) =>
      compareTask(stage, arms, subject, (lookUp(prompts, subject) ?? 0) / total),
    );
    return {
      run: name,
      stage: stage.name,
      arms,
      tasks: tasks.toSorted((one, other) => other.share - one.share),
    };
  });
}

function compareTask(stage: Stage, arms: readonly Arm[], subject: SampleKind, share: number): TaskComparison {
  const rows = arms.map(({ name, flops, evaluation, gains }) => ({
    arm: name,
    flops,
    figures: figuresOf(evaluation, subject),
    lead: gains.find((gain) => gain.subject === subject),
  }));
  return { subject, share, rows, ...verdictOf(stage, rows) };
}

function verdictOf(stage: Stage, rows: readonly ArmRow[]): Pick<TaskComparison, 'verdict' | 'reason'> {
  const leads = rows.flatMap(({ arm, lead }) => (lead ? [{ arm, ...lead }] : []));
  const figures = leads.map(({ arm, estimate, interval }) => `${leadText(estimate, interval)} over ${arm}`);
  const whose = rows.at(-1)?.arm ?? stage.name;
  const led = figures.length === 0 ? '' : ` Lead of ${whose} in points of pass@1: ${figures.join('; ')}.`;
  const needed = lookUp(rivals, stage.stage);
  if (needed === undefined) return { verdict: undefined, reason: led.trim() };
  const missing = needed.filter((name) => !leads.some(({ arm }) => arm === name));
  const behind = leads.filter(({ interval }) => interval[1] < 0);
  const open = leads.filter(({ interval }) => interval[0] <= 0 && interval[1] >= 0);
  const list = (some: readonly { readonly arm: string }[]): string =>
    some.map(({ arm }) => arm).join(' and ');
  if (behind.length > 0) return { verdict: 'worse', reason: `It is behind ${list(behind)}.${led}` };
  if (missing.length > 0) {
    const reason = `There is no comparison with ${missing.join(' and ')}.${led}`;
    return { verdict: 'no gain shown', reason };
  }
  if (open.length > 0)
    return { verdict: 'no gain shown', reason: `Over ${list(open)} the interval holds 0.${led}` };
  return { verdict: 'gain shown', reason: `It is ahead of the start and of both controls.${led}` };
}

/** Subject, verdict and reason in one line. */
export function statementOf({ subject, verdict, reason }: TaskComparison): string {
  return verdict === undefined ? `${subject}: ${reason}` : `${subject}: ${verdict}. ${reason}`;
}

/** A lead in percentage points with its interval, such as `+5.1 (3.0 to 7.2)`. */
export function leadText(estimate: number, [low, high]: Interval): string {
  const points = (value: number): string => (100 * value).toFixed(1).replace('-', '−').replace('−0.0', '0.0');
  const sign = Math.round(1000 * estimate) > 0 ? '+' : '';
  return `${sign}${points(estimate)} (${points(low)} to ${points(high)})`;
}

export function figuresOf(
  { accuracies, sampled, budgetCurve }: NonNullable<ResultData['evaluation']>,
  subject: SampleKind,
): Figures {
  const greedy = (thinking: Accuracy['thinking']): Accuracy | undefined =>
    accuracies.find((accuracy) => accuracy.subject === subject && accuracy.thinking === thinking);
  return {
    sampled: sampled.find((some) => some.subject === subject),
    greedy: greedy('open'),
    withoutThinking: greedy('closed'),
    budgets: budgetCurve.filter((point) => point.subject === subject),
  };
}

/** The tasks on which the arms were sampled. */
function subjectsOf(arms: readonly Arm[]): readonly SampleKind[] {
  return [...new Set(arms.flatMap(({ evaluation }) => evaluation.sampled.map(({ subject }) => subject)))];
}

/** The last evaluation of a run: of an `evaluate` stage, or of a compared stage itself. */
export function lastEvaluation({ stages }: RunData): ResultData['evaluation'] {
  return stages.flatMap(({ result }) => result?.evaluation ?? result?.arms?.at(-1)?.evaluation ?? []).at(-1);
}

/** The progress of a stage, in words. */
export function progressOf({ stage, metrics, result, controls }: StageData): string {
  if (result) return 'done';
  const last = metrics.at(-1)?.step ?? 0;
  if (last === 0) return 'not begun';
  const steps = 'steps' in stage ? ` of ${stage.steps.toLocaleString('en')}` : '';
  const own = `at step ${last.toLocaleString('en')}${steps}`;
  return 'steps' in stage && last >= stage.steps
    ? `${own}; ${controls.length === 0 ? 'its evaluation is' : 'controls and evaluation are'} under way`
    : `under way ${own}`;
}
