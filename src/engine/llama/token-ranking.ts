// Log-probabilities as the model gives them: of one token and of the likeliest.

/** Sampling looks at this many of the likeliest tokens; sorting a vocabulary of 150,000 would cost 10 ms a token. */
export const mostCandidates = 1024;

export type TokenLogProbability = { readonly token: number; readonly logProbability: number };

export type Ranking = {
  /** Natural logarithm; at most 0. */
  readonly logProbability: number;
  /** In falling order; of equals the lower token first. */
  readonly likeliest: readonly TokenLogProbability[];
};

/**
 * @param logits of all tokens; one at least is finite.
 * @param count how many of the likeliest.
 */
export function rankToken(logits: Float32Array, token: number, count: number): Ranking {
  let largest = Number.NEGATIVE_INFINITY;
  for (const logit of logits) if (logit > largest) largest = logit;
  let weight = 0;
  for (const logit of logits) weight += Math.exp(logit - largest);
  const normaliser = largest + Math.log(weight);
  const logProbabilityOf = (id: number): number => Math.min(0, (logits[id] as number) - normaliser);
  return {
    logProbability: logProbabilityOf(token),
    likeliest: largestOf(logits, count).map((id) => ({ token: id, logProbability: logProbabilityOf(id) })),
  };
}

/** Indices of the largest values, by insertion: there are few of them. Those of minus infinity are none. */
function largestOf(values: Float32Array, count: number): readonly number[] {
  const best: number[] = [];
  let least = Number.NEGATIVE_INFINITY;
  for (let index = 0; index < values.length && count > 0; index++) {
    const value = values[index] as number;
    if (value <= least) continue;
    let place = best.length;
    while (place > 0 && (values[best[place - 1] as number] as number) < value) place--;
    best.splice(place, 0, index);
    if (best.length > count) best.pop();
    if (best.length === count) least = values[best[count - 1] as number] as number;
  }
  return best;
}
