// From a checked responses request to a turn.
import type { Constraint } from '../../../engine/index.ts';
import type { ResponseInputItem, ResponsesRequest } from '../../../wire/index.ts';
import type { TurnRequest } from '../../turn/turn-request.ts';
import { toolOf } from '../openai-chat/request.ts';
import { samplingOf } from '../sampling.ts';
import { strategyOf } from '../strategy.ts';
import { chosenTools } from '../tool-choice.ts';
import { type IdentifiedMessage, withOrderedResults } from '../tools.ts';

export function turnOf(body: ResponsesRequest): TurnRequest {
  const { instructions, input, reasoning } = body;
  const system = instructions ? [{ role: 'system' as const, content: instructions }] : [];
  const asked = typeof input === 'string' ? [{ role: 'user' as const, content: input }] : messagesOf(input);
  return {
    model: body.model,
    input: { messages: withOrderedResults([...system, ...asked]) },
    stream: body.stream === true,
    choices: 1,
    maxTokens: body.max_output_tokens ?? undefined,
    ...samplingOf(body),
    ...strategyOf(body),
    shortens: body.truncation === 'auto',
    oneCall: body.parallel_tool_calls === false,
    stop: [],
    thinking: {
      ...(reasoning?.effort && { effort: reasoning.effort }),
      ...(typeof reasoning?.max_tokens === 'number' && { maxThinkingTokens: reasoning.max_tokens }),
    },
    ...chosenTools((body.tools ?? []).map(toolOf), body.tool_choice ?? 'auto'),
    constraint: constraintOf(body),
  };
}

function constraintOf({ text }: ResponsesRequest): Constraint | undefined {
  const format = text?.format;
  if (format?.type === 'json_object') return { type: 'json-schema', schema: { type: 'object' } };
  return format?.type === 'json_schema' ? { type: 'json-schema', schema: format.schema } : undefined;
}

/**
 * Reasoning and calls are items of their own; with the text of the assistant that they stand beside, they are one turn for
 * us.
 */
function messagesOf(items: readonly ResponseInputItem[]): readonly IdentifiedMessage[] {
  const messages: IdentifiedMessage[] = [];
  let thought = '';
  /** What was thought before this turn of the assistant. */
  const reasoning = (): { readonly reasoning?: string } => {
    const text = thought;
    thought = '';
    return text === '' ? {} : { reasoning: text };
  };
  for (const item of items) {
    if (item.type === 'reasoning')
      thought += textOf(item.content?.length ? item.content : (item.summary ?? ''));
    else if (item.type === 'function_call') {
      const call = { name: item.name, arguments: item.arguments };
      const last = messages.at(-1);
      const turn = last?.role === 'assistant' ? last : { role: 'assistant' as const, content: '' };
      if (turn === last) messages.pop();
      messages.push({
        ...turn,
        ...reasoning(),
        toolCalls: [...(turn.toolCalls ?? []), call],
        callIds: [...((turn as IdentifiedMessage).callIds ?? []), item.call_id],
      });
    } else if (item.type === 'function_call_output') {
      messages.push({ role: 'tool', content: textOf(item.output), answers: item.call_id });
    } else {
      const role = item.role === 'developer' ? 'system' : item.role;
      messages.push({ role, content: textOf(item.content), ...(role === 'assistant' && reasoning()) });
    }
  }
  return messages;
}

function textOf(content: string | readonly { readonly text: string }[]): string {
  return typeof content === 'string' ? content : content.map(({ text }) => text).join('');
}
