// Divergences between distributions over tokens: Schulman's estimators of KL from single samples (2020), the exact sums,
// and the generalised Jensen–Shannon divergence of GKD (Agarwal et al. 2024).

/** Beyond this distance of log-probabilities an estimate is meaningless and would overflow; verl's bound. */
const maxDelta = 20;

/** k1: unbiased, high variance. `delta` = log p_reference − log p_new, as below. */
export function k1(delta: number): number {
  return -delta;
}

/** k2: biased, low variance. */
export function k2(delta: number): number {
  return delta ** 2 / 2;
}

/** k3: unbiased, low variance, never negative. */
export function k3(delta: number): number {
  const near = Math.max(-maxDelta, Math.min(maxDelta, delta));
  return Math.exp(near) - near - 1;
}

/** dk3/d(log p_new). */
export function k3Slope(delta: number): number {
  return Math.abs(delta) > maxDelta ? 0 : 1 - Math.exp(delta);
}

/** KL(p ‖ q) in nats. */
export function klDivergence(p: ArrayLike<number>, q: ArrayLike<number>): number {
  let sum = 0;
  for (let token = 0; token < p.length; token++) {
    const probability = p[token] as number;
    if (probability > 0) sum += probability * Math.log(probability / (q[token] as number));
  }
  return sum;
}

/**
 * GKD's D_β = β KL(T ‖ M) + (1 − β) KL(S ‖ M) with M = βT + (1 − β)S; its limits are KL(T ‖ S) at β = 0 and KL(S ‖ T)
 * at β = 1.
 */
export function generalisedDivergence(
  teacher: ArrayLike<number>,
  student: ArrayLike<number>,
  beta: number,
): number {
  if (beta === 0) return klDivergence(teacher, student);
  if (beta === 1) return klDivergence(student, teacher);
  const mixture = Array.from(
    teacher,
    (probability, token) => beta * probability + (1 - beta) * (student[token] as number),
  );
  return beta * klDivergence(teacher, mixture) + (1 - beta) * klDivergence(student, mixture);
}
