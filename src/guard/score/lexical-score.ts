// How much one prompt resembles prompts of extraction rather than those of honest use: logistic regression over its hashed words
// and pairs of words. It finds what is like the corpora that it was taught, and nothing else; one prompt says little.
import type { Random } from '../../base/index.ts';
import { vocabularySize } from '../features/fourier.ts';
import type { RequestFeatures } from '../features/request-features.ts';

export type LexicalScore = { readonly bias: number; readonly weights: Float32Array };

export type Example = {
  readonly features: Pick<RequestFeatures, 'grams' | 'weights'>;
  readonly isExtraction: boolean;
  /** How much it counts, on average 1. */
  readonly weight: number;
};

/** Log odds, 0 where a prompt resembles both alike. */
export function lexicalScoreOf(
  { bias, weights }: LexicalScore,
  { grams, weights: values }: Pick<RequestFeatures, 'grams' | 'weights'>,
): number {
  let sum = bias;
  for (let index = 0; index < grams.length; index++) sum += weights[grams[index]!]! * values[index]!;
  return sum;
}

const epochs = 8;
const decay = 3e-5;

/** Stochastic gradient descent with a falling step. */
export function trainLexicalScore(examples: readonly Example[], random: Random): LexicalScore {
  const score = { bias: 0, weights: new Float32Array(vocabularySize) };
  let step = 0;
  for (let epoch = 0; epoch < epochs; epoch++)
    for (const { features, isExtraction, weight } of random.shuffle(examples)) {
      const error = (logistic(lexicalScoreOf(score, features)) - Number(isExtraction)) * weight;
      const rate = 2 / (1 + step++ / examples.length);
      const { grams, weights: values } = features;
      for (let index = 0; index < grams.length; index++) {
        const gram = grams[index]!;
        score.weights[gram]! -= rate * (error * values[index]! + decay * score.weights[gram]!);
      }
      score.bias -= 0.1 * rate * error;
    }
  return score;
}

export function logistic(value: number): number {
  return 1 / (1 + Math.exp(-value));
}
