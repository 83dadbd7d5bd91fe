// From a checked messages request to a turn.
import type { ToolDefinition } from '../../../formats/index.ts';
import type { Prefill, ThinkingOptions } from '../../../reasoning/index.ts';
import type {
  CountTokensRequest,
  MessagesBlock,
  MessagesMessage,
  MessagesRequest,
  MessagesTextBlock,
} from '../../../wire/index.ts';
import type { TurnRequest } from '../../turn/turn-request.ts';
import { samplingOf } from '../sampling.ts';
import { strategyOf } from '../strategy.ts';
import { chosenTools, type ToolChoice } from '../tool-choice.ts';
import { type IdentifiedMessage, withOrderedResults } from '../tools.ts';

export function turnOf(body: MessagesRequest): TurnRequest {
  return {
    ...conversationOf(body),
    stream: body.stream === true,
    choices: 1,
    maxTokens: body.max_tokens,
    ...samplingOf(body),
    ...strategyOf(body),
    oneCall: body.tool_choice?.disable_parallel_tool_use === true,
    stop: body.stop_sequences ?? [],
  };
}

/** The part that counting tokens needs, too. */
export function conversationOf(
  body: CountTokensRequest,
): Pick<TurnRequest, 'model' | 'input' | 'thinking' | 'tools' | 'toolChoice' | 'prefill' | 'constraint'> {
  const system = body.system ? [{ role: 'system' as const, content: joined(body.system) }] : [];
  const prefill = prefillOf(body.messages);
  const messages = prefill === undefined ? body.messages : body.messages.slice(0, -1);
  const format = body.output_config?.format ?? body.output_format;
  return {
    model: body.model,
    input: { messages: withOrderedResults([...system, ...messages.flatMap(messagesOf)]) },
    thinking: thinkingOptionsOf(body),
    ...chosenTools((body.tools ?? []).map(toolOf), choiceOf(body)),
    prefill,
    constraint: format ? { type: 'json-schema', schema: format.schema } : undefined,
  };
}

type MessagesTool = NonNullable<CountTokensRequest['tools']>[number];

function toolOf({ name, description, input_schema }: MessagesTool): ToolDefinition {
  const parameters = input_schema as NonNullable<ToolDefinition['parameters']>;
  return { name, ...(typeof description === 'string' && { description }), parameters };
}

function choiceOf({ tool_choice }: CountTokensRequest): ToolChoice {
  if (tool_choice?.type === 'tool') return tool_choice;
  if (tool_choice?.type === 'any') return 'required';
  return tool_choice?.type ?? 'auto';
}

/** A text of the assistant at the end is the beginning of the reply. */
function prefillOf(messages: readonly MessagesMessage[]): Prefill | undefined {
  const last = messages.at(-1);
  if (last?.role !== 'assistant' || messages.length < 2) return undefined;
  const [{ content, reasoning, toolCalls } = { content: '' }] = messagesOf(last);
  if (content === '' || reasoning !== undefined || toolCalls !== undefined) return undefined;
  return { answer: content };
}

function thinkingOptionsOf({ thinking, output_config }: CountTokensRequest): ThinkingOptions {
  const effort = output_config?.effort;
  return {
    ...(effort && { effort }),
    ...(thinking?.type === 'disabled' && { enabled: false }),
    ...(thinking?.type === 'enabled' && { maxThinkingTokens: thinking.budget_tokens }),
  };
}

/** A turn of the user may hold results of tools, each of which is a message of its own for us. */
function messagesOf({ role, content }: MessagesMessage): readonly IdentifiedMessage[] {
  if (typeof content === 'string') return [{ role, content }];
  const text = joined(content.filter((block) => block.type === 'text'));
  if (role === 'user') {
    const results = content.flatMap((block) => (block.type === 'tool_result' ? [resultOf(block)] : []));
    return text === '' && results.length > 0 ? results : [...results, { role, content: text }];
  }
  const reasoning = content.map((block) => (block.type === 'thinking' ? block.thinking : '')).join('');
  const calls = content.filter((block) => block.type === 'tool_use');
  return [
    {
      role,
      content: text,
      ...(reasoning !== '' && { reasoning }),
      ...(calls.length > 0 && {
        toolCalls: calls.map(({ name, input }) => ({ name, arguments: JSON.stringify(input) })),
        callIds: calls.map(({ id }) => id),
      }),
    },
  ];
}

function resultOf(block: Extract<MessagesBlock, { type: 'tool_result' }>): IdentifiedMessage {
  return { role: 'tool', content: joined(block.content ?? ''), answers: block.tool_use_id };
}

function joined(content: string | readonly MessagesTextBlock[]): string {
  return typeof content === 'string' ? content : content.map(({ text }) => text).join('');
}
