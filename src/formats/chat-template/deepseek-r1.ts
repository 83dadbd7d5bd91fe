// The prompts of DeepSeek R1 and its distillations, as published: the system text stands behind the first token
// without a role, earlier turns lose what they held up to `</think>`, and no think block is opened after the result of
// a tool. The oddities of the published templates are kept, because a prompt has to be what the model's makers render:
// the tokens around calls and results come once a conversation, not once a turn.
import type { ChatMessage, PromptPiece, ToolDefinition } from '../prompt.ts';
import type { ChatTemplate } from './chat-template.ts';
import { fromPeopleWithoutTags, fromTemplate, joinPieces } from './pieces.ts';
import { pythonJson, rewriteJson } from './python-json.ts';

const begin = '<｜begin▁of▁sentence｜>';
const end = '<｜end▁of▁sentence｜>';
const assistant = '<｜Assistant｜>';
const callsEnd = '<｜tool▁calls▁end｜>';
const outputsEnd = '<｜tool▁outputs▁end｜>';

export type R1Variety = {
  readonly name: string;
  /** The prompt opens the think block. The first published text left that to the model, which then may skip it. */
  readonly opensThinking: boolean;
  /**
   * `first`: calls only in turns without other text, arguments as they are, and the calls of a turn are ended after
   * the second call and each further one. `corrected`: calls in every turn, arguments as JSON, ended once.
   */
  readonly calls: 'first' | 'corrected';
};

/** The published templates know no definitions of tools; where there are some, they are put first as in llama.cpp's. */
export function deepseekR1Template({ name, opensThinking, calls }: R1Variety): ChatTemplate {
  return {
    name,
    thinkingEnd: { text: '\n</think>\n\n', sentence: true },
    toolCallFormat: 'deepseek',
    render: (messages, { thinking, tools = [] }) => {
      const pieces = [fromTemplate(begin), ...toolPreface(tools), ...systemPrompt(messages)];
      let afterTool = false;
      let calledBefore = false;
      let outputsBegun = false;
      for (const { role, content, toolCalls = [] } of messages) {
        if (role === 'user') {
          afterTool = false;
          pieces.push(fromTemplate('<｜User｜>'), ...people(content));
        } else if (role === 'tool') {
          afterTool = true;
          pieces.push(fromTemplate(outputsBegun ? '\n' : '<｜tool▁outputs▁begin｜>'), ...toolOutput(content));
          outputsBegun = true;
        } else if (role === 'assistant') {
          const rendersCalls = toolCalls.length > 0 && (calls === 'corrected' || content === '');
          if (rendersCalls) {
            afterTool = false;
            for (const call of toolCalls) {
              const args = calls === 'corrected' ? rewriteJson(call.arguments) : call.arguments;
              pieces.push(
                fromTemplate(calledBefore ? '\n' : `${assistant}<｜tool▁calls▁begin｜>`),
                ...toolCall(call.name, args),
                fromTemplate(calls === 'first' && calledBefore ? callsEnd + end : ''),
              );
              calledBefore = true;
            }
            if (calls === 'corrected') pieces.push(fromTemplate(callsEnd + end));
          }
          if (toolCalls.length > 0 && content === '') continue;
          const shown = afterTool ? content : withoutThinking(content);
          pieces.push(fromTemplate(afterTool ? outputsEnd : assistant), ...people(shown), fromTemplate(end));
          afterTool = false;
        }
      }
      const opening = opensThinking ? '<think>\n' : '';
      const closing = thinking === 'closed' ? `${opening === '' ? '<think>\n' : ''}</think>` : '';
      pieces.push(fromTemplate(afterTool ? outputsEnd : assistant + opening + closing));
      return joinPieces(pieces);
    },
  };
}

/** llama.cpp's own template for R1, which tells the model about its tools and ends every user's turn. */
export const deepseekR1ToolTemplate: ChatTemplate = {
  name: 'deepseek-r1-tools',
  thinkingEnd: { text: '\n</think>\n\n', sentence: true },
  toolCallFormat: 'deepseek',
  render: (messages, { thinking, tools = [] }) => {
    const pieces = [fromTemplate(begin), ...toolPreface(tools), ...systemPrompt(messages)];
    let inOutputs = false;
    let outputsBegun = false;
    const flush = (): void => {
      if (inOutputs) pieces.push(fromTemplate(outputsEnd + end));
      inOutputs = false;
    };
    for (const { role, content, toolCalls = [] } of messages) {
      if (role !== 'tool') flush();
      if (role === 'user') {
        pieces.push(fromTemplate('<｜User｜>'), ...people(content), fromTemplate(end));
      } else if (role === 'assistant' && content === '') {
        pieces.push(fromTemplate(`${assistant}<｜tool▁calls▁begin｜>`));
        for (const [index, { name, arguments: args }] of toolCalls.entries()) {
          pieces.push(fromTemplate(index === 0 ? '' : '\n'), ...toolCall(name, rewriteJson(args)));
        }
        pieces.push(fromTemplate(callsEnd + end));
      } else if (role === 'assistant') {
        pieces.push(fromTemplate(assistant), ...people(withoutThinking(content)), fromTemplate(end));
      } else if (role === 'tool') {
        pieces.push(
          fromTemplate(`${outputsBegun ? '' : '<｜tool▁outputs▁begin｜>'}\n`),
          ...toolOutput(content),
        );
        inOutputs = true;
        outputsBegun = true;
      }
    }
    flush();
    pieces.push(fromTemplate(`${assistant}<think>\n${thinking === 'closed' ? '</think>' : ''}`));
    return joinPieces(pieces);
  },
};

/** Control tokens are no danger in text of people; the two tags are ordinary words of R1's vocabularies. */
function people(text: string): readonly PromptPiece[] {
  return fromPeopleWithoutTags(text, ['<think>', '</think>']);
}

/** The last system message, wherever it stands. */
function systemPrompt(messages: readonly ChatMessage[]): readonly PromptPiece[] {
  return people(messages.findLast(({ role }) => role === 'system')?.content ?? '');
}

function withoutThinking(content: string): string {
  return content.split('</think>').at(-1)!;
}

function toolCall(name: string, args: string): readonly PromptPiece[] {
  return [
    fromTemplate('<｜tool▁call▁begin｜>function<｜tool▁sep｜>'),
    ...people(name),
    fromTemplate('\n```json\n'),
    ...people(args),
    fromTemplate('\n```<｜tool▁call▁end｜>'),
  ];
}

function toolOutput(content: string): readonly PromptPiece[] {
  return [fromTemplate('<｜tool▁output▁begin｜>'), ...people(content), fromTemplate('<｜tool▁output▁end｜>')];
}

function toolPreface(tools: readonly ToolDefinition[]): readonly PromptPiece[] {
  if (tools.length === 0) return [];
  return [
    fromTemplate("You can call any of the following function tools to satisfy the user's requests: "),
    ...people(pythonJson(tools, 2)),
    fromTemplate(
      '\n\nExample function tool call syntax:\n\n' +
        '<｜tool▁calls▁begin｜><｜tool▁call▁begin｜>function<｜tool▁sep｜>example_function_name\n' +
        '```json\n{\n  "arg1": "some_value"\n  ...\n}\n```\n' +
        '<｜tool▁call▁end｜><｜tool▁calls▁end｜>\n\n',
    ),
  ];
}
