// Tests the claim that a true rate lies below, or above, a threshold from cluster values, while the judge's error rates are known by labels.
// For every observed rate that the threshold may show as, what labels say against it (label-evidence.ts) times what the trials
// say against it (stats/rate-test.ts) is evidence that may be looked at after every cluster; the least of them is what there is
// against all. Where labels do not allow for that, the worst corner of their bounds stands for them (judge-standing.ts).
import { anytimeUpperBound, type RateTest, testRate } from '../../stats/index.ts';
import { type JudgeStanding, observedAtThreshold, trueBound } from './judge-standing.ts';
import { labelEvidence, type ObservedRate } from './label-evidence.ts';
import type { ClusterValue } from './observation.ts';
import { observedRates } from './observed-rates.ts';
import type { RateCriterion } from './policy.ts';

export type Direction = 'below' | 'above';

export type ClaimTest = {
  readonly add: (value: ClusterValue) => void;
  /** The inverse of the e-value, a p-value whenever it is read. */
  readonly pValue: () => number;
};

/** The observed rates between two edges: evidence of labels at the upper, trials are tested against the lower. */
type Cell = { readonly from: number; readonly labels: number };

/** What labels say, for clusters that have every language of the criterion equally often, and for any others. */
export type LabelGrid = { readonly balanced: readonly Cell[]; readonly any: () => readonly Cell[] };

/** Null where the worst corner decides. */
function labelGrid(
  criterion: RateCriterion,
  standing: JudgeStanding,
  direction: Direction,
): LabelGrid | null {
  const { labelled, whole } = standing;
  if (labelled === null) return null;
  const cells = (balanced: boolean): readonly Cell[] =>
    cellsOf(observedRates(criterion, labelled, { direction, balanced }), whole);
  return { balanced: cells(true), any: () => cells(false) };
}

/** Grids of both directions, worked out once for all tests of a criterion. */
export type ClaimGrids = Readonly<Record<Direction, LabelGrid | null>>;

export function claimGrids(criterion: RateCriterion, standing: JudgeStanding): ClaimGrids {
  return {
    below: labelGrid(criterion, standing, 'below'),
    above: labelGrid(criterion, standing, 'above'),
  };
}

export function claimTest(
  criterion: RateCriterion,
  standing: JudgeStanding,
  direction: Direction,
  { [direction]: grid }: ClaimGrids,
): ClaimTest {
  const towards = (value: ClusterValue): number => (direction === 'below' ? value.highest : 1 - value.lowest);
  if (grid === null) {
    const { lower, upper } = observedAtThreshold(criterion, standing);
    const test = testRate('below', direction === 'below' ? lower : 1 - upper);
    return {
      add: (value) => test.add(towards(value)),
      pValue: () => pValueOf(test.logEvidence()),
    };
  }
  const open = (cells: readonly Cell[]): readonly CellTest[] =>
    cells.map((cell) => ({ cell, test: testRate('below', cell.from), most: cell.labels }));
  const look = (value: ClusterValue): void => {
    for (const each of tests) {
      each.test.add(towards(value));
      each.most = Math.max(each.most, each.cell.labels + each.test.logEvidence());
    }
  };
  // What was refuted at any time stays refuted, as long as all clusters so far have all languages equally often.
  let tests = open(grid.balanced);
  let unbalanced = false;
  const before: ClusterValue[] = [];
  return {
    add: (value) => {
      if (!value.balanced && !unbalanced) {
        unbalanced = true;
        tests = open(grid.any());
        before.forEach(look);
      }
      if (!unbalanced) before.push(value);
      look(value);
    },
    pValue: () => pValueOf(Math.min(...tests.map(({ most }) => most))),
  };
}

type CellTest = { readonly cell: Cell; readonly test: RateTest; most: number };

function pValueOf(logEvidence: number): number {
  return Math.min(1, Math.exp(-logEvidence));
}

/**
 * The true rate that the claim leaves possible, with the risk of its test: the one farthest from the claim's side that is not refuted.
 *
 * @param risk of the test of the trials where the worst corner decides; the whole risk otherwise
 */
export function boundOfClaim(
  criterion: RateCriterion,
  standing: JudgeStanding,
  values: readonly ClusterValue[],
  risk: number,
): number {
  const upper = criterion.side === 'at-most';
  const towards = values.map((value) => (upper ? value.highest : 1 - value.lowest));
  const { labelled } = standing;
  if (labelled === null) {
    const reached = anytimeUpperBound(towards, 1 - risk);
    return trueBound(criterion, standing, upper ? reached : 1 - reached);
  }
  const direction = upper ? 'below' : 'above';
  const balanced = values.every((value) => value.balanced);
  const needed = -Math.log(risk);
  const isRefuted = (threshold: number): boolean => {
    const rates = observedRates({ ...criterion, threshold }, labelled, { direction, balanced });
    return cellsOf(rates, risk).every(
      ({ from, labels }) => labels >= needed || labels + evidenceOf(towards, from) >= needed,
    );
  };
  let [refuted, possible] = upper ? [1, 0] : [0, 1];
  if (!isRefuted(refuted)) return refuted;
  for (let halving = 0; halving < boundSteps; halving++) {
    const middle = (refuted + possible) / 2;
    if (isRefuted(middle)) refuted = middle;
    else possible = middle;
  }
  return refuted;
}

const boundSteps = 12;

function evidenceOf(values: readonly number[], rate: number): number {
  const test = testRate('below', rate);
  for (const value of values) test.add(value);
  return test.logEvidence();
}

const cellsOfGrid = 24;

/** Evidence beyond what is needed that is told apart, for claims about many categories. */
const reserve = 5;

/** Cells from where labels alone refute whatever is asked to where they say nothing. */
function cellsOf(rates: readonly ObservedRate[], risk: number): readonly Cell[] {
  const labelsAt = (rate: number): number => Math.min(...rates.map((one) => labelEvidence(one, rate)));
  const from = rateWhere((rate) => labelsAt(rate) < reserve - Math.log(risk));
  const to = rateWhere((rate) => labelsAt(rate) <= leastEvidence);
  const edges = Array.from(
    { length: cellsOfGrid + 1 },
    (_, index) => from + ((to - from) * index) / cellsOfGrid,
  );
  return [
    ...edges
      .slice(0, -1)
      .map((edge, index) => ({ from: edge, labels: labelsAt(edges[index + 1] as number) })),
    { from: Math.min(to, highestRate), labels: labelsAt(1) },
  ];
}

/** Little more than what is not bet. */
const leastEvidence = -1.5;
const highestRate = 1 - 1e-9;

/** The rate up to which a condition does not hold, from below. */
function rateWhere(holds: (rate: number) => boolean): number {
  let [low, high] = [0, 1];
  if (holds(low)) return low;
  for (let halving = 0; halving < 10; halving++) {
    const middle = (low + high) / 2;
    if (holds(middle)) high = middle;
    else low = middle;
  }
  return low;
}
