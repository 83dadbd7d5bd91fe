// How token losses are aggregated: the weight of each token of a completion.

/**
 * `sample-mean`: every completion has the same weight (GRPO). `token-mean`: every token has (DAPO). `constant`: every token
 * has the same weight whatever the batch, so that a long completion is not discounted (Dr. GRPO).
 */
export type Aggregation = 'sample-mean' | 'token-mean' | 'constant';

/**
 * The weight of each token of each completion; a loss is the sum of weight × token loss.
 *
 * @param lengths tokens of each completion
 * @param maxLength the most tokens a completion may have: the length that `constant` divides by
 */
export function tokenWeights(
  lengths: readonly number[],
  aggregation: Aggregation,
  maxLength: number,
): readonly number[] {
  const total = lengths.reduce((sum, length) => sum + length, 0);
  return lengths.map((length) => {
    if (aggregation === 'token-mean') return 1 / total;
    return 1 / (lengths.length * (aggregation === 'constant' ? maxLength : Math.max(1, length)));
  });
}
