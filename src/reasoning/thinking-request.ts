// How much a turn may think, out of whatever a request says about it: one rule for all dialects.
import type { Effort } from '../engine/index.ts';
import type { Thinking } from '../formats/index.ts';

export type ThinkingRequest = {
  readonly mode: Thinking;
  /** Most tokens the model may think, without what makes it stop; null: what the answer's reserve leaves. */
  readonly budget: number | null;
  /**
   * The level that `budget` stands for: where a server knows it, the level alone has to be kept. Absent: none was asked
   * for, or a number counts more.
   */
  readonly effort?: Effort;
};

/** The levels of OpenAI's `reasoning_effort` and of Ollama's `think`, as tokens; null: no limit of its own. */
const effortBudgets: Readonly<Record<Effort, number | null>> = {
  none: 0,
  minimal: 512,
  low: 2048,
  medium: 8192,
  high: 24_576,
  xhigh: 65_536,
  max: null,
};

export type { Effort };

export const efforts: readonly Effort[] = Object.keys(effortBudgets) as Effort[];

/** What a dialect may say; a member that is absent was not said. */
export type ThinkingOptions = {
  readonly effort?: Effort;
  /** Null: as much as it takes. */
  readonly maxThinkingTokens?: number | null;
  readonly enabled?: boolean;
};

/**
 * A number of tokens counts more than a level, `enabled: false` more than both. Nobody gets more than the model's own
 * budget, because that is what the model was admitted with.
 *
 * @param modelBudget most thinking tokens of the served model; null: no limit
 * @example
 * import { thinkingRequestOf } from './src/reasoning/thinking-request.ts';
 * thinkingRequestOf({ effort: 'low' }, 1000); // → { mode: 'open', budget: 1000 }
 * thinkingRequestOf({ maxThinkingTokens: 0 }, null); // → { mode: 'closed', budget: 0 }
 */
export function thinkingRequestOf(options: ThinkingOptions, modelBudget: number | null): ThinkingRequest {
  const budget = smaller(options.enabled === false ? 0 : requestedBudget(options), modelBudget);
  const level = levelOf(options);
  const keepsLevel = level !== undefined && budget !== 0 && budget === effortBudgets[level];
  return { mode: budget === 0 ? 'closed' : 'open', budget, ...(keepsLevel && { effort: level }) };
}

/** An eighth of the room, at least 16 and at most 1,024 tokens, but never more than half. */
const reserveShare = 1 / 8;
const [minReserve, maxReserve] = [16, 1024];

/**
 * Tokens that are kept for the answer.
 *
 * @param room tokens that the completion can have: what was asked for, where the context holds that much behind the
 *   prompt. A limit above it changes nothing.
 */
export function answerReserveOf(room: number): number {
  const share = Math.min(Math.max(Math.ceil(room * reserveShare), minReserve), maxReserve);
  return Math.min(share, Math.ceil(room / 2));
}

function requestedBudget(options: ThinkingOptions): number | null {
  if (options.maxThinkingTokens !== undefined) return options.maxThinkingTokens;
  const level = levelOf(options);
  return level === undefined ? null : effortBudgets[level];
}

function levelOf({ effort, maxThinkingTokens }: ThinkingOptions): Effort | undefined {
  return maxThinkingTokens === undefined ? effort : undefined;
}

function smaller(one: number | null, other: number | null): number | null {
  if (one === null || other === null) return one ?? other;
  return Math.min(one, other);
}
