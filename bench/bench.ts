// What every bench answers. A ratio compares two sides measured in alternating rounds of one run and is the median.

export type BenchResult = {
  /** `null` where a side is not installed. */
  readonly ratios: Readonly<Record<string, number | null>>;
  readonly figures: Readonly<Record<string, number | null>>;
  readonly rounds: number;
};

/** The middle value, the upper one of two. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] as number;
}

/** Rounded to three significant digits, which is more than a shared machine gives. */
export function rounded(value: number): number {
  return Number(value.toPrecision(3));
}
