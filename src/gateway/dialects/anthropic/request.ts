// From a checked messages request to a turn.
import type { ToolDefinition } from '../../../formats/index.ts';
import type { ThinkingWish } from '../../../reasoning/index.ts';
import type {
  CountTokensRequest,
  MessagesBlock,
  MessagesMessage,
  MessagesRequest,
  MessagesTextBlock,
} from '../../../wire/index.ts';
import type { TurnRequest } from '../../turn-request.ts';
import { type IdentifiedMessage, withOrderedResults } from '../tools.ts';

export function turnOf(body: MessagesRequest): TurnRequest {
  return {
    ...conversationOf(body),
    stream: body.stream === true,
    choices: 1,
    maxTokens: body.max_tokens,
    temperature: body.temperature ?? undefined,
    topP: body.top_p ?? undefined,
    stop: body.stop_sequences ?? [],
  };
}

/** The part that counting tokens needs, too. */
export function conversationOf(
  body: CountTokensRequest,
): Pick<TurnRequest, 'model' | 'input' | 'thinking' | 'tools' | 'constraint'> {
  const system = body.system ? [{ role: 'system' as const, content: joined(body.system) }] : [];
  const tools = body.tool_choice?.type === 'none' ? [] : (body.tools ?? []);
  const format = body.output_config?.format;
  return {
    model: body.model,
    input: { messages: withOrderedResults([...system, ...body.messages.flatMap(messagesOf)]) },
    thinking: wishOf(body),
    tools: tools.map(({ name, description, input_schema }): ToolDefinition => {
      const parameters = input_schema as NonNullable<ToolDefinition['parameters']>;
      return { name, ...(typeof description === 'string' && { description }), parameters };
    }),
    constraint: format ? { type: 'json-schema', schema: format.schema } : undefined,
  };
}

function wishOf({ thinking, output_config }: CountTokensRequest): ThinkingWish {
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
