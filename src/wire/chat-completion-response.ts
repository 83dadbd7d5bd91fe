// What POST /v1/chat/completions answers, whole or as a stream of chunks. OpenAI's shapes, with the reasoning under both
// names in use (`reasoning_content`: DeepSeek, llama-server; `reasoning`: vLLM, Ollama) and our own facts in `x_tiegel`.
import type { ChatToolCall } from './chat-completion-request.ts';
import type { StrategyExtension } from './strategy-fields.ts';

/** `closed`: thought, then answered. `unclosed`: cut while thinking, so there is no answer. `empty`, `none`: no thought. */
export type ThinkingOutcome = 'closed' | 'unclosed' | 'empty' | 'none';

export type FinishReason = 'stop' | 'length' | 'tool_calls' | 'content_filter';

export type CompletionUsage = {
  readonly prompt_tokens: number;
  /** Reasoning and answer together. */
  readonly completion_tokens: number;
  readonly total_tokens: number;
  readonly prompt_tokens_details: { readonly cached_tokens: number };
  readonly completion_tokens_details: { readonly reasoning_tokens: number };
};

/** How the thinking of a turn went, in every dialect. */
export type ThinkingExtension = {
  readonly outcome: ThinkingOutcome;
  readonly tokens: number;
  /** Tokens that were written to make the model stop. */
  readonly forced_tokens: number;
  readonly budget: number | null;
  readonly stopped_by: 'model' | 'budget' | 'request' | 'length' | 'content-filter' | null;
};

export type BillExtension = {
  /** Decimal, in the currency. */
  readonly amount: string;
  readonly currency: string;
  /** Of the tightest limit on money; null where there is none. */
  readonly remaining: string | null;
  /** The digest of the price. */
  readonly price: string;
};

export type TiegelExtension = {
  readonly thinking: ThinkingExtension;
  /** Where several samples were spent on the reply. */
  readonly strategy?: StrategyExtension;
  /** What the log-probabilities are, where there are some. */
  readonly log_probabilities?: 'raw' | 'post-sampling';
};

type TokenLogProbability = {
  readonly token: string;
  readonly logprob: number;
  readonly bytes: readonly number[];
};

export type ChatLogProbabilities = {
  /** Of the answer's tokens. */
  readonly content: readonly (TokenLogProbability & {
    readonly top_logprobs: readonly TokenLogProbability[];
  })[];
  readonly refusal: null;
};

export type ChatCompletion = {
  readonly id: string;
  readonly object: 'chat.completion';
  /** Seconds since the Unix epoch. */
  readonly created: number;
  readonly model: string;
  readonly choices: readonly {
    readonly index: number;
    readonly message: {
      readonly role: 'assistant';
      readonly content: string | null;
      readonly reasoning_content?: string;
      readonly reasoning?: string;
      readonly refusal: null;
      readonly tool_calls?: readonly ChatToolCall[];
    };
    readonly finish_reason: FinishReason;
    readonly logprobs: ChatLogProbabilities | null;
  }[];
  readonly usage: CompletionUsage;
  /** Of the first choice, and what all of them cost where there is a price. */
  readonly x_tiegel: TiegelExtension & Partial<BillExtension>;
};

export type ChatCompletionDelta = {
  readonly role?: 'assistant';
  readonly content?: string;
  readonly reasoning_content?: string;
  readonly reasoning?: string;
  readonly tool_calls?: readonly (ChatToolCall & { readonly index: number })[];
};

export type ChatCompletionChunk = {
  readonly id: string;
  readonly object: 'chat.completion.chunk';
  readonly created: number;
  readonly model: string;
  /** Empty in the usage chunk only. */
  readonly choices: readonly {
    readonly index: number;
    readonly delta: ChatCompletionDelta;
    readonly finish_reason: FinishReason | null;
    readonly logprobs?: ChatLogProbabilities;
  }[];
  /** In the last chunk, where `stream_options.include_usage` asked for it. */
  readonly usage?: CompletionUsage;
  /** In the chunk that carries the finish reason; in the one that carries the usage, what the reply cost. */
  readonly x_tiegel?: TiegelExtension | BillExtension;
};
