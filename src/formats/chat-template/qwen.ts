// The prompts of Qwen2.5 and of QwQ, which thinks: ChatML with tools in Hermes' form. QwQ differs by the think block at
// the end, by dropping the thinking of earlier turns, and by having no system prompt of its own.
import type { ChatMessage, PromptPiece, ToolCall, ToolDefinition } from '../prompt.ts';
import type { VettedTemplate } from './chat-template.ts';
import { fromPeopleWithoutTags, fromTemplate, joinPieces } from './pieces.ts';
import { pythonJson, rewriteJson } from './python-json.ts';

export const endOfTurn = '<|im_end|>\n';

export const qwen25Template: VettedTemplate = {
  name: 'qwen2.5',
  thinkingEnd: { text: '\n</think>\n\n', sentence: true },
  toolCallFormat: 'hermes',
  render: (messages, { tools = [] }) => {
    const system = 'You are Qwen, created by Alibaba Cloud. You are a helpful assistant.';
    return joinPieces([
      ...head(messages, tools, system),
      ...messages.flatMap((message, index) => turn(messages, index, message.content)),
      fromTemplate('<|im_start|>assistant\n'),
    ]);
  },
};

/** There are two published texts; one drops the thinking of the very last message as well. */
export function qwqTemplate(options: { readonly keepsLastThinking: boolean }): VettedTemplate {
  return {
    name: 'qwq',
    thinkingEnd: { text: '\n</think>\n\n', sentence: true },
    toolCallFormat: 'hermes',
    render: (messages, { thinking, tools = [] }) =>
      joinPieces([
        ...head(messages, tools, ''),
        ...messages.flatMap((message, index) => {
          const kept = options.keepsLastThinking && index === messages.length - 1;
          const drops = message.role === 'assistant' && !kept;
          return turn(messages, index, drops ? withoutThinking(message.content) : message.content);
        }),
        fromTemplate(`<|im_start|>assistant\n<think>\n${thinking === 'closed' ? '</think>' : ''}`),
      ]),
  };
}

/** The system's turn: the first message where it is the system's, else `system`, which is left out where empty. */
function head(
  messages: readonly ChatMessage[],
  tools: readonly ToolDefinition[],
  system: string,
): readonly PromptPiece[] {
  const first = messages[0]?.role === 'system' ? people(messages[0].content) : [fromTemplate(system)];
  if (tools.length === 0) {
    const left = messages[0]?.role !== 'system' && system === '';
    return left ? [] : [fromTemplate('<|im_start|>system\n'), ...first, fromTemplate(endOfTurn)];
  }
  return [
    fromTemplate('<|im_start|>system\n'),
    ...first,
    fromTemplate('\n\n'),
    ...toolsPreface(tools),
    fromTemplate(endOfTurn),
  ];
}

/** What tells the model of its tools, at the end of the system's turn; nothing without any. */
export function toolsPreface(tools: readonly ToolDefinition[]): readonly PromptPiece[] {
  if (tools.length === 0) return [];
  return [
    fromTemplate(
      '# Tools\n\nYou may call one or more functions to assist with the user query.\n\n' +
        'You are provided with function signatures within <tools></tools> XML tags:\n<tools>',
    ),
    ...tools.flatMap((definition) => [
      fromTemplate('\n'),
      ...people(pythonJson({ type: 'function', function: definition })),
    ]),
    fromTemplate(
      '\n</tools>\n\nFor each function call, return a json object with function name and arguments within ' +
        '<tool_call></tool_call> XML tags:\n<tool_call>\n' +
        '{"name": <function-name>, "arguments": <args-json-object>}\n</tool_call>',
    ),
  ];
}

function turn(messages: readonly ChatMessage[], index: number, content: string): readonly PromptPiece[] {
  const { role, toolCalls = [], content: whole } = messages[index]!;
  if (role === 'system' && index === 0) return [];
  if (role === 'tool') return toolResult(messages, index);
  const text = toolCalls.length > 0 && whole === '' ? [] : [fromTemplate('\n'), ...people(content)];
  return [
    fromTemplate(`<|im_start|>${role}`),
    ...text,
    ...toolCalls.flatMap(toolCall),
    fromTemplate(endOfTurn),
  ];
}

/** Results that follow each other share a turn of the user's. */
export function toolResult(messages: readonly ChatMessage[], index: number): readonly PromptPiece[] {
  return [
    fromTemplate(messages[index - 1]?.role === 'tool' ? '' : '<|im_start|>user'),
    fromTemplate('\n<tool_response>\n'),
    ...people(messages[index]!.content),
    fromTemplate('\n</tool_response>'),
    fromTemplate(messages[index + 1]?.role === 'tool' ? '' : endOfTurn),
  ];
}

function toolCall({ name, arguments: args }: ToolCall): readonly PromptPiece[] {
  return [
    fromTemplate('\n<tool_call>\n'),
    ...people(`{"name": "${name}", "arguments": ${rewriteJson(args)}}`),
    fromTemplate('\n</tool_call>'),
  ];
}

function withoutThinking(content: string): string {
  return content.split('</think>').at(-1)!.replace(/^\n+/, '');
}

/** The tags are ordinary words of these vocabularies; control tokens are no danger in text of people. */
export function people(text: string): readonly PromptPiece[] {
  return fromPeopleWithoutTags(text, [
    '<think>',
    '</think>',
    '<tool_call>',
    '</tool_call>',
    '<tool_response>',
    '</tool_response>',
  ]);
}
