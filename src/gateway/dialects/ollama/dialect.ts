// POST /api/chat and /api/generate, Ollama's dialect: lines of JSON instead of server-sent events, and a stream unless the
// client says otherwise.
import { TiegelError } from '../../../base/index.ts';
import type { Constraint } from '../../../engine/index.ts';
import type { ConverseEnd, StreamPart, TokenDetail } from '../../../reasoning/index.ts';
import {
  type Maybe,
  type OllamaChatRequest,
  type OllamaGenerateRequest,
  type OllamaMessage,
  ollamaChatRequest,
  ollamaGenerateRequest,
} from '../../../wire/index.ts';
import type { GatheredTurn } from '../../turn/gather.ts';
import type { TurnRequest } from '../../turn/turn-request.ts';
import { type Dialect, defineDialect, type ErrorWords, type Reply, type StreamEncoder } from '../dialect.ts';
import { toolOf } from '../openai-chat/request.ts';
import { tokenEntriesOf } from '../openai-chat/response.ts';
import { samplingOf } from '../sampling.ts';
import { strategyOf } from '../strategy.ts';
import { extensionOf, optionsOfThink } from '../thinking.ts';
import { argumentsOf } from '../tools.ts';

/** The members of a line that hold what the model said. */
type Shape = (said: {
  readonly answer?: string;
  readonly reasoning?: string;
  readonly calls?: readonly object[];
}) => object;

const chatShape: Shape = ({ answer = '', reasoning, calls }) => ({
  message: {
    role: 'assistant',
    content: answer,
    ...(reasoning !== undefined && { thinking: reasoning }),
    ...(calls !== undefined && calls.length > 0 && { tool_calls: calls }),
  },
});

const generateShape: Shape = ({ answer = '', reasoning }) => ({
  response: answer,
  ...(reasoning !== undefined && { thinking: reasoning }),
});

export const ollamaWords: ErrorWords = {
  requestIdHeader: 'x-request-id',
  refusal: ({ error }) => ({ error: error.message }),
};

const lines = { streamType: 'application/x-ndjson', ping: '', ...ollamaWords } as const;

export const ollamaChat: Dialect = defineDialect({
  name: 'ollama-chat',
  ...lines,
  body: ollamaChatRequest,
  toTurn: (body: OllamaChatRequest): TurnRequest => ({
    ...commonOf(body),
    input: { messages: body.messages.map(messageOf) },
    shortens: body.truncate === true,
    tools: (body.tools ?? []).map((tool) => toolOf(tool.function)),
  }),
  nonStreaming: ([turn], reply) => responseOf(turn, reply, chatShape),
  stream: (reply) => encodeLines(reply, chatShape),
});

export const ollamaGenerate: Dialect = defineDialect({
  name: 'ollama-generate',
  ...lines,
  body: ollamaGenerateRequest,
  toTurn: (body: OllamaGenerateRequest): TurnRequest => {
    const { system, prompt, raw } = body;
    if (raw === true && system) {
      const problem = 'The field system has no place in a raw prompt; expected one of them.';
      throw new TiegelError('TGL_REQUEST_INVALID', { problem, field: 'system' });
    }
    const instruction = system ? [{ role: 'system' as const, content: system }] : [];
    const messages = [...instruction, { role: 'user' as const, content: prompt }];
    const input = raw === true ? { texts: [prompt] } : { messages };
    return { ...commonOf(body), input, tools: [] };
  },
  nonStreaming: ([turn], reply) => responseOf(turn, reply, generateShape),
  stream: (reply) => encodeLines(reply, generateShape),
});

function commonOf(body: OllamaChatRequest | OllamaGenerateRequest): Omit<TurnRequest, 'input' | 'tools'> {
  const { stop, num_predict, ...sampling } = body.options ?? {};
  return {
    model: body.model,
    stream: body.stream !== false,
    choices: 1,
    maxTokens: typeof num_predict === 'number' && num_predict > 0 ? num_predict : undefined,
    ...samplingOf(sampling),
    ...strategyOf(body),
    stop: typeof stop === 'string' ? [stop] : (stop ?? []),
    thinking: optionsOfThink(body.think),
    constraint: constraintOf(body.format),
    logProbabilities: body.logprobs === true ? (body.top_logprobs ?? 0) : undefined,
  };
}

