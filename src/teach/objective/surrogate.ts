// The clipped surrogate of PPO (Schulman et al. 2017) as GRPO uses it, with the published corrections: asymmetric bounds (DAPO,
// Yu et al. 2025), a bound on the ratio of bad tokens from either side (INTELLECT-2; dual clip, Ye et al. 2020).

/** Bounds on the ratio of new to old probability. */
export type Clip = {
  /** The ratio counts down to 1 − low. */
  readonly low: number;
  /** The ratio counts up to 1 + high. */
  readonly high: number;
  /** INTELLECT-2's δ, an upper bound of the ratio itself, also for negative advantages. INTELLECT-2 uses 4. */
  readonly twoSided?: number | undefined;
  /** Dual clip's c: with a negative advantage the loss is at most −c · advantage. 3 in verl. */
  readonly dual?: number | undefined;
};

export type Surrogate = {
  readonly loss: number;
  /** dLoss/dRatio, which is 0 where a bound applies. */
  readonly slope: number;
};

/** −min(ratio · A, clip(ratio) · A), with the optional bounds. */
export function clippedSurrogate(ratio: number, advantage: number, clip: Clip): Surrogate {
  const { low, high, twoSided = Number.POSITIVE_INFINITY, dual } = clip;
  const free = -Math.min(ratio, twoSided) * advantage;
  const bounded = -Math.min(Math.max(ratio, 1 - low), 1 + high) * advantage;
  const isFree = free >= bounded && ratio <= twoSided;
  const loss = Math.max(free, bounded);
  const ceiling = dual === undefined || advantage >= 0 ? Number.POSITIVE_INFINITY : -dual * advantage;
  if (loss > ceiling) return { loss: ceiling, slope: 0 };
  return { loss, slope: isFree ? -advantage : 0 };
}

/** GSPO's ratio of a sequence (Zheng et al. 2025): the geometric mean of its tokens' ratios. */
export function sequenceRatio(logRatios: readonly number[]): number {
  return Math.exp(logRatios.reduce((sum, logRatio) => sum + logRatio, 0) / logRatios.length);
}
