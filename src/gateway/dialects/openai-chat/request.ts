// From a checked chat completion request to a turn.
import { TiegelError } from '../../../base/index.ts';
import type { Constraint } from '../../../engine/index.ts';
import type { ToolDefinition } from '../../../formats/index.ts';
import type { Prefill, ThinkingOptions } from '../../../reasoning/index.ts';
import type {
  ChatCompletionMessage,
  ChatCompletionRequest,
  ChatContent,
  JsonObject,
  Maybe,
  ResponseFormat,
} from '../../../wire/index.ts';
import type { TurnRequest } from '../../turn/turn-request.ts';
import { samplingOf } from '../sampling.ts';
import { strategyOf } from '../strategy.ts';
import { optionsOfThink, optionsOfVariables, templateArgumentsOf } from '../thinking.ts';
import { chosenTools } from '../tool-choice.ts';
import { type IdentifiedMessage, withOrderedResults } from '../tools.ts';

/** @throws TGL_REQUEST_INVALID for fields that contradict each other. */
export function turnOf(body: ChatCompletionRequest): TurnRequest {
  const tools = (body.tools ?? []).map((tool) => toolOf(tool.function));
  const choice = body.tool_choice ?? 'auto';
  const prefill = prefillOf(body.messages);
  const messages = prefill === undefined ? body.messages : body.messages.slice(0, -1);
  return {
    model: body.model,
    input: { messages: withOrderedResults(messages.map(messageOf)) },
    stream: body.stream === true,
    choices: body.n ?? 1,
    maxTokens: maxTokensOf(body),
    ...samplingOf(body),
    ...strategyOf(body),
    stop: typeof body.stop === 'string' ? [body.stop] : (body.stop ?? []),
    thinking: thinkingOptionsOf(body),
    ...chosenTools(tools, typeof choice === 'string' ? choice : choice.function),
    oneCall: body.parallel_tool_calls === false,
    templateArguments: templateArgumentsOf(body.chat_template_kwargs),
    prefill,
    constraint: constraintOf(body.response_format),
    logProbabilities: body.logprobs === true ? (body.top_logprobs ?? 0) : undefined,
  };
}

/** DeepSeek's `prefix`: the last message is the beginning of the reply. */
function prefillOf(messages: readonly ChatCompletionMessage[]): Prefill | undefined {
  const place = messages.findIndex((message) => message.role === 'assistant' && message.prefix === true);
  if (place < 0) return undefined;
  if (place < messages.length - 1 || place === 0) {
    const problem = 'The field prefix belongs to the last message, behind at least one other.';
    throw new TiegelError('TGL_REQUEST_INVALID', { problem, field: `messages.${place}.prefix` });
  }
  const { content, reasoning = '' } = messageOf(messages[place] as ChatCompletionMessage);
  return { ...(reasoning !== '' && { reasoning }), ...(content !== '' && { answer: content }) };
}

function maxTokensOf({ max_tokens, max_completion_tokens }: ChatCompletionRequest): number | undefined {
  const limit = max_completion_tokens ?? max_tokens ?? undefined;
  if (typeof max_tokens === 'number' && max_tokens !== limit) {
    const problem = `The fields max_tokens (${max_tokens}) and max_completion_tokens (${limit}) differ; expected one of them.`;
    throw new TiegelError('TGL_REQUEST_INVALID', { problem, field: 'max_tokens' });
  }
  return limit;
}

/** Where several fields speak of thinking, the one that stands nearer to tokens wins. */
function thinkingOptionsOf(body: ChatCompletionRequest): ThinkingOptions {
  const { reasoning, thinking } = body;
  const effort = body.reasoning_effort ?? reasoning?.effort;
  const most = body.thinking_token_budget ?? body.thinking_budget ?? reasoning?.max_tokens;
  return {
    ...optionsOfVariables(body.chat_template_kwargs),
    ...optionsOfThink(body.think),
    ...(typeof thinking === 'boolean' && { enabled: thinking }),
    ...(typeof thinking === 'object' && thinking !== null && optionsOfSwitch(thinking)),
    ...(typeof body.enable_thinking === 'boolean' && { enabled: body.enable_thinking }),
    ...(typeof reasoning?.enabled === 'boolean' && { enabled: reasoning.enabled }),
    ...(typeof effort === 'string' && { effort }),
    ...(typeof most === 'number' && { maxThinkingTokens: most }),
  };
}

/** `adaptive` and `auto` leave it to the model. */
function optionsOfSwitch({
  type,
  budget_tokens: most,
}: Exclude<NonNullable<ChatCompletionRequest['thinking']>, boolean>): ThinkingOptions {
  return {
    ...(type === 'disabled' && { enabled: false }),
    ...(type === 'enabled' && { enabled: true }),
    ...(typeof most === 'number' && { maxThinkingTokens: most }),
  };
}

/** A function as OpenAI's, and after them Ollama's, clients describe it. */
export function toolOf(tool: {
  readonly name: string;
  readonly description?: Maybe<string>;
  readonly parameters?: Maybe<JsonObject>;
}): ToolDefinition {
  const { name, description, parameters } = tool;
  return {
    name,
    ...(typeof description === 'string' && { description }),
    ...(parameters && { parameters: parameters as NonNullable<ToolDefinition['parameters']> }),
  };
}

function constraintOf(format: Maybe<ResponseFormat>): Constraint | undefined {
  if (format?.type === 'json_object') return { type: 'json-schema', schema: { type: 'object' } };
  if (format?.type === 'grammar') return { type: 'grammar', grammar: format.grammar };
  if (format?.type !== 'json_schema') return undefined;
  return { type: 'json-schema', schema: format.json_schema.schema ?? { type: 'object' } };
}

function messageOf(message: ChatCompletionMessage): IdentifiedMessage {
  if (message.role === 'tool') {
    return { role: 'tool', content: textOf(message.content), answers: message.tool_call_id };
  }
  if (message.role !== 'assistant') {
    // `developer` is OpenAI's newer name of `system`.
    return {
      role: message.role === 'developer' ? 'system' : message.role,
      content: textOf(message.content),
    };
  }
  const details = message.reasoning_details?.map(({ text, summary }) => text ?? summary ?? '').join('');
  const reasoning = message.reasoning_content ?? message.reasoning ?? details;
  const calls = message.tool_calls ?? [];
  return {
    role: 'assistant',
    content: textOf(message.content ?? ''),
    ...(typeof reasoning === 'string' && reasoning !== '' && { reasoning }),
    ...(calls.length > 0 && {
      toolCalls: calls.map((call) => call.function),
      callIds: calls.map((call) => call.id),
    }),
  };
}

function textOf(content: ChatContent): string {
  return typeof content === 'string' ? content : content.map((part) => part.text).join('');
}
