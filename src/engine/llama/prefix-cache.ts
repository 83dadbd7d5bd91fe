// Which sequence a newcomer gets and what of an earlier prompt it takes over. What was computed for one cache scope is
// never used for another: the time of an answer would tell what the other one had asked.

/** A sequence of the context and what its cache holds. */
export type CachedSequence = {
  /** Whose tokens they are; null when nobody may reuse them. */
  readonly cacheScope: string | null;
  /** The tokens that have been evaluated. */
  readonly tokens: readonly number[];
  readonly busy: boolean;
  /** Rises with every use. */
  readonly usedAt: number;
};

export type Placement = {
  /** The sequence to use; not busy. */
  readonly target: number;
  /** The sequence that holds the begin of the prompt already, which may be the target itself. */
  readonly source: number;
  /** How many tokens of the source to keep; the last token of the prompt is always evaluated anew. */
  readonly reusable: number;
};

/** Copying between sequences is worth it from here on. */
const leastCopied = 32;

/**
 * Takes, of the free sequences, one that keeps the busy ones free of gaps, since llama.cpp reads the weights again
 * after each gap; of these the one that shares the longest begin with the prompt, then an empty one, then the one that
 * was used longest ago.
 *
 * @param sequences at least one is not busy.
 */
export function placeSequence(
  sequences: readonly CachedSequence[],
  prompt: readonly number[],
  cacheScope: string | null,
): Placement {
  const shared = sequences.map((sequence) =>
    cacheScope !== null && sequence.cacheScope === cacheScope
      ? Math.min(sharedLength(sequence.tokens, prompt), prompt.length - 1)
      : 0,
  );
  const free = [...sequences.keys()].filter((index) => !(sequences[index] as CachedSequence).busy);
  const rank = (index: number): readonly number[] => {
    const { tokens, usedAt } = sequences[index] as CachedSequence;
    return [runs(sequences, index), -(shared[index] as number), tokens.length === 0 ? 0 : 1, usedAt, index];
  };
  const target = free.reduce((best, index) => (isBefore(rank(index), rank(best)) ? index : best));
  const own = shared[target] as number;
  const longest = shared.indexOf(Math.max(...shared));
  return (shared[longest] as number) >= own + leastCopied
    ? { target, source: longest, reusable: shared[longest] as number }
    : { target, source: target, reusable: own };
}

/** Stretches of neighbouring busy sequences once `added` is busy too. */
function runs(sequences: readonly CachedSequence[], added: number): number {
  const busy = sequences.map((sequence, index) => sequence.busy || index === added);
  return busy.filter((now, index) => now && !busy[index - 1]).length;
}

/** How many tokens two texts begin with in common. */
export function sharedLength(a: readonly number[], b: readonly number[]): number {
  let length = 0;
  while (length < a.length && a[length] === b[length]) length++;
  return length;
}

function isBefore(a: readonly number[], b: readonly number[]): boolean {
  const index = a.findIndex((value, place) => value !== b[place]);
  return index >= 0 && (a[index] as number) < (b[index] as number);
}
