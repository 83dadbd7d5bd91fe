// A turn in Anthropic's words: a list of blocks (thinking, text, tool use), in one body or as events that open, fill and close
// one block after the other. Thinking blocks carry an empty signature: nothing here has to be sent back unchanged.
import type { ConverseEnd, StreamPart } from '../../../reasoning/index.ts';
import type { ErrorEnvelope, MessagesRequest } from '../../../wire/index.ts';
import type { GatheredTurn } from '../../turn/gather.ts';
import type { Reply, StreamEncoder } from '../dialect.ts';
import { extensionOf } from '../thinking.ts';
import { argumentsOf, callId } from '../tools.ts';

export function messageOf(
  [turn]: readonly [GatheredTurn, ...GatheredTurn[]],
  reply: Reply,
  body: MessagesRequest,
): object {
  const { answer, reasoning, toolCalls, end } = turn;
  const shown = reasoning !== '' && showsReasoning(reply, body);
  return {
    ...headOf(reply),
    content: [
      ...(shown ? [{ type: 'thinking', thinking: reasoning, signature: '' }] : []),
      ...(answer !== '' || toolCalls.length === 0 ? [{ type: 'text', text: answer }] : []),
      ...toolCalls.map((call, index) => ({
        type: 'tool_use',
        id: callId(reply.id, 0, index),
        name: call.name,
        input: argumentsOf(call.arguments),
      })),
    ],
    ...stopOf(end, toolCalls.length),
    usage: usageOf(end),
    x_tiegel: extensionOf(end),
  };
}

type BlockKind = 'thinking' | 'text';

const emptyBlocks = {
  thinking: { type: 'thinking', thinking: '', signature: '' },
  text: { type: 'text', text: '' },
} as const;

/** @see StreamEncoder */
export function encodeEvents(reply: Reply, body: MessagesRequest): StreamEncoder {
  let blocks = 0;
  let open: BlockKind | undefined;
  let hasText = false;
  let calls = 0;

  const closeBlock = (): string => {
    if (open === undefined) return '';
    open = undefined;
    return eventOf({ type: 'content_block_stop', index: blocks++ });
  };
  const openBlock = (kind: BlockKind): string => {
    if (open === kind) return '';
    const before = closeBlock();
    open = kind;
    hasText ||= kind === 'text';
    return before + eventOf({ type: 'content_block_start', index: blocks, content_block: emptyBlocks[kind] });
  };
  const delta = (content: object): string =>
    eventOf({ type: 'content_block_delta', index: blocks, delta: content });
  const toolUse = (call: Extract<StreamPart, { type: 'tool-call' }>): string => {
    const before = closeBlock();
    const id = callId(reply.id, 0, calls++);
    const content_block = { type: 'tool_use', id, name: call.name, input: {} };
    return (
      before +
      eventOf({ type: 'content_block_start', index: blocks, content_block }) +
      delta({ type: 'input_json_delta', partial_json: JSON.stringify(argumentsOf(call.arguments)) }) +
      eventOf({ type: 'content_block_stop', index: blocks++ })
    );
  };

  return {
    open: () => {
      const usage = { input_tokens: 0, output_tokens: 0 };
      const message = { ...headOf(reply), content: [], stop_reason: null, stop_sequence: null, usage };
      return eventOf({ type: 'message_start', message });
    },
    part: (_, part) => {
      switch (part.type) {
        case 'reasoning-delta':
          if (!showsReasoning(reply, body)) return '';
          return openBlock('thinking') + delta({ type: 'thinking_delta', thinking: part.text });
        case 'answer-delta':
          return openBlock('text') + delta({ type: 'text_delta', text: part.text });
        case 'tool-call':
          return toolUse(part);
        case 'end': {
          // A message has a text or a call, however little came of it.
          const last = (hasText || calls > 0 ? '' : openBlock('text')) + closeBlock();
          const usage = usageOf(part);
          const delta = stopOf(part, calls);
          const ending = { type: 'message_delta', delta, usage, x_tiegel: extensionOf(part) };
          return last + eventOf(ending);
        }
        default:
          return '';
      }
    },
    close: () => eventOf({ type: 'message_stop' }),
    fail: (envelope) => eventOf(refusalOf(envelope)),
  };
}

/** `display: omitted` beats the setting of the server. */
function showsReasoning({ reasoningField }: Reply, { thinking }: MessagesRequest): boolean {
  return reasoningField !== 'none' && thinking?.display !== 'omitted';
}

function headOf({ id, model }: Reply): object {
  return { id: `msg_${id}`, type: 'message', role: 'assistant', model };
}

function stopOf({ finish, stopSequence }: ConverseEnd, calls: number): object {
  if (finish === 'content-filter') return { stop_reason: 'refusal', stop_sequence: null };
  if (finish === 'length') return { stop_reason: 'max_tokens', stop_sequence: null };
  if (stopSequence !== undefined) return { stop_reason: 'stop_sequence', stop_sequence: stopSequence };
  return { stop_reason: calls > 0 ? 'tool_use' : 'end_turn', stop_sequence: null };
}

/** Their input tokens are those that were neither read from the cache nor written to it. */
function usageOf({ usage }: ConverseEnd): object {
  const { promptTokens, cachedPromptTokens, completionTokens } = usage;
  return {
    input_tokens: promptTokens - cachedPromptTokens,
    cache_creation_input_tokens: 0,
    cache_read_input_tokens: cachedPromptTokens,
    output_tokens: completionTokens,
  };
}

function eventOf(event: { readonly type: string; readonly [member: string]: unknown }): string {
  return `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`;
}

/** Our envelope's error in their words, with what they do not know beside it. */
export function refusalOf({ error }: ErrorEnvelope): {
  readonly type: 'error';
  readonly [member: string]: unknown;
} {
  const { message, type, code, request_id, ...ours } = error;
  return {
    type: 'error',
    error: { type: typeOf(type, code), message, ...ours },
    request_id,
  };
}

function typeOf(type: string, code: string): string {
  if (code === 'model_not_found' || code === 'route_not_found') return 'not_found_error';
  if (code === 'request_too_large') return code;
  return type === 'server_error' ? 'api_error' : type;
}
