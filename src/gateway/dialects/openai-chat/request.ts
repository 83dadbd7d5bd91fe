// From a checked chat completion request to a turn.
import { TiegelError } from '../../../base/index.ts';
import type { ChatMessage } from '../../../formats/index.ts';
import type { ChatCompletionMessage, ChatCompletionRequest } from '../../../wire/index.ts';
import type { TurnRequest } from '../../turn-request.ts';

/** @throws TGL_REQUEST_INVALID when the two names of the token limit contradict each other. */
export function turnOf(body: ChatCompletionRequest): TurnRequest {
  return {
    model: body.model,
    messages: body.messages.map(messageOf),
    stream: body.stream === true,
    choices: 1,
    maxTokens: maxTokensOf(body),
    temperature: body.temperature ?? undefined,
    topP: body.top_p ?? undefined,
    seed: body.seed ?? undefined,
    stop: typeof body.stop === 'string' ? [body.stop] : (body.stop ?? []),
  };
}

function maxTokensOf({ max_tokens, max_completion_tokens }: ChatCompletionRequest): number | undefined {
  const limit = max_completion_tokens ?? max_tokens ?? undefined;
  if (typeof max_tokens === 'number' && max_tokens !== limit) {
    const problem = `The fields max_tokens (${max_tokens}) and max_completion_tokens (${limit}) differ; expected one of them.`;
    throw new TiegelError('TGL_REQUEST_INVALID', { problem, field: 'max_tokens' });
  }
  return limit;
}

/** `developer` is OpenAI's newer name of `system`. Reasoning of earlier turns never arrives here: the model was not
 * trained to see it. */
function messageOf({ role, content }: ChatCompletionMessage): ChatMessage {
  return {
    role: role === 'developer' ? 'system' : role,
    content: typeof content === 'string' ? content : content.map((part) => part.text).join(''),
  };
}
