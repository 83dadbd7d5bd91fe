// A turn as an OpenAI response: reasoning, message and function calls as items of one list, in one body or as events that build
// the items up. The raw reasoning stands in `content` of a reasoning item; there is no summary of it.
import type { ConverseEnd } from '../../../reasoning/index.ts';
import type { ErrorEnvelope, ResponsesRequest } from '../../../wire/index.ts';
import type { GatheredTurn } from '../../turn/gather.ts';
import type { Reply, StreamEncoder } from '../dialect.ts';
import { extensionOf } from '../thinking.ts';
import { callId } from '../tools.ts';

type Item = { readonly id: string; readonly type: string; readonly status: string };

export function responseOf(
  [turn]: readonly [GatheredTurn, ...GatheredTurn[]],
  reply: Reply,
  body: ResponsesRequest,
): object {
  const { answer, reasoning, toolCalls, end } = turn;
  const shown = reasoning !== '' && reply.reasoningField !== 'none';
  // What a call follows was not cut off.
  const status = toolCalls.length > 0 ? 'completed' : statusOf(end);
  const output: Item[] = [
    ...(shown ? [reasoningItem(reply, reasoning, 'completed')] : []),
    ...(answer !== '' || toolCalls.length === 0 ? [messageItem(reply, answer, status)] : []),
    ...toolCalls.map((call, index) => callItem(reply, index, call, 'completed')),
  ];
  return envelopeOf(reply, body, output, end);
}

/** @see StreamEncoder */
export function encodeEvents(reply: Reply, body: ResponsesRequest): StreamEncoder {
  const output: Item[] = [];
  let sequence = 0;
  let open: 'reasoning' | 'message' | undefined;
  let text = '';
  let ended: ConverseEnd | undefined;

  const event = (type: string, members: object): string =>
    `event: ${type}\ndata: ${JSON.stringify({ type, sequence_number: sequence++, ...members })}\n\n`;
  const place = (): {
    readonly item_id: string;
    readonly output_index: number;
    readonly content_index: 0;
  } => ({
    item_id: open === 'reasoning' ? reasoningId(reply) : messageId(reply),
    output_index: output.length,
    content_index: 0,
  });
  const itemOf = (said: string, status: string): Item =>
    open === 'reasoning' ? reasoningItem(reply, said, status) : messageItem(reply, said, status);
  const partOf = (said: string): object => (open === 'reasoning' ? reasoningText(said) : outputText(said));
  const added = (item: Item): string =>
    event('response.output_item.added', { output_index: output.length, item });
  const done = (item: Item): string => {
    const text = event('response.output_item.done', { output_index: output.length, item });
    output.push(item);
    return text;
  };

  const start = (kind: 'reasoning' | 'message'): string => {
    if (open === kind) return '';
    const before = finish('completed');
    open = kind;
    text = '';
    const item = { ...itemOf('', 'in_progress'), content: [] };
    return before + added(item) + event('response.content_part.added', { ...place(), part: partOf('') });
  };
  const finish = (status: string): string => {
    if (open === undefined) return '';
    const kind = open === 'reasoning' ? 'response.reasoning_text.done' : 'response.output_text.done';
    const logprobs = open === 'reasoning' ? {} : { logprobs: [] };
    const events =
      event(kind, { ...place(), text, ...logprobs }) +
      event('response.content_part.done', { ...place(), part: partOf(text) }) +
      done(itemOf(text, status));
    open = undefined;
    return events;
  };
  const call = (index: number, name: string, json: string): string => {
    const before = finish('completed');
    const item = callItem(reply, index, { name, arguments: json }, 'completed');
    const where = { item_id: item.id, output_index: output.length };
    return (
      before +
      added(callItem(reply, index, { name, arguments: '' }, 'in_progress')) +
      event('response.function_call_arguments.delta', { ...where, delta: json }) +
      event('response.function_call_arguments.done', { ...where, name, arguments: json }) +
      done(item)
    );
  };

  return {
    open: () => {
      const response = envelopeOf(reply, body, [], undefined);
      return event('response.created', { response }) + event('response.in_progress', { response });
    },
    part: (_, part) => {
      switch (part.type) {
        case 'reasoning-delta': {
          if (reply.reasoningField === 'none') return '';
          const before = start('reasoning');
          text += part.text;
          return before + event('response.reasoning_text.delta', { ...place(), delta: part.text });
        }
        case 'answer-delta': {
          const before = start('message');
          text += part.text;
          return before + event('response.output_text.delta', { ...place(), delta: part.text, logprobs: [] });
        }
        case 'tool-call':
          return call(part.index, part.name, part.arguments);
        case 'end': {
          ended = part;
          const called = output.some((item) => item.type === 'function_call');
          const message = called || open === 'message' ? '' : start('message');
          return message + finish(statusOf(part));
        }
        default:
          return '';
      }
    },
    close: () => {
      const response = envelopeOf(reply, body, output, ended);
      return event(`response.${ended === undefined ? 'incomplete' : statusOf(ended)}`, { response });
    },
    fail: ({ error }: ErrorEnvelope) =>
      event('error', { code: error.code, message: error.message, param: error.param, error }),
  };
}

