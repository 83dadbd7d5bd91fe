// `tiegel meter calibrate`: selects a strategy on one set of tasks and keeps it, signed, for `tiegel meter report`.
import { canonicalJson, type Json, makeDirectory, seededRandom, writeFileAtomically } from '../base/index.ts';
import {
  type Calibration,
  calibrationText,
  chooseAbstention,
  drawPools,
  keptDirectory,
  keptFile,
  type MeterTask,
  type Pool,
  type Selection,
  selectStrategy,
} from '../meter/index.ts';
import { describeStrategy } from '../reasoning/index.ts';
import type { CommandContext, ExitCode } from './command.ts';
import { printAbstention, scoredAnswers } from './meter-abstention.ts';
import { effortOf, type TaskFlags, tasksOf, withMeteredModel } from './meter-tasks.ts';
import { number, wholeNumber } from './numbers.ts';
import type { Terminal } from './terminal.ts';

type CalibrateFlags = TaskFlags & {
  readonly samples?: string;
  readonly temperature?: string;
  readonly margin?: string;
  readonly probes?: string;
  readonly effort?: string;
  readonly risk?: string;
};

const seed = 91;

/** One model after another; what was kept of one stays where the next one fails. */
export async function runMeterCalibrate(
  context: CommandContext,
  models: readonly string[],
  flags: CalibrateFlags,
): Promise<ExitCode> {
  const found: object[] = [];
  for (const model of models.length === 0 ? [undefined] : models) {
    const code = await calibrate(context, model, flags, (result) => found.push(result));
    if (code !== 0) return code;
  }
  const [first] = found;
  context.terminal.result(first !== undefined && found.length === 1 ? first : { calibrations: found });
  return 0;
}

async function calibrate(
  context: CommandContext,
  model: string | undefined,
  flags: CalibrateFlags,
  onResult: (result: object) => void,
): Promise<ExitCode> {
  const { terminal, clock, signal, environment } = context;
  const samples = wholeNumber('--samples', flags.samples, 2, 64) ?? 8;
  const temperature = number('--temperature', flags.temperature, 0.05, 2) ?? 0.8;
  const margin = (number('--margin', flags.margin, 0.1, 20) ?? 2) / 100;
  const maxProbes = wholeNumber('--probes', flags.probes, 0, 64) ?? 8;
  const risk = number('--risk', flags.risk, 0.1, 99);
  const effort = effortOf(flags.effort);
  const tasks = tasksOf(flags, 'selection');
  return withMeteredModel(context, model, async ({ name, admissionKey, engine, catalog, requestOf }) => {
    const { pools, probing } = await drawPools({
      ...{ engine, tasks, samples, maxProbes, clock, signal, onTask: shownTasks(context, tasks.length) },
      ...(risk !== undefined && { likelihoods: true }),
      requestOf: (task, index, sample) =>
        requestOf(
          task,
          sample === 0 ? { temperature: 0, effort } : { temperature, effort, seed: 1_000 * index + sample },
        ),
    });
    context.onProgress(null);
    const checker = sharedBy(tasks, (task) => task.checker) ?? null;
    const canCheck = checker !== null;
    const selection = selectStrategy(pools, { samples, margin, canCheck, probing }, seededRandom(seed));
    const calibration: Calibration = {
      ...{ schema: 2, model: name, admissionKey, effort, checker, made: new Date(clock.now()).toISOString() },
      ...{ selectedOn: tasks.map(({ id }) => id), samples, temperature, margin },
      selected: selection.selected,
      answer: sharedBy(tasks, ({ votesBy }) => votesBy) ?? { type: 'text' },
      expected: selection.expected,
      abstention: risk === undefined ? null : abstentionOf(pools, risk / 100),
      tried: selection.tried.map(({ strategy, baseline, accuracy, tokensPerTask, difference, costRatio }) => {
        const { estimate, lower, shown } = difference;
        const ratio = Number.isFinite(costRatio.estimate) ? costRatio.estimate : null;
        return {
          ...{ strategy, baseline, accuracy, tokensPerTask },
          ...{ difference: estimate, lower, shown, costRatio: ratio },
        };
      }),
    };
    makeDirectory(keptDirectory(environment.home, 'calibrations'));
    const file = keptFile(environment.home, 'calibrations', name, effort);
    writeFileAtomically(file, calibrationText(calibration, catalog.signingKey));
    print(terminal, calibration, selection);
    terminal.print(`Kept in ${file}.`);
    onResult({ ...calibration, selectedOn: tasks.length, isOff: isOff(calibration), file });
    return 0;
  });
}

/** @throws TGL_USAGE where the engine does not say how sure the model is */
function abstentionOf(pools: readonly Pool[], risk: number): Calibration['abstention'] {
  return { risk, ...chooseAbstention(scoredAnswers(pools), risk) };
}

/** Undefined where they differ. */
function sharedBy<Value>(
  tasks: readonly MeterTask[],
  of: (task: MeterTask) => Value & Json,
): Value | undefined {
  const [first] = tasks;
  if (first === undefined) return undefined;
  const wanted = of(first);
  return tasks.every((task) => canonicalJson(of(task)) === canonicalJson(wanted)) ? wanted : undefined;
}

/** Shows how many tasks were asked. */
export function shownTasks({ onProgress }: CommandContext, total: number): (done: number) => void {
  return (done) => onProgress({ doing: 'Asking', count: { done, total, unit: 'tasks' } });
}

function isOff({ selected }: Calibration): boolean {
  return selected.type === 'greedy';
}

function print(
  terminal: Terminal,
  calibration: Calibration,
  { tried, baseline, amongSamples }: Selection,
): void {
  const { selected, margin, selectedOn } = calibration;
  terminal.print(
    terminal.bold(`${calibration.model}, ${selectedOn.length} tasks, against ${describeStrategy(baseline)}`),
  );
  terminal.print(`  ${'strategy'.padEnd(64)} accuracy  difference (at least)  tokens per correct, of it`);
  let beside: (typeof tried)[number]['baseline'] = 'all samples';
  for (const { strategy, baseline: against, accuracy, difference, costRatio } of tried) {
    if (against !== beside) {
      beside = against;
      terminal.print(`against ${describeStrategy(amongSamples)}, what spares some of it:`);
    }
    const points = (value: number): string => (100 * value).toFixed(1);
    const mark = strategy === selected ? '  <- selected' : '';
    terminal.print(
      `  ${describeStrategy(strategy).padEnd(64)} ${points(accuracy).padStart(6)} %  ` +
        `${points(difference.estimate).padStart(6)} (${points(difference.lower)})`.padEnd(23) +
        `${costRatio.estimate.toFixed(3)} (${costRatio.lower.toFixed(3)} to ${costRatio.upper.toFixed(3)})${mark}`,
    );
  }
  if (calibration.abstention !== null) printAbstention(terminal, calibration.abstention);
  if (isOff(calibration)) terminal.print('Off: one reply at temperature 0 is as good; no strategy is used.');
  else
    terminal.print(
      `Shown on these tasks, with 95 %: not worse by more than ${(100 * margin).toFixed(1)} points. Report it on others.`,
    );
}
