// Calibrations and reports as the API tells them.
import type { Calibration, CostPerCorrect, MeasuredReport, MeasuredRow } from '../../meter/index.ts';
import { describeStrategy } from '../../reasoning/index.ts';
import type { MeteredCalibration, MeteredCost, MeteredReport, MeteredRow } from '../../wire/index.ts';

/** @param current whether the model is served now as it was then */
export function calibrationBody(calibration: Calibration, current: boolean): MeteredCalibration {
  const { made, selectedOn, samples, temperature, margin, selected, tried } = calibration;
  return {
    ...{ made_at: secondsOf(made), tasks: selectedOn.length, samples, temperature, margin, current },
    ...{ selected: describeStrategy(selected), off: selected.type === 'greedy' },
    tried: tried.map(
      ({ strategy, baseline, accuracy, tokensPerTask, difference, lower, shown, costRatio }) => ({
        ...{ strategy: describeStrategy(strategy), baseline, accuracy, tokens_per_task: tokensPerTask },
        ...{ difference, at_least: lower, shown, cost_ratio: costRatio },
      }),
    ),
  };
}

/** @param current whether the model is served now as it was then */
export function reportBody(report: MeasuredReport, current: boolean): MeteredReport {
  const { made, command, tasks, rows, budgets, energy, money } = report;
  return {
    ...{ made_at: secondsOf(made), command, tasks, current, energy, money },
    ...{ rows: rows.map(rowBody), budgets: budgets.map(rowBody) },
  };
}

function rowBody({ label, accuracy, samplesPerTask, costs, overGreedy }: MeasuredRow): MeteredRow {
  const { tokens, seconds, joules, money } = costs;
  return {
    ...{ strategy: label, accuracy, samples_per_task: samplesPerTask },
    ...{ tokens: costBody(tokens), seconds: costBody(seconds), money: money && costBody(money) },
    joules: joules && {
      ...{ method: joules.method, low: costBody(joules.low) },
      high: joules.high && costBody(joules.high),
    },
    over_greedy: overGreedy && {
      ...{ difference: overGreedy.difference.estimate, at_least: overGreedy.difference.lower },
      cost_ratio: overGreedy.costRatio,
    },
  };
}

function costBody(cost: CostPerCorrect): MeteredCost {
  return cost.type === 'more-than' ? { type: 'more_than', bound: cost.bound } : cost;
}

function secondsOf(time: string): number {
  return Math.floor(Date.parse(time) / 1_000);
}
