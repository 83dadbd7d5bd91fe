// `tiegel meter report`: what a calibrated strategy gets right and costs on tasks that it was not selected on, beside one reply at
// temperature 0, one sample, fixed numbers of samples and all of them. It is printed or made a page of, and kept for the console.
import { existsSync } from 'node:fs';
import { makeDirectory, seededRandom, TiegelError, writeFileAtomically } from '../base/index.ts';
import {
  abstained,
  budgetRows,
  type Calibration,
  drawingFor,
  drawPools,
  keptDirectory,
  keptFile,
  type MeasuredReport,
  type MeasuredRow,
  readCalibration,
  reportRows,
  reportText,
  requireUnseen,
} from '../meter/index.ts';
import type { Effort } from '../reasoning/index.ts';
import type { CommandContext, ExitCode } from './command.ts';
import { printAbstained, scoredAnswers } from './meter-abstention.ts';
import { shownTasks } from './meter-calibrate.ts';
import {
  type CostFlags,
  hardwareOf,
  hardwareText,
  hostedMoney,
  openMeter,
  printCosts,
  whileMetered,
} from './meter-costs.ts';
import { writePage } from './meter-page.ts';
import {
  effortOf,
  type MeteredModel,
  readTextFile,
  type TaskFlags,
  tasksOf,
  withMeteredModel,
} from './meter-tasks.ts';
import { wholeNumber } from './numbers.ts';
import { percentWithInterval, type Terminal } from './terminal.ts';

export type ReportFlags = TaskFlags &
  CostFlags & {
    readonly effort?: string;
    readonly probes?: string;
    readonly format?: string;
    readonly out?: string;
  };

const formats = ['text', 'html'] as const;

/** Budgets of thinking that are shown where the selected strategy looks at none. */
const usualProbes = 6;

const seed = 92;

export async function runMeterReport(
  context: CommandContext,
  model: string | undefined,
  flags: ReportFlags,
): Promise<ExitCode> {
  const { terminal, clock, signal, environment } = context;
  const effort = effortOf(flags.effort);
  const tasks = tasksOf(flags, 'report');
  const format = formatOf(flags);
  const maxProbes = wholeNumber('--probes', flags.probes, 0, 64) ?? usualProbes;
  const hosted = hostedMoney(flags.hosted, clock.now());
  const hardware = hardwareOf(flags);
  const meter = await openMeter(clock, flags);
  return withMeteredModel(context, model, async (metered) => {
    const { name, admissionKey, engine, catalog, requestOf } = metered;
    const calibration = calibrationOf(context, metered, effort);
    requireUnseen(
      calibration,
      tasks.map(({ id }) => id),
    );
    const { samples, temperature, margin, selected } = calibration;
    const { result, energy, reasons } = await whileMetered(meter, () =>
      drawPools({
        ...{ maxProbes, likelihoods: false },
        ...drawingFor(selected),
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
    const rates = { energy, seconds: result.seconds, hardware, isPaidByToken: hosted !== undefined };
    const drawn = { ...result, rates, random: seededRandom(seed) };
    const report: MeasuredReport = {
      ...{ schema: 1, model: name, admissionKey, effort, selected },
      ...{ made: new Date(clock.now()).toISOString(), command: commandOf(name, flags), tasks: tasks.length },
      ...{ rows: reportRows(calibration, drawn), budgets: budgetRows(drawn, margin) },
      energy: { method: energy.method, sources: meter.sources, unknown: reasons },
      money: hosted?.source ?? (hardware === undefined ? null : hardwareText(hardware)),
      hosted: flags.hosted ?? null,
    };
    makeDirectory(keptDirectory(environment.home, 'reports'));
    const file = keptFile(environment.home, 'reports', name, effort);
    writeFileAtomically(file, reportText(report, catalog.signingKey));
    const kept = calibration.abstention && abstained(scoredAnswers(result.pools), calibration.abstention);
    if (format === 'html') writePage(terminal, report, flags.out ?? null);
    else {
      printReport(terminal, report);
      if (calibration.abstention !== null && kept !== null)
        printAbstained(terminal, calibration.abstention, kept);
      terminal.print(`Kept in ${file}.`);
    }
    const { rows, budgets } = report;
    terminal.result({
      ...{ model: name, tasks: tasks.length, selected, abstention: kept },
      ...{ energy, sources: meter.sources, rows, budgets, out: flags.out ?? null, file },
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

/** @throws TGL_USAGE where there is none for this model as it is served now */
function calibrationOf(
  { environment }: CommandContext,
  { name, admissionKey, catalog }: MeteredModel,
  effort: Effort | null,
): Calibration {
  const file = keptFile(environment.home, 'calibrations', name, effort);
  const missing = (problem: string): TiegelError =>
    new TiegelError('TGL_USAGE', { problem: `${problem}; run \`tiegel meter calibrate ${name}\` first.` });
  if (!existsSync(file)) throw missing(`${name} was not calibrated`);
  const calibration = readCalibration(file, readTextFile(file), catalog.signingKey);
  if (calibration.admissionKey !== admissionKey)
    throw missing(`${name} was calibrated as it was served before, and is served in another way now`);
  return calibration;
}

/** In words what was selected, between the reply at temperature 0 and all samples; the rest stands in the page and the JSON. */
function printReport(
  terminal: Terminal,
  { model, tasks, selected, rows, energy, money }: MeasuredReport,
): void {
  const shown = rows.slice(0, selected.type === 'greedy' ? 2 : 3);
  terminal.print(terminal.bold(`${model}, ${tasks} tasks that nothing was selected on`));
  for (const row of shown) printRow(terminal, row);
  const { method, sources, unknown } = energy;
  terminal.print(`  energy: ${method}${sources.length > 0 ? ` (${sources.join(', ')})` : ''}`);
  for (const reason of unknown) terminal.print(`  not known: ${reason}`);
  if (money !== null) terminal.print(`  money: ${money}`);
}

function printRow(
  terminal: Terminal,
  { label, accuracy, samplesPerTask, costs, overGreedy }: MeasuredRow,
): void {
  terminal.print(`  ${label}`);
  terminal.print(
    `    accuracy             ${percentWithInterval(accuracy.estimate, [accuracy.lower, accuracy.upper])}`,
  );
  if (overGreedy !== null) {
    const { difference, costRatio } = overGreedy;
    const points = (value: number): string => (100 * value).toFixed(1);
    const times =
      costRatio === null
        ? ''
        : `, ${costRatio.estimate.toFixed(2)} times its tokens per correct answer (${costRatio.lower.toFixed(2)} to ${costRatio.upper.toFixed(2)})`;
    terminal.print(
      `    over greedy          ${points(difference.estimate)} points (at least ${points(difference.lower)})${times}`,
    );
  }
  terminal.print(`    samples a task       ${samplesPerTask.toFixed(2)}`);
  terminal.print('    a correct answer costs');
  printCosts(terminal, costs);
}

function commandOf(model: string, flags: Readonly<Record<string, unknown>>): string {
  const said = Object.entries(flags).flatMap(([name, value]) =>
    typeof value === 'string' || typeof value === 'number'
      ? [`--${name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)} ${value}`]
      : [],
  );
  return ['tiegel meter report', model, ...said].join(' ');
}
