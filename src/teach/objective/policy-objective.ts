// The loss of a policy over sampled completions and its derivative by each token's log-probability: surrogate by token or
// by sequence, plus a KL term to a frozen reference. The tape needs only the derivatives.
import { k3, k3Slope } from './divergence.ts';
import { type Clip, clippedSurrogate, sequenceRatio } from './surrogate.ts';

/** A completion's span [start, end) of the flat arrays, its advantage and the weight of each of its tokens. */
export type SequenceSpan = {
  readonly start: number;
  readonly end: number;
  readonly advantage: number;
  readonly weight: number;
};

export type PolicySettings = {
  /** One ratio per token (GRPO) or per sequence (GSPO). */
  readonly ratio: 'token' | 'sequence';
  readonly clip: Clip;
  /** β: weight of k3 to the reference. */
  readonly klWeight: number;
};

/** Log-probabilities of the completions' tokens, [tokens] each. */
export type PolicyTokens = {
  readonly current: Float32Array;
  /** Log-probabilities at the time of sampling. */
  readonly old: Float32Array;
  /** Log-probabilities by the frozen reference; undefined without a KL term. */
  readonly reference: Float32Array | undefined;
};

export type PolicyLoss = {
  readonly loss: number;
  /** dLoss/d(log-probability), [tokens] */
  readonly coefficients: Float32Array;
  /** Tokens whose surrogate has slope 0 because a bound applies. */
  readonly clippedTokens: number;
  /** Sum of k3 over all tokens; 0 without a reference. */
  readonly klSum: number;
};

/** The loss over the spans; tokens between them do not count. */
export function policyObjective(
  sequences: readonly SequenceSpan[],
  tokens: PolicyTokens,
  settings: PolicySettings,
): PolicyLoss {
  const coefficients = new Float32Array(tokens.current.length);
  const logRatio = (token: number): number =>
    (tokens.current[token] as number) - (tokens.old[token] as number);
  let loss = 0;
  let clippedTokens = 0;
  let klSum = 0;
  for (const { start, end, advantage, weight } of sequences) {
    const stretch = Array.from({ length: end - start }, (_, offset) => logRatio(start + offset));
    const shared = settings.ratio === 'sequence' ? sequenceRatio(stretch) : undefined;
    for (let token = start; token < end; token++) {
      const ratio = shared ?? Math.exp(stretch[token - start] as number);
      const surrogate = clippedSurrogate(ratio, advantage, settings.clip);
      loss += weight * surrogate.loss;
      // By sequence, d(ratio)/d(log-probability) is ratio / length, and the sequence's loss weighs length × weight.
      coefficients[token] = weight * surrogate.slope * ratio;
      if (surrogate.slope === 0 && advantage !== 0) clippedTokens += 1;
      if (tokens.reference === undefined) continue;
      const delta = (tokens.reference[token] as number) - (tokens.current[token] as number);
      loss += settings.klWeight * weight * k3(delta);
      coefficients[token] = (coefficients[token] as number) + settings.klWeight * weight * k3Slope(delta);
      klSum += k3(delta);
    }
  }
  return { loss, coefficients, clippedTokens, klSum };
}
