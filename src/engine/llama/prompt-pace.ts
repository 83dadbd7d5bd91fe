// How many prompt tokens a step takes. A step can be broken off, so that this bounds nothing but the gap that those who
// are decoding beside it have between two of their tokens.
import { createTimeShare } from './time-share.ts';

/** Tokens of an ordinary step, and most of a small model's: larger ones are hardly cheaper a token. */
export const batchTokens = 128;

/** Most tokens of a large model's step: prompts that come at once are read with one look at the weights. */
export const largeBatchTokens = 512;

/** Where nobody decodes, a step takes about so long, in milliseconds: threads meet less often in a few large ones. */
const aloneStepMs = 1000;
/** Where others decode, a step with prompts takes about so long, in milliseconds. */
const sharedStepMs = 150;
/**
 * What each prompt that waits may cost those who decode, all of them together, in milliseconds. Read in small parts, prompts
 * that come at once would begin to decode one after the other, in steps that are never full.
 */
const waitedForPromptMs = 250;
/** Fewer tokens take hardly less time: the weights are read for any number. */
export const leastTokens = 16;
/** Those of so many steps are looked at: the machine disturbs single ones. */
const remembered = 5;

export type Demand = {
  /** Generations that decode in the same step. */
  readonly decoding: number;
  /** Tokens that are left of each prompt. */
  readonly rests: readonly number[];
};

export type PromptPace = {
  /** Most prompt tokens of the next step. */
  readonly room: (demand: Demand) => number;
  /** Milliseconds that a step of so many prompt tokens takes; undefined as long as nothing is known of it. */
  readonly expected: (tokens: number) => number | undefined;
  /** A step took so many prompt tokens, none perhaps, and so many milliseconds. */
  readonly took: (tokens: number, milliseconds: number) => void;
};

/** @param most tokens of a step. */
export function createPromptPace(most: number): PromptPace {
  /** Milliseconds for a token. */
  let costs: readonly number[] = [];
  /** By how much a step was longer than others made up for, before another one may be: the same time of ordinary steps. */
  let longSteps = createTimeShare(1);
  /** The last step's room beside those who decode; all of it where nobody did. */
  let ordinary = most;
  const cost = (): number | undefined => costs.toSorted((one, other) => one - other)[costs.length >> 1];
  return {
    expected: (tokens) => {
      const known = cost();
      return known === undefined ? undefined : known * tokens;
    },
    room: ({ decoding, rests }) => {
      ordinary = most;
      const known = cost();
      const tokensIn = (milliseconds: number): number =>
        known === undefined ? batchTokens : Math.floor(milliseconds / known);
      if (decoding === 0) {
        // Those who waited are gone.
        longSteps = createTimeShare(1);
        // Whoever comes with a short prompt waits for no more of a long one than an ordinary step has room for.
        const short = rests.filter((rest) => rest <= batchTokens).reduce((sum, rest) => sum + rest, 0);
        return Math.min(most, Math.max(batchTokens, short > 0 ? short : tokensIn(aloneStepMs)));
      }
      const shared = Math.min(most, batchTokens);
      if (known === undefined) return shared;
      ordinary = Math.max(Math.min(leastTokens, most), Math.min(shared, tokensIn(sharedStepMs)));
      if (!longSteps.isDue()) return ordinary;
      return Math.max(ordinary, Math.min(most, tokensIn((waitedForPromptMs * rests.length) / decoding)));
    },
    took: (tokens, milliseconds) => {
      if (tokens >= Math.min(leastTokens, most)) costs = [...costs, milliseconds / tokens].slice(-remembered);
      if (tokens > ordinary) longSteps.spend(milliseconds * (1 - ordinary / tokens));
      else longSteps.earn(milliseconds);
    },
  };
}
