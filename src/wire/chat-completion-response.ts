// What POST /v1/chat/completions answers, whole or as a stream of chunks. OpenAI's shapes, with the reasoning under both
// names in use (`reasoning_content`: DeepSeek, llama-server; `reasoning`: vLLM, Ollama) and our own facts in `x_tiegel`.

/** `closed`: thought, then answered. `unclosed`: cut while thinking, so there is no answer. `empty`, `none`: no thought. */
export type ThinkingOutcome = 'closed' | 'unclosed' | 'empty' | 'none';

export type FinishReason = 'stop' | 'length';

export type CompletionUsage = {
  readonly prompt_tokens: number;
  /** Reasoning and answer together. */
  readonly completion_tokens: number;
  readonly total_tokens: number;
  readonly completion_tokens_details: { readonly reasoning_tokens: number };
};

export type TiegelExtension = { readonly thinking: ThinkingOutcome };

export type ChatCompletion = {
  readonly id: string;
  readonly object: 'chat.completion';
  /** Seconds since the Unix epoch. */
  readonly created: number;
  readonly model: string;
  readonly choices: readonly [
    {
      readonly index: 0;
      readonly message: {
        readonly role: 'assistant';
        readonly content: string;
        readonly reasoning_content?: string;
        readonly reasoning?: string;
        readonly refusal: null;
      };
      readonly finish_reason: FinishReason;
      readonly logprobs: null;
    },
  ];
  readonly usage: CompletionUsage;
  readonly x_tiegel: TiegelExtension;
};

export type ChatCompletionDelta = {
  readonly role?: 'assistant';
  readonly content?: string;
  readonly reasoning_content?: string;
  readonly reasoning?: string;
};

export type ChatCompletionChunk = {
  readonly id: string;
  readonly object: 'chat.completion.chunk';
  readonly created: number;
  readonly model: string;
  /** Empty in the usage chunk only. */
  readonly choices: readonly {
    readonly index: 0;
    readonly delta: ChatCompletionDelta;
    readonly finish_reason: FinishReason | null;
  }[];
  /** In the last chunk, where `stream_options.include_usage` asked for it. */
  readonly usage?: CompletionUsage;
  /** In the chunk that carries the finish reason. */
  readonly x_tiegel?: TiegelExtension;
};
