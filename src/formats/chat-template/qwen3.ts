// The prompts of Qwen3: those of Qwen2.5 without a system prompt of its own. The model opens its think block by itself, and
// a closed one is put before its answer where it is not to think. Thinking is kept in the turns behind the last question.
import type { ChatMessage, PromptPiece } from '../prompt.ts';
import type { VettedTemplate } from './chat-template.ts';
import { fromTemplate, joinPieces } from './pieces.ts';
import { rewriteJson } from './python-json.ts';
import { endOfTurn, people, toolResult, toolsPreface } from './qwen.ts';

export const qwen3Template: VettedTemplate = {
  name: 'qwen3',
  thinkingEnd: { text: '\n</think>\n\n', sentence: true },
  toolCallFormat: 'hermes',
  render: (messages, { thinking, tools = [] }) => {
    const last = lastQuestion(messages);
    const first = messages[0]?.role === 'system' ? people(messages[0].content) : [];
    const preface = toolsPreface(tools);
    const between = first.length > 0 && preface.length > 0 ? [fromTemplate('\n\n')] : [];
    const head = [...first, ...between, ...preface];
    const system = head.length > 0 || messages[0]?.role === 'system';
    return joinPieces([
      ...(system ? [fromTemplate('<|im_start|>system\n'), ...head, fromTemplate(endOfTurn)] : []),
      ...messages.flatMap((message, index) => {
        if (message.role === 'system' && index === 0) return [];
        if (message.role === 'tool') return toolResult(messages, index);
        if (message.role === 'assistant')
          return assistantTurn(message, index > last, index === messages.length - 1);
        return [
          fromTemplate(`<|im_start|>${message.role}\n`),
          ...people(message.content),
          fromTemplate(endOfTurn),
        ];
      }),
      fromTemplate(`<|im_start|>assistant\n${thinking === 'closed' ? '<think>\n\n</think>\n\n' : ''}`),
    ]);
  },
};

/** Results of tools that stand in a turn of the user's are no question; without any question it is the last message. */
function lastQuestion(messages: readonly ChatMessage[]): number {
  const index = messages.findLastIndex(
    ({ role, content }) =>
      role === 'user' && !(content.startsWith('<tool_response>') && content.endsWith('</tool_response>')),
  );
  return index < 0 ? messages.length - 1 : index;
}

function assistantTurn(message: ChatMessage, isCurrent: boolean, isLast: boolean): readonly PromptPiece[] {
  const { toolCalls = [] } = message;
  const { reasoning, content } = partsOf(message);
  const shows = isCurrent && (isLast || reasoning !== '');
  const thought = shows
    ? [
        fromTemplate('<think>\n'),
        ...people(withoutEmptyLines(reasoning)),
        fromTemplate('\n</think>\n\n'),
        ...people(content.replace(/^\n+/, '')),
      ]
    : people(content);
  return [
    fromTemplate('<|im_start|>assistant\n'),
    ...thought,
    ...toolCalls.flatMap(({ name, arguments: args }, index) => [
      fromTemplate(`${index > 0 || content !== '' ? '\n' : ''}<tool_call>\n`),
      ...people(`{"name": "${name}", "arguments": ${rewriteJson(args)}}`),
      fromTemplate('\n</tool_call>'),
    ]),
    fromTemplate(endOfTurn),
  ];
}

/** Reasoning that was sent apart, else what stands before the end of a think block in the text. */
function partsOf({ reasoning, content }: ChatMessage): {
  readonly reasoning: string;
  readonly content: string;
} {
  if (reasoning !== undefined) return { reasoning, content };
  if (!content.includes('</think>')) return { reasoning: '', content };
  const parts = content.split('</think>');
  return {
    reasoning: withoutEmptyLines(parts[0]!.split('<think>').at(-1)!),
    content: parts.at(-1)!.replace(/^\n+/, ''),
  };
}

/** Without the line breaks at both ends. A pattern such as `\n+$` would look at each run of them once for each of its characters. */
function withoutEmptyLines(text: string): string {
  let begin = 0;
  let end = text.length;
  while (begin < end && text[begin] === '\n') begin++;
  while (end > begin && text[end - 1] === '\n') end--;
  return text.slice(begin, end);
}