function envelopeOf(
  reply: Reply,
  body: ResponsesRequest,
  output: readonly Item[],
  end: ConverseEnd | undefined,
): object {
  return {
    id: `resp_${reply.id}`,
    object: 'response',
    created_at: Math.floor(reply.created / 1000),
    status: end === undefined ? 'in_progress' : statusOf(end),
    error: null,
    incomplete_details: end === undefined ? null : incompleteDetailsOf(end),
    instructions: body.instructions ?? null,
    max_output_tokens: body.max_output_tokens ?? null,
    model: reply.model,
    output,
    parallel_tool_calls: body.parallel_tool_calls ?? true,
    previous_response_id: null,
    reasoning: { effort: body.reasoning?.effort ?? null, summary: null },
    store: false,
    temperature: body.temperature ?? null,
    text: { format: body.text?.format ?? { type: 'text' } },
    tool_choice: body.tool_choice ?? 'auto',
    tools: body.tools ?? [],
    top_p: body.top_p ?? null,
    truncation: body.truncation ?? 'disabled',
    usage: end === undefined ? null : usageOf(end),
    metadata: {},
    ...(end !== undefined && { x_tiegel: extensionOf(end) }),
  };
}

function statusOf({ finish }: ConverseEnd): 'completed' | 'incomplete' {
  return finish === 'stop' ? 'completed' : 'incomplete';
}

function incompleteDetailsOf({ finish }: ConverseEnd): object | null {
  if (finish === 'stop') return null;
  return { reason: finish === 'length' ? 'max_output_tokens' : 'content_filter' };
}

function usageOf({ usage }: ConverseEnd): object {
  const { promptTokens, cachedPromptTokens, completionTokens, reasoningTokens } = usage;
  return {
    input_tokens: promptTokens,
    input_tokens_details: { cached_tokens: cachedPromptTokens },
    output_tokens: completionTokens,
    output_tokens_details: { reasoning_tokens: reasoningTokens },
    total_tokens: promptTokens + completionTokens,
  };
}

const reasoningId = (reply: Reply): string => `rs_${reply.id}`;
const messageId = (reply: Reply): string => `msg_${reply.id}`;

const reasoningText = (text: string): object => ({ type: 'reasoning_text', text });
const outputText = (text: string): object => ({ type: 'output_text', text, annotations: [], logprobs: [] });

function reasoningItem(reply: Reply, text: string, status: string): Item & { readonly content: object[] } {
  const content = [reasoningText(text)];
  return { id: reasoningId(reply), type: 'reasoning', status, summary: [], content } as Item & {
    readonly content: object[];
  };
}

function messageItem(reply: Reply, text: string, status: string): Item & { readonly content: object[] } {
  const content = [outputText(text)];
  return { id: messageId(reply), type: 'message', status, role: 'assistant', content } as Item & {
    readonly content: object[];
  };
}

function callItem(
  reply: Reply,
  index: number,
  call: { readonly name: string; readonly arguments: string },
  status: string,
): Item {
  const id = callId(reply.id, 0, index);
  return { id: `fc_${id}`, type: 'function_call', status, call_id: id, ...call } as Item;
}
