// `tiegel meter report`: what a calibrated strategy gets right and costs on tasks that it was not selected on, beside one reply at
// temperature 0 and all samples.
import { existsSync } from 'node:fs';
import { seededRandom, TiegelError } from '../base/index.ts';
import {
  abstained,
  type Calibration,
  type CostRow,
  compareWithBaseline,
  costRow,
  drawingFor,
  drawPools,
  readCalibration,
  replay,
  requireUnseen,
} from '../meter/index.ts';
import { describeStrategy, type Effort, type Strategy } from '../reasoning/index.ts';
import { wilsonInterval } from '../stats/index.ts';
import type { CommandContext, ExitCode } from './command.ts';
import { printAbstained, scoredAnswers } from './meter-abstention.ts';
import { calibrationFile, shownTasks } from './meter-calibrate.ts';
import {
  type CostFlags,
  costText,
  energyText,
  hardwareOf,
  hostedMoney,
  openMeter,
  whileMetered,
} from './meter-costs.ts';
import { type DrawnReport, writePage } from './meter-page.ts';
import {
  effortOf,
  type MeteredModel,
  readTextFile,
  type TaskFlags,
  tasksOf,
  withMeteredModel,
} from './meter-tasks.ts';
import { percentWithInterval, type Terminal } from './terminal.ts';

export type ReportFlags = { readonly effort?: string; readonly format?: string; readonly out?: string };

const formats = ['text', 'html'] as const;

/** Budgets of thinking that a page shows where the selected strategy looks at none. */
const shownBudgets = 6;

const seed = 92;

export async function runMeterReport(
  context: CommandContext,
  model: string | undefined,
  flags: TaskFlags & CostFlags & ReportFlags,
): Promise<ExitCode> {
  const { terminal, clock, signal } = context;
  const effort = effortOf(flags.effort);
  const tasks = tasksOf(flags, 'report');
  const format = formatOf(flags);
  const hosted = hostedMoney(flags.hosted, clock.now());
  const hardware = hardwareOf(flags);
  const meter = await openMeter(clock, flags);
  return withMeteredModel(context, model, async (metered) => {
    const { engine, requestOf } = metered;
    const calibration = calibrationOf(context, metered, effort);
    requireUnseen(
      calibration,
      tasks.map(({ id }) => id),
    );
    const { samples, temperature } = calibration;
    const { result, energy, reasons } = await whileMetered(meter, () =>
      drawPools({
        ...(format === 'html' && { maxProbes: shownBudgets, likelihoods: false }),
        ...drawingFor(calibration.selected),
        ...(calibration.abstention !== null && { likelihoods: true }),
        ...{ engine, tasks, samples, clock, signal, onTask: shownTasks(context, tasks.length) },
        ...(hosted !== undefined && { moneyOf: hosted.moneyOf }),
        requestOf: (task, index, sample) =>
          requestOf(
            task,
            sample === 0 ? { temperature: 0, effort } : { temperature, effort, seed: 1_000 * index + sample },
          ),
      }),
    );
    context.onProgress(null);
    const random = seededRandom(seed);
    const rates = { energy, seconds: result.seconds, hardware, isPaidByToken: hosted !== undefined };
    const greedy = replay({ type: 'greedy' }, result.pools, random);
    const drawn = { ...result, rates, greedy, margin: calibration.margin, random };
    const rows = rowsOf(calibration, drawn);
    if (format === 'html') {
      const money = hosted?.source ?? null;
      writePage(context, { model: metered.name, tasks: tasks.length, rows, drawn, meter, money, flags });
      return 0;
    }
    terminal.print(terminal.bold(`${metered.name}, ${tasks.length} tasks that nothing was selected on`));
    for (const row of rows) print(terminal, row, tasks.length);
    const kept = calibration.abstention && abstained(scoredAnswers(result.pools), calibration.abstention);
    if (calibration.abstention !== null && kept !== null)
      printAbstained(terminal, calibration.abstention, kept);
    terminal.print(
      `  energy: ${energy.method}${meter.sources.length > 0 ? ` (${meter.sources.join(', ')})` : ''}`,
    );
    for (const reason of reasons) terminal.print(`  not known: ${reason}`);
    if (hosted !== undefined) terminal.print(`  money: ${hosted.source}`);
    const { selected } = calibration;
    terminal.result({
      model: metered.name,
      tasks: tasks.length,
      selected,
      abstention: kept,
      energy,
      sources: meter.sources,
      rows,
    });
    return 0;
  });
}

