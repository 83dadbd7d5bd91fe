// Whether numbers are spread as uniform ones are: Kolmogorov's test, with Stephens' correction (1970) for their count.

/**
 * @param values in [0, 1], ten or more
 * @param ranksAmong the size of the sample that they are ranks in; numbers of their own without one
 * @returns the largest distance of their distribution function from the uniform one, and how often one as large comes by chance
 * @throws TypeError for fewer
 */
export function uniformityTest(
  values: readonly number[],
  ranksAmong: number = Number.POSITIVE_INFINITY,
): { readonly distance: number; readonly p: number } {
  const count = values.length;
  if (count < 10) throw new TypeError(`uniformityTest: ${count} values`);
  const distance = values
    .toSorted((a, b) => a - b)
    .reduce((most, value, index) => Math.max(most, value - index / count, (index + 1) / count - value), 0);
  // Of two samples (Smirnov), as many as their harmonic mean has.
  const root = Math.sqrt(count / (1 + count / ranksAmong));
  return { distance, p: kolmogorovTail((root + 0.12 + 0.11 / root) * distance) };
}

/** P(K > x) of Kolmogorov's distribution. */
function kolmogorovTail(x: number): number {
  // Below, the series wants ever more terms, and says 1.
  if (x < 0.2) return 1;
  let sum = 0;
  for (let term = 1; term <= 100; term++) sum += (term % 2 === 1 ? 2 : -2) * Math.exp(-2 * (term * x) ** 2);
  return Math.min(1, Math.max(0, sum));
}
