// `tiegel meter compare`: models, or budgets of thinking of one, at temperature 0 on the same tasks, each against the first; and, where
// tasks have a check, one after another until an answer passes it.
import { seededRandom, TiegelError } from '../base/index.ts';
import {
  type CostRow,
  compareWithBaseline,
  costRow,
  drawPools,
  type MeterTask,
  type Rates,
  type Replayed,
  replay,
  replayCascade,
  type Tier,
} from '../meter/index.ts';
import { wilsonInterval } from '../stats/index.ts';
import type { CommandContext, ExitCode } from './command.ts';
import { shownTasks } from './meter-calibrate.ts';
import {
  type CostFlags,
  hardwareOf,
  hostedMoney,
  openMeter,
  printCosts,
  whileMetered,
} from './meter-costs.ts';
import { type TaskFlags, tasksOf, withMeteredModel } from './meter-tasks.ts';
import { percentWithInterval, type Terminal } from './terminal.ts';

type CompareFlags = TaskFlags & CostFlags & { readonly budgets?: string; readonly cascade?: boolean };

const seed = 93;
const margin = 0.02;

/** What was asked in one way, and what the machine took for it. */
type Arm = Tier & { readonly rates: Rates };

export async function runMeterCompare(
  context: CommandContext,
  models: readonly string[],
  flags: CompareFlags,
): Promise<ExitCode> {
  const { terminal } = context;
  const tasks = tasksOf(flags, 'report');
  const budgets = budgetsOf(flags.budgets ?? 'none');
  if (flags.cascade === true && tasks.some(({ checker }) => checker === null))
    throw new TiegelError('TGL_USAGE', {
      problem:
        '--cascade asks on until an answer passes the check of its task; these tasks have none that a server has.',
    });
  const arms: Arm[] = [];
  for (const model of models.length === 0 ? [undefined] : models) {
    const code = await withMeteredModel(context, model, async (metered) => {
      for (const budget of budgets) {
        const name =
          budgets.length === 1
            ? metered.name
            : `${metered.name}, ${budget ?? 'any number of'} tokens of thinking`;
        const ask = (task: MeterTask) => metered.requestOf(task, { temperature: 0, budget });
        arms.push({ name, ...(await drawArm(context, { ...flags, tasks, engine: metered.engine, ask })) });
      }
      return 0;
    });
    if (code !== 0) return code;
  }
  context.onProgress(null);
  const rows = await rowsOf(arms, flags.cascade === true);
  terminal.print(terminal.bold(`${tasks.length} tasks, one reply at temperature 0`));
  for (const row of rows) print(terminal, row, tasks.length, rows[0]?.name ?? '');
  terminal.result({ tasks: tasks.length, rows });
  return 0;
}

type Drawing = CostFlags & {
  readonly tasks: readonly MeterTask[];
  readonly engine: Parameters<typeof drawPools>[0]['engine'];
  readonly ask: (task: MeterTask) => ReturnType<Parameters<typeof drawPools>[0]['requestOf']>;
};

async function drawArm(
  context: CommandContext,
  { tasks, engine, ask, ...flags }: Drawing,
): Promise<Omit<Arm, 'name'>> {
  const { clock, signal } = context;
  const hosted = hostedMoney(flags.hosted, clock.now());
  const meter = await openMeter(clock, flags);
  const { result, energy } = await whileMetered(meter, () =>
    drawPools({
      ...{ engine, tasks, samples: 0, clock, signal, onTask: shownTasks(context, tasks.length) },
      ...(hosted !== undefined && { moneyOf: hosted.moneyOf }),
      requestOf: ask,
    }),
  );
  const hardware = hardwareOf(flags);
  return {
    pools: result.pools,
    rates: { energy, seconds: result.seconds, hardware, isPaidByToken: hosted !== undefined },
  };
}

type CompareRow = {
  readonly name: string;
  readonly comparison: ReturnType<typeof compareWithBaseline>;
  readonly costs: CostRow;
};

async function rowsOf(arms: readonly Arm[], cascade: boolean): Promise<readonly CompareRow[]> {
  const random = seededRandom(seed);
  const results: { readonly name: string; readonly results: readonly Replayed[]; readonly rates: Rates }[] =
    [];
  for (const { name, pools, rates } of arms)
    results.push({ name, rates, results: replay({ type: 'greedy' }, pools, random) });
  if (cascade && arms.length > 1) {
    const name = 'cascade: one after another, until an answer passes';
    // Its energy is that of the arms by the second, all of them together.
    const [first] = arms as [Arm];
    const seconds = arms.reduce((sum, { rates }) => sum + rates.seconds, 0);
    const high = arms.some(({ rates }) => rates.energy.high === null)
      ? null
      : arms.reduce((sum, { rates }) => sum + (rates.energy.high ?? 0), 0);
    const low = arms.reduce((sum, { rates }) => sum + rates.energy.low, 0);
    const rates = { ...first.rates, seconds, energy: { ...first.rates.energy, low, high } };
    results.push({ name, rates, results: replayCascade(arms, ({ correct }) => correct) });
  }
  const [baseline] = results;
  return results.map(({ name, results: own, rates }) => ({
    name,
    comparison: compareWithBaseline(own, baseline?.results ?? own, margin, random),
    costs: costRow(own, rates),
  }));
}

/** Null: no limit of its own. @throws TGL_USAGE */
function budgetsOf(text: string): readonly (number | null)[] {
  return text.split(',').map((word) => {
    if (word.trim() === 'none') return null;
    const budget = Number(word);
    if (/^\s*\d+\s*$/.test(word) && budget <= 1_000_000) return budget;
    throw new TiegelError('TGL_USAGE', {
      problem: `--budgets is ${text}; expected numbers of tokens or none, such as 64,256,none.`,
    });
  });
}

function print(
  terminal: Terminal,
  { name, comparison, costs }: CompareRow,
  tasks: number,
  first: string,
): void {
  const { accuracy, costRatio, difference } = comparison;
  const interval = wilsonInterval(Math.round(accuracy * tasks), tasks);
  terminal.print(`  ${name}`);
  terminal.print(
    `    accuracy             ${percentWithInterval(accuracy, [interval.lower, interval.upper])}`,
  );
  if (name !== first)
    terminal.print(
      `    over the first       ${(100 * difference.estimate).toFixed(1)} points (at least ${(100 * difference.lower).toFixed(1)}), ` +
        `${costRatio.estimate.toFixed(2)} times its tokens per correct answer (${costRatio.lower.toFixed(2)} to ${costRatio.upper.toFixed(2)})`,
    );
  terminal.print('    a correct answer costs');
  printCosts(terminal, costs);
}
