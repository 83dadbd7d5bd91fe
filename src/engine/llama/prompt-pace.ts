// How many prompt tokens a step takes. A step can be broken off, so that this bounds nothing but the gap that those who
// are decoding beside it have between two of their tokens.

/** Tokens of a step; larger ones gain little and cost memory with large vocabularies. */
export const batchTokens = 128;

/** Where others decode, a step with prompts takes about so long, in milliseconds. */
const sharedStepMs = 150;
/** Fewer tokens take hardly less time: the weights are read for any number. */
export const leastTokens = 16;
/** Those of so many steps are looked at: the machine disturbs single ones. */
const remembered = 5;

export type PromptPace = {
  /** @param shared whether others decode in the same step. */
  readonly room: (shared: boolean) => number;
  /** Milliseconds that a step of so many prompt tokens takes; undefined as long as nothing is known of it. */
  readonly expected: (tokens: number) => number | undefined;
  /** A step took so many prompt tokens and so many milliseconds. */
  readonly took: (tokens: number, milliseconds: number) => void;
};

/** @param most tokens of a step. */
export function createPromptPace(most: number): PromptPace {
  /** Milliseconds for a token. */
  let costs: readonly number[] = [];
  const cost = (): number | undefined => costs.toSorted((one, other) => one - other)[costs.length >> 1];
  return {
    expected: (tokens) => {
      const known = cost();
      return known === undefined ? undefined : known * tokens;
    },
    room: (shared) => {
      const known = cost();
      if (!shared || known === undefined) return most;
      return Math.max(Math.min(leastTokens, most), Math.min(most, Math.floor(sharedStepMs / known)));
    },
    took: (tokens, milliseconds) => {
      if (tokens >= Math.min(leastTokens, most)) costs = [...costs, milliseconds / tokens].slice(-remembered);
    },
  };
}
