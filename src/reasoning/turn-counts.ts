// What a turn has counted, and what follows from it: the room that is left, why thinking has to end, what was used. Pure:
// every count is a value that the next one is made of.
import type { EngineEvent } from '../engine/index.ts';
import type { TokenUsage } from '../traffic/index.ts';
import { answerReserveOf } from './thinking-request.ts';

/** In tokens. */
export type TurnCounts = {
  readonly prompt: number;
  readonly cachedPrompt: number;
  readonly completion: number;
  /** Written by the model in think blocks. */
  readonly thought: number;
  /** Written in its place to end them. */
  readonly forced: number;
  /** Those of the completion that are part of a second prompt. */
  readonly continued: number;
};

export const nothingCounted: TurnCounts = {
  ...{ prompt: 0, cachedPrompt: 0, completion: 0, thought: 0, forced: 0, continued: 0 },
};

/** In tokens. */
export type TurnLimits = {
  /** Of the whole completion, as far as it is known before the prompt's tokens are. */
  readonly completion: number;
  readonly context: number;
  /** Of thinking; infinite where only the room limits it. */
  readonly budget: number;
  /** What ending the thinking costs at most. */
  readonly end: number;
  /** The engine's server keeps the budget. */
  readonly serverEnds: boolean;
};

type PromptEvent = Extract<EngineEvent, { readonly type: 'prompt' }>;
type EndEvent = Extract<EngineEvent, { readonly type: 'end' }>;

export function countPrompt(counts: TurnCounts, { promptTokens, reusedTokens = 0 }: PromptEvent): TurnCounts {
  return { ...counts, prompt: promptTokens, cachedPrompt: reusedTokens };
}

/** The prompt behind an interruption shows what ending the thinking took. */
export function countSecondPrompt(
  counts: TurnCounts,
  { promptTokens }: PromptEvent,
  { end }: TurnLimits,
): TurnCounts {
  const added = Math.max(0, promptTokens - counts.prompt - counts.completion);
  const forced = Math.min(added, end);
  const completion = counts.completion + forced;
  return { ...counts, forced, completion, continued: completion };
}

/** @param kind of whose tokens they are: the model's in a think block or elsewhere, or those that end its thinking */
export function countTokens(
  counts: TurnCounts,
  tokens: number,
  kind: 'thought' | 'forced' | 'other',
): TurnCounts {
  return {
    ...counts,
    completion: counts.completion + tokens,
    thought: counts.thought + (kind === 'thought' ? tokens : 0),
    forced: counts.forced + (kind === 'forced' ? tokens : 0),
  };
}

/** Of the whole completion: known exactly once the prompt is counted. */
function roomOf({ prompt }: TurnCounts, { completion, context }: TurnLimits): number {
  return Math.min(completion, context - prompt);
}

/** For the answer, where thinking ends now. */
export function tokensLeft(counts: TurnCounts, limits: TurnLimits): number {
  return roomOf(counts, limits) - counts.completion - limits.end;
}

/** How many more the model may think before thinking has to end; not positive where it has to. */
export function tokensToThink(counts: TurnCounts, limits: TurnLimits): number {
  const ofRoom = tokensLeft(counts, limits) - answerReserveOf(roomOf(counts, limits));
  return Math.min(limits.budget - counts.thought, ofRoom);
}

/** What has used up the thinking; undefined while it may go on. */
export function whyThinkingIsOver(counts: TurnCounts, limits: TurnLimits): 'budget' | 'length' | undefined {
  if (limits.serverEnds) return undefined;
  if (counts.thought >= limits.budget) return 'budget';
  return tokensToThink(counts, limits) <= 0 ? 'length' : undefined;
}

/** What a server counted is worth more than its pieces. It counts a turn that was taken up again as its prompt. */
export function usageOf(counts: TurnCounts, event?: EndEvent): TokenUsage {
  const { prompt, cachedPrompt, completion, thought, forced, continued } = counts;
  const counted = event?.counted;
  if (event === undefined || counted === undefined) {
    return {
      promptTokens: prompt,
      cachedPromptTokens: cachedPrompt,
      completionTokens: completion,
      reasoningTokens: thought + forced,
    };
  }
  const whole = continued === 0;
  return {
    promptTokens: Math.max(0, counted.promptTokens - continued),
    // What a second request of the same turn finds in the cache is what the first one has put there.
    cachedPromptTokens: (whole ? counted.reusedTokens : undefined) ?? cachedPrompt,
    completionTokens: continued + event.completionTokens,
    reasoningTokens: (whole ? counted.reasoningTokens : undefined) ?? thought + forced,
  };
}
