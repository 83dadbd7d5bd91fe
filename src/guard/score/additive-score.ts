// How much an account resembles one that harvests: logistic regression over its features, each with two hinges, so that the
// score is a sum with one part for each feature and can be explained without a model of the model.
import type { Random } from '../../base/index.ts';
import { logistic } from './lexical-score.ts';

export type AdditiveScore = {
  readonly bias: number;
  /** By feature: what it is centred and scaled by, and the weights of the value and of its excess over one and under minus one. */
  readonly terms: readonly Term[];
};

type Term = { readonly centre: number; readonly scale: number; readonly weights: readonly number[] };

export type AccountExample = {
  readonly features: readonly number[];
  readonly isExtraction: boolean;
  readonly weight: number;
};

/** What each feature adds to the log odds, in the order of the features. */
export function contributionsOf(score: AdditiveScore, features: readonly number[]): readonly number[] {
  return score.terms.map(({ centre, scale, weights }, index) => {
    const basis = basisOf((features[index]! - centre) / scale);
    return basis.reduce((sum, value, place) => sum + value * weights[place]!, 0);
  });
}

/** Log odds. */
export function additiveScoreOf(score: AdditiveScore, features: readonly number[]): number {
  return contributionsOf(score, features).reduce((sum, part) => sum + part, score.bias);
}

/** No single feature can outweigh all others: beyond eight deviations it counts as eight. */
function basisOf(value: number): readonly [number, number, number] {
  const bounded = Math.max(-8, Math.min(8, value));
  return [bounded, Math.max(0, bounded - 1), Math.max(0, -bounded - 1)];
}

const epochs = 12;
const decay = 1e-4;

/** @throws TypeError where there is no example */
export function fitAdditiveScore(examples: readonly AccountExample[], random: Random): AdditiveScore {
  if (examples.length === 0) throw new TypeError('fitAdditiveScore: there are no examples');
  const scales = scalesOf(examples.map(({ features }) => features));
  const rows = examples.map(({ features, isExtraction, weight }) => ({
    basis: features.flatMap((value, index) => {
      const { centre, scale } = scales[index]!;
      return basisOf((value - centre) / scale);
    }),
    ...{ isExtraction, weight },
  }));
  const weights = new Float64Array(3 * scales.length);
  let [bias, step] = [0, 0];
  for (let epoch = 0; epoch < epochs; epoch++)
    for (const { basis, isExtraction, weight } of random.shuffle(rows)) {
      const sum = basis.reduce((total, value, index) => total + value * weights[index]!, bias);
      const error = (logistic(sum) - Number(isExtraction)) * weight;
      const rate = 0.03 / (1 + (3 * step++) / rows.length);
      for (const [index, value] of basis.entries())
        weights[index]! -= rate * (error * value + decay * weights[index]!);
      bias -= rate * error;
    }
  return {
    bias,
    terms: scales.map((scale, index) => ({
      ...scale,
      weights: [...weights.slice(3 * index, 3 * index + 3)],
    })),
  };
}

function scalesOf(rows: readonly (readonly number[])[]): readonly Omit<Term, 'weights'>[] {
  return rows[0]!.map((_, index) => {
    const values = rows.map((row) => row[index]!);
    const centre = values.reduce((sum, value) => sum + value, 0) / values.length;
    const variance = values.reduce((sum, value) => sum + (value - centre) ** 2, 0) / values.length;
    return { centre, scale: Math.sqrt(variance) + 1e-4 };
  });
}
