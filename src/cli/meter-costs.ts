// What the flags of `tiegel meter` say about money and energy, and how costs of correct answers are printed.
import { cpus } from 'node:os';
import { type Clock, TiegelError } from '../base/index.ts';
import { energyOfMachine } from '../host/index.ts';
import type { CostPerCorrect, CostRow, EnergyMeter, EnergySum, OwnHardware } from '../meter/index.ts';
import { type HostedMoney, hostedMoneyAt } from '../prices/index.ts';
import { number } from './numbers.ts';
import type { Terminal } from './terminal.ts';

export type CostFlags = {
  readonly coreWatts?: string;
  readonly purchase?: string;
  readonly life?: string;
  readonly utilisation?: string;
  readonly electricity?: string;
  readonly hosted?: string;
};

/** @throws TGL_USAGE */
export function hardwareOf(flags: CostFlags): OwnHardware | undefined {
  const purchase = number('--purchase', flags.purchase, 0, 1e9);
  const lifeYears = number('--life', flags.life, 0.1, 50) ?? 4;
  const utilisation = number('--utilisation', flags.utilisation, 0.001, 1) ?? 0.5;
  const electricity = number('--electricity', flags.electricity, 0, 1_000) ?? 0;
  return purchase === undefined ? undefined : { purchase, lifeYears, utilisation, electricity };
}

/** What tokens cost at the price that is in force. @throws TGL_USAGE where none is known: it is never 0 */
export function hostedMoney(name: string | undefined, at: number): HostedMoney | undefined {
  if (name === undefined) return undefined;
  const found = hostedMoneyAt(name, at);
  if (found !== undefined) return found;
  const problem = `No price of ${name} is known at this moment; \`tiegel price hosted\` lists those that are.`;
  throw new TiegelError('TGL_USAGE', { problem });
}

/** The energy of the machine, by a model where it shows none and the watts of a core are given. @throws TGL_USAGE */
export function openMeter(clock: Clock, { coreWatts }: CostFlags): Promise<EnergyMeter> {
  if (coreWatts === undefined) return energyOfMachine(clock);
  const [low, high, ...rest] = coreWatts.split(':').map(Number);
  if (
    low === undefined ||
    high === undefined ||
    rest.length > 0 ||
    !(low > 0 && high >= low && high < 10_000)
  ) {
    const problem = `--core-watts is ${coreWatts}; expected two numbers such as 3:10.`;
    throw new TiegelError('TGL_USAGE', { problem });
  }
  return energyOfMachine(clock, { watts: { low, high, from: 'operator' }, processorSeconds });
}

/** Of all cores, in which they did anything, whoever wanted it. */
function processorSeconds(): number {
  const milliseconds = cpus().reduce(
    (sum, { times }) => sum + times.user + times.nice + times.sys + times.irq,
    0,
  );
  return milliseconds / 1_000;
}

const mostBetweenMs = 10_000;

/** The energy that is used while something is done. Counters and power are read often enough meanwhile. */
export async function whileMetered<Result>(
  meter: EnergyMeter,
  work: () => Promise<Result>,
): Promise<{ readonly result: Result; readonly energy: EnergySum; readonly reasons: readonly string[] }> {
  const timer = setInterval(
    () => void meter.read().catch(() => {}),
    Math.min(mostBetweenMs, meter.longestGapMs / 2),
  );
  try {
    const before = await meter.read();
    const result = await work();
    const { sum, parts } = await meter.read();
    const reasons = parts.flatMap((part) =>
      part.method === 'unknown' ? [`${part.source}: ${part.reason}`] : [],
    );
    const high = sum.high === null || before.sum.high === null ? null : sum.high - before.sum.high;
    return { result, energy: { ...sum, low: sum.low - before.sum.low, high }, reasons };
  } finally {
    clearInterval(timer);
  }
}

/** Such as `83.1 (79.0 to 87.4)`, or `more than 1200`. */
function costText(cost: CostPerCorrect): string {
  const short = (value: number): string => String(Number(value.toPrecision(3)));
  if (cost.type === 'more-than') return `more than ${short(cost.bound)}`;
  return `${short(cost.estimate)} (${short(cost.lower)} to ${short(cost.upper)})`;
}

function energyText({ joules }: CostRow): string {
  if (joules === null) return 'unknown';
  if (joules.high === null) return `at least ${costText(joules.low)}, ${joules.method}`;
  if (joules.method === 'measured') return `${costText(joules.low)}, measured`;
  return `${costText(joules.low)} to ${costText(joules.high)}, modelled`;
}

export function printCosts(terminal: Terminal, costs: CostRow): void {
  terminal.print(`      tokens             ${costText(costs.tokens)}`);
  terminal.print(`      seconds            ${costText(costs.seconds)}`);
  terminal.print(`      joules             ${energyText(costs)}`);
  terminal.print(
    `      money              ${costs.money === null ? 'unknown: name --purchase or --hosted' : costText(costs.money)}`,
  );
}

/** How the time of own hardware is priced. */
export function hardwareText({ purchase, lifeYears, utilisation, electricity }: OwnHardware): string {
  return `own hardware of ${purchase}, written off over ${lifeYears} years at a utilisation of ${utilisation}, electricity at ${electricity} the kilowatt-hour`;
}