/** @throws TGL_USAGE */
function formatOf({ format = 'text', out }: ReportFlags): (typeof formats)[number] {
  const found = formats.find((one) => one === format);
  if (found === undefined)
    throw new TiegelError('TGL_USAGE', {
      problem: `--format is ${format}; expected one of ${formats.join(', ')}.`,
    });
  if (out !== undefined && found !== 'html')
    throw new TiegelError('TGL_USAGE', { problem: '--out is for --format html.' });
  return found;
}

export type ReportRow = {
  readonly strategy: Strategy;
  readonly comparison: ReturnType<typeof compareWithBaseline>;
  readonly costs: CostRow;
};

/** The reply at temperature 0, what was selected, and all samples. */
function rowsOf(
  { selected, samples }: Calibration,
  { pools, rates, greedy, margin, random }: DrawnReport,
): readonly ReportRow[] {
  const strategies: readonly Strategy[] = [
    { type: 'greedy' },
    ...(selected.type === 'greedy' ? [] : [selected]),
    { type: 'vote', most: samples, rule: { type: 'all' } },
  ];
  return strategies.map((strategy) => {
    const results = strategy.type === 'greedy' ? greedy : replay(strategy, pools, random);
    const comparison = compareWithBaseline(results, greedy, margin, random);
    return { strategy, comparison, costs: costRow(results, rates) };
  });
}

/** @throws TGL_USAGE where there is none for this model as it is served now */
function calibrationOf(
  { environment }: CommandContext,
  { name, admissionKey, catalog }: MeteredModel,
  effort: Effort | null,
): Calibration {
  const file = calibrationFile(environment.home, name, effort);
  const missing = (problem: string): TiegelError =>
    new TiegelError('TGL_USAGE', { problem: `${problem}; run \`tiegel meter calibrate ${name}\` first.` });
  if (!existsSync(file)) throw missing(`${name} was not calibrated`);
  const calibration = readCalibration(file, readTextFile(file), catalog.signingKey);
  if (calibration.admissionKey !== admissionKey)
    throw missing(`${name} was calibrated as it was served before, and is served in another way now`);
  return calibration;
}

function print(terminal: Terminal, { strategy, comparison, costs }: ReportRow, tasks: number): void {
  const { accuracy, difference, costRatio, samplesPerTask } = comparison;
  const interval = wilsonInterval(Math.round(accuracy * tasks), tasks);
  terminal.print(`  ${describeStrategy(strategy)}`);
  terminal.print(
    `    accuracy             ${percentWithInterval(accuracy, [interval.lower, interval.upper])}`,
  );
  if (strategy.type !== 'greedy') {
    const points = (value: number): string => (100 * value).toFixed(1);
    terminal.print(
      `    over greedy          ${points(difference.estimate)} points (at least ${points(difference.lower)}), ` +
        `${costRatio.estimate.toFixed(2)} times its tokens per correct answer (${costRatio.lower.toFixed(2)} to ${costRatio.upper.toFixed(2)})`,
    );
  }
  terminal.print(`    samples a task       ${samplesPerTask.toFixed(2)}`);
  terminal.print('    a correct answer costs');
  printCosts(terminal, costs);
}

export function printCosts(terminal: Terminal, costs: CostRow): void {
  terminal.print(`      tokens             ${costText(costs.tokens)}`);
  terminal.print(`      seconds            ${costText(costs.seconds)}`);
  terminal.print(`      joules             ${energyText(costs)}`);
  terminal.print(
    `      money              ${costs.money === null ? 'unknown: name --purchase or --hosted' : costText(costs.money)}`,
  );
}
