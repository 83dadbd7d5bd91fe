// A turn in OpenAI's words, as one completion or as chunks. Chunks are written by concatenation, since that runs for every token.
import type { ConverseEnd, TokenDetail } from '../../../reasoning/index.ts';
import type {
  ChatCompletion,
  ChatCompletionChunk,
  ChatCompletionDelta,
  ChatCompletionRequest,
  ChatLogProbabilities,
  ChatToolCall,
  CompletionUsage,
  FinishReason,
  TiegelExtension,
} from '../../../wire/index.ts';
import type { GatheredTurn } from '../../turn/gather.ts';
import type { ReasoningField, Reply, StreamEncoder } from '../dialect.ts';
import { extensionOf } from '../thinking.ts';
import { callId } from '../tools.ts';

const idPrefix = 'chatcmpl_';

export function completionOf(
  turns: readonly [GatheredTurn, ...GatheredTurn[]],
  reply: Reply,
  body: ChatCompletionRequest,
): ChatCompletion {
  return {
    id: idPrefix + reply.id,
    object: 'chat.completion',
    created: Math.floor(reply.created / 1000),
    model: reply.model,
    choices: turns.map((turn, index) => choiceOf(turn, index, reply, body)),
    usage: usageOf(turns.map(({ end }) => end)),
    x_tiegel: { ...tiegelOf(turns[0].end, reply, body), ...reply.bill?.() },
  };
}

function choiceOf(
  turn: GatheredTurn,
  index: number,
  reply: Reply,
  body: ChatCompletionRequest,
): ChatCompletion['choices'][number] {
  const { answer, reasoning, toolCalls, answerTokens, end } = turn;
  const calls = toolCalls.map((call, place): ChatToolCall => {
    return { id: callId(reply.id, index, place), type: 'function', function: call };
  });
  return {
    index,
    message: {
      role: 'assistant',
      content: answer === '' && calls.length > 0 ? null : answer,
      ...(reasoning !== '' && reasoningMembers(reasoning, fieldOf(reply, body))),
      refusal: null,
      ...(calls.length > 0 && { tool_calls: calls }),
    },
    finish_reason: finishOf(end, calls.length),
    logprobs: body.logprobs === true ? logProbabilitiesOf(answerTokens) : null,
  };
}

/** @see StreamEncoder */
export function encodeChunks(reply: Reply, body: ChatCompletionRequest): StreamEncoder {
  const created = Math.floor(reply.created / 1000);
  const head = {
    id: idPrefix + reply.id,
    object: 'chat.completion.chunk',
    created,
    model: reply.model,
  } as const;
  const prefix = `data: ${JSON.stringify(head).slice(0, -1)},"choices":[{"index":`;
  const choices = Array.from({ length: body.n ?? 1 }, (_, choice) => ({
    opening: `${prefix}${choice},"delta":`,
    calls: 0,
  }));
  const closing = ',"finish_reason":null}]}\n\n';
  const field = fieldOf(reply, body);
  const ends: ConverseEnd[] = [];
  const delta = (choice: number, value: ChatCompletionDelta): string =>
    choices[choice]!.opening + JSON.stringify(value) + closing;

  return {
    open: () => choices.map((_, choice) => delta(choice, { role: 'assistant', content: '' })).join(''),
    part: (choice, part) => {
      const state = choices[choice]!;
      switch (part.type) {
        case 'answer-delta': {
          const details =
            'tokens' in part && part.tokens !== undefined ? logProbabilitiesMember(part.tokens) : '';
          return `${state.opening}{"content":${JSON.stringify(part.text)}}${details}${closing}`;
        }
        case 'reasoning-delta':
          if (field === 'none') return '';
          return `${state.opening}${reasoningJson(part.text, field)}${closing}`;
        case 'tool-call': {
          const { index, name } = part;
          state.calls++;
          const call = { name, arguments: part.arguments };
          const id = callId(reply.id, choice, index);
          return delta(choice, { tool_calls: [{ index, id, type: 'function', function: call }] });
        }
        case 'end': {
          ends.push(part);
          const finish = { index: choice, delta: {}, finish_reason: finishOf(part, state.calls) };
          return eventOf({ ...head, choices: [finish], x_tiegel: tiegelOf(part, reply, body) });
        }
        default:
          return '';
      }
    },
    close: () => {
      const wanted = body.stream_options?.include_usage === true;
      if (!wanted) return 'data: [DONE]\n\n';
      const bill = reply.bill?.();
      const usage = { ...head, choices: [], usage: usageOf(ends), ...(bill && { x_tiegel: bill }) };
      return `${eventOf(usage)}data: [DONE]\n\n`;
    },
    fail: (envelope) => `data: ${JSON.stringify(envelope)}\n\n`,
  };
}

