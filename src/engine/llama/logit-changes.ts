// How a request's biases and penalties change the logits before the next token is drawn. Biases, and the penalties that
// are subtracted, are sums; the one that divides comes after them, over prompt and completion, as servers have it.
import type { Sampling } from '../engine.ts';

export type LogitChanges = {
  /** What is added to the logits of tokens, by id. */
  readonly added: ReadonlyMap<number, number>;
  /** Divides logits above zero and multiplies those below; 1 for no token. */
  readonly repetitionPenalty: number;
  /** Those that it is for, in the order in which they came. */
  readonly occurred: readonly number[];
};

export type LogitShaper = {
  /** A token of the completion, whoever wrote it. */
  readonly take: (token: number) => void;
  /** For the next token. Undefined where the logits stay as they are. */
  readonly changes: () => LogitChanges | undefined;
};

type ShapingOption = 'repetitionPenalty' | 'presencePenalty' | 'frequencyPenalty' | 'logitBias';

type ShapingOptions = { readonly [Option in ShapingOption]?: Sampling[Option] | undefined };

/** @param prompt its tokens. */
export function createLogitShaper(
  { repetitionPenalty = 1, presencePenalty = 0, frequencyPenalty = 0, logitBias = [] }: ShapingOptions,
  prompt: readonly number[],
): LogitShaper {
  const subtracts = presencePenalty !== 0 || frequencyPenalty !== 0;
  const repeats = repetitionPenalty !== 1;
  const added = new Map(logitBias);
  const occurred = repeats ? [...prompt] : [];
  const counts = new Map<number, number>();
  return {
    take: (token) => {
      if (repeats) occurred.push(token);
      if (!subtracts) return;
      const count = counts.get(token) ?? 0;
      counts.set(token, count + 1);
      const penalty = (count === 0 ? presencePenalty : 0) + frequencyPenalty;
      added.set(token, (added.get(token) ?? 0) - penalty);
    },
    changes: () =>
      subtracts || repeats || added.size > 0 ? { added, repetitionPenalty, occurred } : undefined,
  };
}
