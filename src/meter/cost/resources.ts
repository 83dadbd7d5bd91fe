// What a correct answer costs in each resource: tokens, seconds of the machine, joules and money. Seconds are measured sample by
// sample; joules and the cost of own hardware follow from them, each with the way in which it is known.
import type { EnergySum } from '../energy/energy.ts';
import type { Replayed } from '../strategies/replay.ts';
import { type CostPerCorrect, costPerCorrect } from './cost-per-correct.ts';

/** Own hardware. Money in one currency. */
export type OwnHardware = {
  readonly purchase: number;
  /** Years in which it is written off. */
  readonly lifeYears: number;
  /** Share of that time in which it works. */
  readonly utilisation: number;
  /** Of a kilowatt-hour. */
  readonly electricity: number;
};

const secondsPerYear = 31_557_600;
const joulesPerKilowattHour = 3_600_000;

/** Of one second of work, without the electricity. */
export function hardwareSecond({ purchase, lifeYears, utilisation }: OwnHardware): number {
  return purchase / (lifeYears * secondsPerYear * utilisation);
}

export type CostRow = {
  readonly tokens: CostPerCorrect;
  readonly seconds: CostPerCorrect;
  readonly joules: {
    readonly method: EnergySum['method'];
    readonly low: CostPerCorrect;
    readonly high: CostPerCorrect | null;
  } | null;
  /** Null where nothing says what it costs. */
  readonly money: CostPerCorrect | null;
};

export type Rates = {
  /** Joules of the machine while all were asked, and for how many seconds that was. */
  readonly energy: EnergySum;
  readonly seconds: number;
  readonly hardware?: OwnHardware | undefined;
  /** Tokens are paid for, as the results say. */
  readonly isPaidByToken: boolean;
};

export function costRow(results: readonly Replayed[], rates: Rates): CostRow {
  const seconds = per(results, (result) => result.seconds);
  const { energy, hardware } = rates;
  const watts = (joules: number): number => (rates.seconds === 0 ? 0 : joules / rates.seconds);
  const joules =
    energy.method === 'unknown'
      ? null
      : {
          method: energy.method,
          low: scaled(seconds, watts(energy.low)),
          high: energy.high === null ? null : scaled(seconds, watts(energy.high)),
        };
  return { tokens: per(results, (result) => result.tokens), seconds, joules, money: money() };

  function money(): CostPerCorrect | null {
    if (rates.isPaidByToken) return per(results, (result) => result.money);
    if (hardware === undefined) return null;
    // What is not known of the energy is left out, and the reader is told with the energy itself.
    const electricity = (watts(energy.high ?? energy.low) / joulesPerKilowattHour) * hardware.electricity;
    return scaled(seconds, hardwareSecond(hardware) + electricity);
  }
}

function per(results: readonly Replayed[], costOf: (result: Replayed) => number): CostPerCorrect {
  return costPerCorrect(
    results.map((result) => ({
      task: result.task,
      attempts: result.attempts,
      correct: Math.round(result.correct * result.attempts),
      cost: costOf(result) * result.attempts,
    })),
  );
}

function scaled(cost: CostPerCorrect, factor: number): CostPerCorrect {
  if (cost.type === 'more-than') return { type: 'more-than', bound: cost.bound * factor };
  const { estimate, lower, upper } = cost;
  return { type: 'estimated', estimate: estimate * factor, lower: lower * factor, upper: upper * factor };
}
