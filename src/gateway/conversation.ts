// From a checked chat completion request to one turn of `converse`.
import { TiegelError } from '../base/index.ts';
import type { ChatMessage } from '../formats/index.ts';
import type { ConverseRequest } from '../reasoning/index.ts';
import type { ChatCompletionMessage, ChatCompletionRequest } from '../wire/index.ts';
import type { ServedModel } from './served-model.ts';

/** @throws TGL_REQUEST_INVALID when the two names of the token limit contradict each other. */
export function converseRequestOf(body: ChatCompletionRequest, model: ServedModel): ConverseRequest {
  const { defaults, template } = model;
  return {
    template,
    messages: body.messages.map(messageOf),
    thinking: 'open',
    maxTokens: maxTokensOf(body) ?? defaults.maxTokens,
    sampling: {
      temperature: body.temperature ?? defaults.temperature,
      topP: body.top_p ?? defaults.topP,
      ...(typeof body.seed === 'number' && { seed: body.seed }),
    },
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
