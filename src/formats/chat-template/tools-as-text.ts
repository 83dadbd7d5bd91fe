// Tools for a server that knows none: definitions, calls and results as text in the messages, in the form that R1 writes
// and its published templates render. A server of R1 thus sees the prompt that would be rendered here; other models are
// told the form by its example, and may not keep to it.
import type { ChatMessage, PromptPiece, ToolDefinition } from '../prompt.ts';
import { r1Tokens, toolCall, toolOutput, toolPreface } from './deepseek-pieces.ts';

const { callsBegin, callsEnd, outputsBegin, outputsEnd } = r1Tokens;

/** The same conversation without the role `tool` and without calls; definitions stand before the system prompt. */
export function toolsAsText(
  messages: readonly ChatMessage[],
  tools: readonly ToolDefinition[],
): readonly ChatMessage[] {
  const told: ChatMessage[] = [];
  let results: string[] = [];
  const flush = (): void => {
    if (results.length > 0)
      told.push({ role: 'user', content: outputsBegin + results.join('\n') + outputsEnd });
    results = [];
  };
  for (const message of messages) {
    if (message.role === 'tool') results.push(textOf(toolOutput(message.content)));
    else {
      flush();
      told.push(withCalls(message));
    }
  }
  flush();
  const preface = textOf(toolPreface(tools));
  if (preface === '') return told;
  const [first, ...others] = told;
  return first?.role === 'system'
    ? [{ ...first, content: preface + first.content }, ...others]
    : [{ role: 'system', content: preface.trimEnd() }, ...told];
}

function withCalls({ toolCalls = [], ...message }: ChatMessage): ChatMessage {
  if (toolCalls.length === 0) return message;
  const calls = toolCalls.map((call) => textOf(toolCall(call.name, call.arguments)));
  return { ...message, content: message.content + callsBegin + calls.join('\n') + callsEnd };
}

function textOf(pieces: readonly PromptPiece[]): string {
  return pieces.map(({ text }) => text).join('');
}
