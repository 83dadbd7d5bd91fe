// A finished turn in OpenAI's words.
import type { Conversation } from '../reasoning/index.ts';
import type { ChatCompletion, CompletionUsage } from '../wire/index.ts';

/** What every answer and every chunk of one request have in common. */
export type CompletionIdentity = {
  readonly id: string;
  /** Seconds since the Unix epoch. */
  readonly created: number;
  readonly model: string;
};

export function completionOf(turn: Conversation, { id, created, model }: CompletionIdentity): ChatCompletion {
  const { reasoning, answer, finish, thinking } = turn;
  const thought = reasoning === '' ? {} : { reasoning_content: reasoning, reasoning };
  return {
    id,
    object: 'chat.completion',
    created,
    model,
    choices: [
      {
        index: 0,
        message: { role: 'assistant', content: answer, ...thought, refusal: null },
        finish_reason: finish,
        logprobs: null,
      },
    ],
    usage: usageOf(turn),
    x_tiegel: { thinking },
  };
}

export function usageOf({ usage }: Pick<Conversation, 'usage'>): CompletionUsage {
  const { promptTokens, completionTokens, reasoningTokens } = usage;
  return {
    prompt_tokens: promptTokens,
    completion_tokens: completionTokens,
    total_tokens: promptTokens + completionTokens,
    completion_tokens_details: { reasoning_tokens: reasoningTokens },
  };
}
