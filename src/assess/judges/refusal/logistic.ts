// Logistic regression with an L2 penalty over sparse features, fitted by full-batch gradient descent with Adam's step
// (Kingma and Ba 2015): no random numbers, so that equal examples in equal order give equal weights.
import type { Features } from './features.ts';

export type LabelledFeatures = {
  readonly features: Features;
  readonly label: boolean;
  readonly weight: number;
};

export type LogisticSettings = {
  /** Weight of half the squared length of the weights, relative to the mean loss. */
  readonly penalty: number;
  readonly iterations: number;
  readonly step: number;
};

export type LogisticModel = { readonly bias: number; readonly weights: Float64Array };

/**
 * Fits the weights of a vector of `length` features, and a bias, which is not penalised.
 *
 * @throws TypeError without examples
 */
export function fitLogistic(
  examples: readonly LabelledFeatures[],
  length: number,
  { penalty, iterations, step }: LogisticSettings,
): LogisticModel {
  if (examples.length === 0) throw new TypeError('fitLogistic: there are no examples');
  const { starts, columns, values, used } = packed(examples, length);
  const shares = weightShares(examples);
  // The last column is the bias.
  const bias = used.length;
  const weights = new Float64Array(bias + 1);
  const gradient = new Float64Array(bias + 1);
  const mean = new Float64Array(bias + 1);
  const square = new Float64Array(bias + 1);
  for (let iteration = 1; iteration <= iterations; iteration++) {
    for (let column = 0; column < bias; column++) gradient[column] = penalty * weights[column]!;
    gradient[bias] = 0;
    for (let row = 0; row < examples.length; row++) {
      const start = starts[row]!;
      const end = starts[row + 1]!;
      let logit = weights[bias]!;
      for (let k = start; k < end; k++) logit += weights[columns[k]!]! * values[k]!;
      const error = (sigmoid(logit) - (examples[row]!.label ? 1 : 0)) * shares[row]!;
      for (let k = start; k < end; k++) gradient[columns[k]!]! += error * values[k]!;
      gradient[bias]! += error;
    }
    const rate = (step * Math.sqrt(1 - 0.999 ** iteration)) / (1 - 0.9 ** iteration);
    for (let column = 0; column <= bias; column++) {
      const slope = gradient[column]!;
      mean[column] = 0.9 * mean[column]! + 0.1 * slope;
      square[column] = 0.999 * square[column]! + 0.001 * slope * slope;
      weights[column]! -= (rate * mean[column]!) / (Math.sqrt(square[column]!) + 1e-8);
    }
  }
  const all = new Float64Array(length);
  used.forEach((feature, column) => {
    all[feature] = weights[column]!;
  });
  return { bias: weights[bias]!, weights: all };
}

/** The probability that the label is true. */
export function probabilityOf(
  { bias, weights }: { readonly bias: number; readonly weights: ArrayLike<number> },
  { indices, values }: Features,
): number {
  let logit = bias;
  for (let k = 0; k < indices.length; k++) logit += weights[indices[k]!]! * values[k]!;
  return sigmoid(logit);
}

/** All rows in sequence, over the features that occur. */
function packed(
  examples: readonly LabelledFeatures[],
  length: number,
): {
  readonly starts: Int32Array;
  readonly columns: Int32Array;
  readonly values: Float64Array;
  /** The feature of each column. */
  readonly used: readonly number[];
} {
  const total = examples.reduce((sum, { features }) => sum + features.indices.length, 0);
  const starts = new Int32Array(examples.length + 1);
  const columns = new Int32Array(total);
  const values = new Float64Array(total);
  const columnOf = new Int32Array(length).fill(-1);
  const used: number[] = [];
  let at = 0;
  examples.forEach(({ features }, row) => {
    for (let k = 0; k < features.indices.length; k++) {
      const feature = features.indices[k]!;
      if (columnOf[feature] === -1) columnOf[feature] = used.push(feature) - 1;
      columns[at] = columnOf[feature]!;
      values[at++] = features.values[k]!;
    }
    starts[row + 1] = at;
  });
  return { starts, columns, values, used };
}

function weightShares(examples: readonly LabelledFeatures[]): Float64Array {
  const total = examples.reduce((sum, { weight }) => sum + weight, 0);
  return Float64Array.from(examples, ({ weight }) => weight / total);
}

function sigmoid(logit: number): number {
  return 1 / (1 + Math.exp(-logit));
}
