// POST /v1/completions, OpenAI's older dialect: a text is continued as it is, control tokens in it staying text. What the
// model thinks on the way is shown apart from what it answers.

import type { ConverseEnd } from '../../../reasoning/index.ts';
import { type CompletionRequest, parseCompletionRequest } from '../../../wire/index.ts';
import type { GatheredTurn } from '../../turn/gather.ts';
import type { TurnRequest } from '../../turn/turn-request.ts';
import { type Dialect, defineDialect, type Reply, type StreamEncoder, serverSentEvents } from '../dialect.ts';
import { finishOf, usageOf } from '../openai-chat/response.ts';

export const openaiCompletions: Dialect = defineDialect({
  name: 'openai-completions',
  path: '/v1/completions',
  ...serverSentEvents,
  requestIdHeader: 'x-request-id',
  refusal: (envelope) => envelope,
  parse: parseCompletionRequest,
  toTurn: turnOf,
  whole: completionOf,
  stream: encodeChunks,
});

function turnOf(body: CompletionRequest): TurnRequest {
  const budget = body.thinking_token_budget;
  return {
    model: body.model,
    input: { text: body.prompt },
    stream: body.stream === true,
    choices: body.n ?? 1,
    maxTokens: body.max_tokens ?? undefined,
    temperature: body.temperature ?? undefined,
    topP: body.top_p ?? undefined,
    seed: body.seed ?? undefined,
    stop: typeof body.stop === 'string' ? [body.stop] : (body.stop ?? []),
    thinking: typeof budget === 'number' ? { maxThinkingTokens: budget } : {},
    tools: [],
  };
}

function completionOf(turns: readonly GatheredTurn[], reply: Reply): object {
  return {
    ...headOf(reply),
    choices: turns.map(({ answer, reasoning, end }, index) => ({
      index,
      text: answer,
      ...(reasoning !== '' && reply.reasoningField !== 'none' && { reasoning }),
      finish_reason: finishOf(end, 0),
      logprobs: null,
    })),
    usage: usageOf(turns.map(({ end }) => end)),
  };
}

function encodeChunks(reply: Reply, body: CompletionRequest): StreamEncoder {
  const head = headOf(reply);
  const ends: ConverseEnd[] = [];
  const chunk = (index: number, members: object, finish: string | null): string =>
    eventOf({ ...head, choices: [{ index, ...members, finish_reason: finish, logprobs: null }] });
  return {
    open: () => '',
    part: (choice, part) => {
      if (part.type === 'answer-delta') return chunk(choice, { text: part.text }, null);
      if (part.type === 'reasoning-delta') {
        return reply.reasoningField === 'none' ? '' : chunk(choice, { text: '', reasoning: part.text }, null);
      }
      if (part.type !== 'end') return '';
      ends.push(part);
      return chunk(choice, { text: '' }, finishOf(part, 0));
    },
    close: () => {
      const wanted = body.stream_options?.include_usage === true;
      return `${wanted ? eventOf({ ...head, choices: [], usage: usageOf(ends) }) : ''}data: [DONE]\n\n`;
    },
    fail: eventOf,
  };
}

function headOf({ id, created, model }: Reply): object {
  return { id: `cmpl_${id}`, object: 'text_completion', created: Math.floor(created / 1000), model };
}

function eventOf(chunk: object): string {
  return `data: ${JSON.stringify(chunk)}\n\n`;
}
