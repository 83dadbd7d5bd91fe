// How many tokens a turn or a request has used, in the one form in which it is told, counted and recorded.

export type TokenUsage = {
  readonly promptTokens: number;
  /** Those of the prompt that were computed for an earlier request. */
  readonly cachedPromptTokens: number;
  /** Reasoning and answer together. */
  readonly completionTokens: number;
  /** Those of the completion in think blocks, with what ended them. */
  readonly reasoningTokens: number;
};

export const noUsage: TokenUsage = {
  promptTokens: 0,
  cachedPromptTokens: 0,
  completionTokens: 0,
  reasoningTokens: 0,
};
