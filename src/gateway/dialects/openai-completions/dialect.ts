// POST /v1/completions, OpenAI's older dialect: a text is continued as it is, control tokens in it staying text. What the
// model thinks on the way is shown apart from what it answers.

import { TiegelError } from '../../../base/index.ts';
import type { ConverseEnd } from '../../../reasoning/index.ts';
import { type CompletionRequest, completionRequest, maxReplies } from '../../../wire/index.ts';
import type { GatheredTurn } from '../../turn/gather.ts';
import type { TurnRequest } from '../../turn/turn-request.ts';
import {
  type Dialect,
  defineDialect,
  plainWords,
  type Reply,
  type StreamEncoder,
  serverSentEvents,
} from '../dialect.ts';
import { finishOf, usageOf } from '../openai-chat/response.ts';
import { samplingOf } from '../sampling.ts';

export const openaiCompletions: Dialect = defineDialect({
  name: 'openai-completions',
  ...serverSentEvents,
  ...plainWords,
  body: completionRequest,
  toTurn: turnOf,
  nonStreaming: completionOf,
  stream: encodeChunks,
});

/** @throws TGL_REQUEST_INVALID for more replies than one request may ask for, or more than are sent back. */
function turnOf(body: CompletionRequest): TurnRequest {
  const texts = typeof body.prompt === 'string' ? [body.prompt] : body.prompt;
  const choices = body.n ?? 1;
  if (texts.length * choices > maxReplies) {
    const problem = `The field n is ${choices} with ${texts.length} prompts; expected at most ${maxReplies} replies in all.`;
    throw new TiegelError('TGL_REQUEST_INVALID', { problem, field: 'n' });
  }
  if (typeof body.best_of === 'number' && body.best_of !== choices) {
    const problem = `The field best_of is ${body.best_of}; expected ${choices}, as n is: none is chosen among more replies.`;
    throw new TiegelError('TGL_REQUEST_INVALID', { problem, field: 'best_of' });
  }
  const budget = body.thinking_token_budget;
  return {
    model: body.model,
    input: { texts },
    stream: body.stream === true,
    choices,
    maxTokens: body.max_tokens ?? undefined,
    ...samplingOf(body),
    stop: typeof body.stop === 'string' ? [body.stop] : (body.stop ?? []),
    thinking: typeof budget === 'number' ? { maxThinkingTokens: budget } : {},
    tools: [],
  };
}

/** Of several prompts, all replies to the first come before those to the second. */
function completionOf(turns: readonly GatheredTurn[], reply: Reply, body: CompletionRequest): object {
  return {
    ...headOf(reply),
    choices: turns.map(({ answer, reasoning, end }, index) => ({
      index,
      text: answer,
      ...(reasoning !== '' && reply.reasoningField !== 'none' && { reasoning }),
      finish_reason: finishOf(end, 0),
      logprobs: null,
    })),
    usage: usageOf(
      turns.map(({ end }) => end),
      body.n ?? 1,
    ),
    ...billMember(reply),
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
      ends[choice] = part;
      return chunk(choice, { text: '' }, finishOf(part, 0));
    },
    close: () => {
      const wanted = body.stream_options?.include_usage === true;
      if (!wanted) return 'data: [DONE]\n\n';
      const usage = { ...head, choices: [], usage: usageOf(ends, body.n ?? 1), ...billMember(reply) };
      return `${eventOf(usage)}data: [DONE]\n\n`;
    },
    fail: eventOf,
  };
}

function billMember(reply: Reply): object {
  const bill = reply.bill?.();
  return bill === undefined ? {} : { x_tiegel: bill };
}

function headOf({ id, created, model }: Reply): object {
  return { id: `cmpl_${id}`, object: 'text_completion', created: Math.floor(created / 1000), model };
}

function eventOf(chunk: object): string {
  return `data: ${JSON.stringify(chunk)}\n\n`;
}
