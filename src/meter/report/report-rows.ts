// The rows of a report, out of what was drawn: the controls that every saving is held against (one reply at temperature 0, one sample,
// fixed numbers of samples), what was selected, and what else could have been.
import { canonicalJson, type Json, type Random } from '../../base/index.ts';
import { describeStrategy, type Strategy } from '../../reasoning/index.ts';
import { wilsonInterval } from '../../stats/index.ts';
import type { Calibration } from '../calibration/calibration.ts';
import { sampleCandidates } from '../calibration/candidates.ts';
import { costRow, type Rates } from '../cost/resources.ts';
import { compareWithBaseline } from '../strategies/compare.ts';
import type { DrawnPools } from '../strategies/draw-pools.ts';
import { replay } from '../strategies/replay.ts';
import type { MeasuredRow } from './measured-report.ts';

export type DrawnReport = Pick<DrawnPools, 'pools' | 'probing'> & {
  readonly rates: Rates;
  readonly random: Random;
};

/** Those of the calibration first: the reply at temperature 0, what was selected, and all samples. */
export function reportRows(
  { selected, samples, margin, checker }: Pick<Calibration, 'selected' | 'samples' | 'margin' | 'checker'>,
  drawn: DrawnReport,
): readonly MeasuredRow[] {
  const fixed = fixedNumbers
    .filter((most) => most < samples)
    .map((most): Strategy => ({ type: 'vote', most, rule: { type: 'all' } }));
  const strategies: readonly Strategy[] = [
    { type: 'greedy' },
    selected,
    { type: 'vote', most: samples, rule: { type: 'all' } },
    { type: 'plain' },
    ...fixed,
    ...sampleCandidates(samples, checker !== null),
  ];
  const rowOf = rowMaker(drawn, margin);
  return [...new Map(strategies.map((each) => [canonicalJson(each as unknown as Json), each])).values()].map(
    rowOf,
  );
}

const fixedNumbers = [2, 4, 8];

/** The reply at temperature 0 by budgets of thinking, from few tokens to all; none where the thinking was not probed. */
export function budgetRows(drawn: DrawnReport, margin: number): readonly MeasuredRow[] {
  const { probing } = drawn;
  if (probing === undefined) return [];
  const caps = Array.from({ length: probing.maxProbes }, (_, index): Strategy => {
    return { type: 'cap', budget: (index + 1) * probing.every };
  });
  return [...caps, { type: 'greedy' } as const].map(rowMaker(drawn, margin));
}

function rowMaker(
  { pools, rates, random }: DrawnReport,
  margin: number,
): (strategy: Strategy) => MeasuredRow {
  const greedy = replay({ type: 'greedy' }, pools, random);
  return (strategy) => {
    const results = strategy.type === 'greedy' ? greedy : replay(strategy, pools, random);
    const { accuracy, samplesPerTask, difference, costRatio } = compareWithBaseline(
      results,
      greedy,
      margin,
      random,
    );
    const { lower, upper } = wilsonInterval(Math.round(accuracy * pools.length), pools.length);
    const isKnown = Number.isFinite(costRatio.estimate) && Number.isFinite(costRatio.upper);
    return {
      ...{ strategy, label: describeStrategy(strategy), samplesPerTask, costs: costRow(results, rates) },
      accuracy: { estimate: accuracy, lower, upper },
      overGreedy:
        strategy.type === 'greedy'
          ? null
          : {
              difference: { estimate: difference.estimate, lower: difference.lower },
              costRatio: isKnown ? costRatio : null,
            },
    };
  };
}
