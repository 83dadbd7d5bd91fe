// A turn in OpenAI's words, whole or as chunks. Chunks are written by concatenation, since that runs for every token.
import type { Conversation, ConverseEnd, StreamPart } from '../../../reasoning/index.ts';
import type {
  ChatCompletion,
  ChatCompletionChunk,
  ChatCompletionDelta,
  ChatCompletionRequest,
  CompletionUsage,
} from '../../../wire/index.ts';
import type { Reply, StreamEncoder } from '../dialect.ts';

const idPrefix = 'chatcmpl_';

export function completionOf([turn]: readonly Conversation[], { id, created, model }: Reply): ChatCompletion {
  if (turn === undefined) throw new TypeError('completionOf: there is no turn');
  const { reasoning, answer, finish, thinking } = turn;
  const thought = reasoning === '' ? {} : { reasoning_content: reasoning, reasoning };
  return {
    id: idPrefix + id,
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
    x_tiegel: { thinking: thinking.outcome },
  };
}

function usageOf({ usage }: Pick<Conversation, 'usage'>): CompletionUsage {
  const { promptTokens, completionTokens, reasoningTokens } = usage;
  return {
    prompt_tokens: promptTokens,
    completion_tokens: completionTokens,
    total_tokens: promptTokens + completionTokens,
    completion_tokens_details: { reasoning_tokens: reasoningTokens },
  };
}

/** @see StreamEncoder */
export function encodeChunks({ id, created, model }: Reply, body: ChatCompletionRequest): StreamEncoder {
  const head = { id: idPrefix + id, object: 'chat.completion.chunk', created, model } as const;
  const opening = `data: ${JSON.stringify(head).slice(0, -1)},"choices":[{"index":0,"delta":`;
  const closing = ',"finish_reason":null}]}\n\n';
  const role: ChatCompletionDelta = { role: 'assistant', content: '' };
  let last: ConverseEnd | undefined;

  const finish = (end: ConverseEnd): string => {
    const chunk: ChatCompletionChunk = {
      ...head,
      choices: [{ index: 0, delta: {}, finish_reason: end.finish }],
      x_tiegel: { thinking: end.thinking.outcome },
    };
    return eventOf(chunk);
  };

  return {
    open: () => opening + JSON.stringify(role) + closing,
    part: (_, part: StreamPart) => {
      if (part.type === 'answer-delta') return `${opening}{"content":${JSON.stringify(part.text)}}${closing}`;
      if (part.type === 'reasoning-delta') {
        const text = JSON.stringify(part.text);
        return `${opening}{"reasoning_content":${text},"reasoning":${text}}${closing}`;
      }
      if (part.type !== 'end') return '';
      last = part;
      return finish(part);
    },
    close: () => {
      const wanted = body.stream_options?.include_usage === true && last !== undefined;
      const usage = wanted ? eventOf({ ...head, choices: [], usage: usageOf(last as ConverseEnd) }) : '';
      return `${usage}data: [DONE]\n\n`;
    },
    fail: eventOf,
  };
}

function eventOf(chunk: object): string {
  return `data: ${JSON.stringify(chunk)}\n\n`;
}
