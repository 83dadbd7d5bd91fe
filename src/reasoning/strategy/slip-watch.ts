// Watches whether a model is unsure of its own thinking: the mean log-probability of the tokens that it chose, over the last ones.
// A window of one is a slip at a single token; longer ones follow the confidence of groups of tokens (Fu et al., "Deep Think with
// Confidence", 2025), there over the likeliest tokens instead of the chosen one.
import type { StreamPart } from '../parts.ts';
import type { BreakOff } from './strategy.ts';

/** Called with log-probabilities in their order: whether their mean has fallen below the bar. Holds state of one sample. */
export function createSlipWatch({ window, below }: BreakOff): (logProbability: number) => boolean {
  const last: number[] = [];
  let sum = 0;
  return (logProbability) => {
    last.push(logProbability);
    sum += logProbability;
    if (last.length > window) sum -= last.shift() ?? 0;
    return last.length === window && sum / window < below;
  };
}

/** Of the thinking, in the order of its tokens, where log-probabilities were asked for. */
export function thinkingSureness(parts: readonly StreamPart[]): readonly number[] {
  return parts.flatMap((part) =>
    part.type === 'reasoning-delta' && 'tokens' in part
      ? (part.tokens ?? []).map(({ logProbability }) => logProbability)
      : [],
  );
}
