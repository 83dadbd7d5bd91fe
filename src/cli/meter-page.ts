// `tiegel meter report --format html`: what was measured as one page.
import { type Random, writeFileAtomically } from '../base/index.ts';
import {
  compareWithBaseline,
  costRow,
  type DrawnPools,
  type EnergyMeter,
  type OwnHardware,
  type PageRow,
  type Rates,
  type Replayed,
  replay,
  reportPage,
} from '../meter/index.ts';
import { type HostedPrice, hostedPrices } from '../prices/index.ts';
import { describeStrategy, type Strategy } from '../reasoning/index.ts';
import { wilsonInterval } from '../stats/index.ts';
import type { CommandContext } from './command.ts';
import type { CostFlags } from './meter-costs.ts';
import type { ReportFlags, ReportRow } from './meter-report.ts';
import type { TaskFlags } from './meter-tasks.ts';

export type Measured = {
  readonly model: string;
  readonly tasks: number;
  readonly rows: readonly ReportRow[];
  readonly drawn: DrawnReport;
  readonly meter: Pick<EnergyMeter, 'sources'>;
  /** Where tokens are paid for, by whose price. */
  readonly money: string | null;
  readonly flags: TaskFlags & CostFlags & ReportFlags;
};

export function writePage(
  { terminal, clock }: CommandContext,
  { model, tasks, rows, drawn, meter, money, flags }: Measured,
): void {
  const budgets = budgetRows(drawn);
  const { energy, hardware } = drawn.rates;
  const page = reportPage({
    ...{ model, tasks, made: new Date(clock.now()).toISOString(), command: commandOf(model, flags) },
    rows: rows.map((row) => pageRow(row, tasks)),
    budgets: budgets.map((row) => pageRow(row, tasks)),
    energy: { method: energy.method, sources: meter.sources },
    money: money ?? (hardware === undefined ? null : hardwareText(hardware)),
    prices: pricesOf(flags.hosted),
  });
  const { out = null } = flags;
  if (out === null) terminal.write(page);
  else {
    writeFileAtomically(out, page);
    terminal.print(`Report of ${model}: ${out}`);
  }
  terminal.result({ model, tasks, energy, sources: meter.sources, rows, budgets, out });
}

export type DrawnReport = Pick<DrawnPools, 'pools' | 'probing'> & {
  readonly rates: Rates;
  readonly greedy: readonly Replayed[];
  readonly margin: number;
  readonly random: Random;
};

/** The reply at temperature 0 by budgets of thinking, from few tokens to all. */
function budgetRows({ pools, probing, rates, greedy, margin, random }: DrawnReport): readonly ReportRow[] {
  if (probing === undefined) return [];
  const caps = Array.from({ length: probing.maxProbes }, (_, index): Strategy => {
    return { type: 'cap', budget: (index + 1) * probing.every };
  });
  return [...caps, { type: 'greedy' } as const].map((strategy) => {
    const results = strategy.type === 'greedy' ? greedy : replay(strategy, pools, random);
    const comparison = compareWithBaseline(results, greedy, margin, random);
    return { strategy, comparison, costs: costRow(results, rates) };
  });
}

function pageRow({ strategy, comparison, costs }: ReportRow, tasks: number): PageRow {
  const { accuracy, samplesPerTask } = comparison;
  const { lower, upper } = wilsonInterval(Math.round(accuracy * tasks), tasks);
  return {
    ...{ label: describeStrategy(strategy), samplesPerTask, costs },
    accuracy: { estimate: accuracy, lower, upper },
  };
}

/** What the host asks for the model, and has asked. */
function pricesOf(hosted: string | undefined): readonly HostedPrice[] {
  return hostedPrices
    .filter(({ host, model }) => `${host}/${model}` === hosted)
    .toSorted((one, other) => one.from.localeCompare(other.from));
}

function hardwareText({ purchase, lifeYears, utilisation, electricity }: OwnHardware): string {
  return `own hardware of ${purchase}, written off over ${lifeYears} years at a utilisation of ${utilisation}, electricity at ${electricity} the kilowatt-hour`;
}

function commandOf(model: string, flags: Readonly<Record<string, unknown>>): string {
  const said = Object.entries(flags).flatMap(([name, value]) =>
    typeof value === 'string' || typeof value === 'number'
      ? [`--${name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)} ${value}`]
      : [],
  );
  return ['tiegel meter report', model, ...said].join(' ');
}