function constraintOf(
  format: Maybe<'' | 'json' | { readonly [name: string]: unknown }>,
): Constraint | undefined {
  if (format === 'json') return { type: 'json-schema', schema: { type: 'object' } };
  return typeof format === 'object' && format !== null ? { type: 'json-schema', schema: format } : undefined;
}

function messageOf({ role, content, thinking, tool_calls }: OllamaMessage): TurnRequestMessage {
  const calls = tool_calls ?? [];
  return {
    role,
    content: content ?? '',
    ...(role === 'assistant' && thinking && { reasoning: thinking }),
    ...(calls.length > 0 && {
      toolCalls: calls.map((call) => ({
        name: call.function.name,
        arguments: JSON.stringify(call.function.arguments),
      })),
    }),
  };
}

type TurnRequestMessage = Extract<TurnRequest['input'], { readonly messages: unknown }>['messages'][number];

function responseOf(
  { answer, reasoning, toolCalls, answerTokens, end }: GatheredTurn,
  reply: Reply,
  shape: Shape,
): object {
  const shown = reasoning !== '' && reply.reasoningField !== 'none';
  const calls = toolCalls.map((call) => callOf(call.name, call.arguments));
  return {
    ...headOf(reply),
    ...shape({ answer, ...(shown && { reasoning }), calls }),
    ...logProbabilitiesMember(answerTokens),
    ...endOf(end, reply),
  };
}

function encodeLines(reply: Reply, shape: Shape): StreamEncoder {
  const line = (members: object): string => `${JSON.stringify({ ...headOf(reply), ...members })}\n`;
  return {
    open: () => '',
    part: (_, part: StreamPart) => {
      switch (part.type) {
        case 'answer-delta':
          return line({ ...shape({ answer: part.text }), ...logProbabilitiesOf(part), done: false });
        case 'reasoning-delta':
          if (reply.reasoningField === 'none') return '';
          return line({ ...shape({ reasoning: part.text }), done: false });
        case 'tool-call':
          return line({ ...shape({ calls: [callOf(part.name, part.arguments)] }), done: false });
        case 'end':
          return line({ ...shape({}), ...endOf(part, reply) });
        default:
          return '';
      }
    },
    close: () => '',
    fail: (envelope) => `${JSON.stringify(ollamaWords.refusal(envelope))}\n`,
  };
}

function logProbabilitiesOf(part: StreamPart): object {
  return 'tokens' in part && part.tokens !== undefined ? logProbabilitiesMember(part.tokens) : {};
}

/** Of the answer's tokens; there are some only where they were asked for. */
function logProbabilitiesMember(tokens: readonly TokenDetail[]): object {
  return tokens.length > 0 ? { logprobs: tokenEntriesOf(tokens) } : {};
}

function callOf(name: string, text: string): object {
  return { function: { name, arguments: argumentsOf(text) } };
}

function headOf({ model, created }: Reply): object {
  return { model, created_at: new Date(created).toISOString() };
}

/** Durations in nanoseconds; the prompt's is part of the whole, since engines do not tell it apart. */
function endOf(end: ConverseEnd, reply: Reply): object {
  const { finish, usage } = end;
  const total = Math.round(reply.elapsed() * 1e6);
  return {
    done: true,
    // Ollama has no word for a reply that was withheld.
    done_reason: finish === 'content-filter' ? 'stop' : finish,
    total_duration: total,
    load_duration: 0,
    prompt_eval_count: usage.promptTokens,
    eval_count: usage.completionTokens,
    eval_duration: total,
    x_tiegel: extensionOf(end),
  };
}
