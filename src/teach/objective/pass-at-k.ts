// Unbiased pass@k (Chen et al. 2021): the probability that k of n completions, drawn without replacement, include a right one.

/**
 * 1 − C(n − c, k) / C(n, k), as a product that does not overflow.
 *
 * @param samples n completions of one problem, `correct` of them right; k at most n
 */
export function passAtK(count: {
  readonly samples: number;
  readonly correct: number;
  readonly k: number;
}): number {
  const { samples, correct, k } = count;
  // With fewer than k wrong completions one of the factors is 0.
  let allWrong = 1;
  for (let drawn = 0; drawn < k; drawn++) allWrong *= (samples - correct - drawn) / (samples - drawn);
  return 1 - allWrong;
}