function eventOf(chunk: ChatCompletionChunk): string {
  return `data: ${JSON.stringify(chunk)}\n\n`;
}

/** OpenRouter's `exclude` beats the setting of the server. */
function fieldOf(reply: Reply, body: ChatCompletionRequest): ReasoningField {
  const excluded = body.reasoning?.exclude === true || body.include_reasoning === false;
  return excluded ? 'none' : reply.reasoningField;
}

function reasoningMembers(text: string, field: ReasoningField): object {
  return {
    ...((field === 'both' || field === 'reasoning_content') && { reasoning_content: text }),
    ...((field === 'both' || field === 'reasoning') && { reasoning: text }),
  };
}

function reasoningJson(text: string, field: Exclude<ReasoningField, 'none'>): string {
  const json = JSON.stringify(text);
  return field === 'both' ? `{"reasoning_content":${json},"reasoning":${json}}` : `{"${field}":${json}}`;
}

/** The end of a choice in OpenAI's words. */
export function finishOf({ finish }: ConverseEnd, calls: number): FinishReason {
  if (finish === 'content-filter') return 'content_filter';
  return calls > 0 && finish === 'stop' ? 'tool_calls' : finish;
}

function tiegelOf(end: ConverseEnd, reply: Reply, body: ChatCompletionRequest): TiegelExtension {
  const { logProbabilities } = reply;
  return {
    ...extensionOf(end),
    ...(body.logprobs === true && logProbabilities !== 'none' && { log_probabilities: logProbabilities }),
  };
}

/** Of all choices together; a prompt counts once for the choices that share it, which follow each other. */
export function usageOf(
  ends: readonly ConverseEnd[],
  choicesOfPrompt: number = ends.length,
): CompletionUsage {
  let promptTokens = 0;
  let cachedPromptTokens = 0;
  let completionTokens = 0;
  let reasoningTokens = 0;
  for (const [choice, { usage }] of ends.entries()) {
    if (choice % choicesOfPrompt === 0) {
      promptTokens += usage.promptTokens;
      cachedPromptTokens += usage.cachedPromptTokens;
    }
    completionTokens += usage.completionTokens;
    reasoningTokens += usage.reasoningTokens;
  }
  return {
    prompt_tokens: promptTokens,
    completion_tokens: completionTokens,
    total_tokens: promptTokens + completionTokens,
    prompt_tokens_details: { cached_tokens: cachedPromptTokens },
    completion_tokens_details: { reasoning_tokens: reasoningTokens },
  };
}

function logProbabilitiesMember(tokens: readonly TokenDetail[]): string {
  return `,"logprobs":${JSON.stringify(logProbabilitiesOf(tokens))}`;
}

function logProbabilitiesOf(tokens: readonly TokenDetail[]): ChatLogProbabilities {
  return { content: tokenEntriesOf(tokens), refusal: null };
}

/** Tokens with their log-probabilities and alternatives, as OpenAI and after them Ollama list them. */
export function tokenEntriesOf(tokens: readonly TokenDetail[]): ChatLogProbabilities['content'] {
  const entry = ({ text, logProbability }: { readonly text: string; readonly logProbability: number }) => ({
    token: text,
    logprob: logProbability,
    bytes: [...Buffer.from(text)],
  });
  return tokens.map((token) => ({ ...entry(token), top_logprobs: token.alternatives.map(entry) }));
}
