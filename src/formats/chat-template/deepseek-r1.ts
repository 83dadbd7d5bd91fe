// The prompts of DeepSeek R1 and its distillations, as published: the system text stands behind the first token
// without a role, earlier turns lose what they held up to `</think>`, and no think block is opened after the result of
// a tool. The oddities of the published templates are kept, because a prompt has to be what the model's makers render:
// the tokens around calls and results come once a conversation, not once a turn.
import type { VettedTemplate } from './chat-template.ts';
import {
  lastSystemPrompt,
  people,
  r1ThinkingEnd,
  r1Tokens,
  toolCall,
  toolOutput,
  toolPreface,
  withoutThinking,
} from './deepseek-pieces.ts';
import { fromTemplate, joinPieces } from './pieces.ts';
import { rewriteJson } from './python-json.ts';

const { begin, end, user, assistant, callsBegin, callsEnd, outputsBegin, outputsEnd } = r1Tokens;

export type R1Variety = {
  /** The prompt opens the think block. The first published text left that to the model, which then may skip it. */
  readonly opensThinking: boolean;
  /**
   * `first`: calls only in turns without other text, arguments as they are, and the calls of a turn are ended after
   * the second call and each further one. `corrected`: calls in every turn, arguments as JSON, ended once.
   */
  readonly calls: 'first' | 'corrected';
};

/** The published templates know no definitions of tools; where there are some, they are put first as in llama.cpp's. */
export function deepseekR1Template({ opensThinking, calls }: R1Variety): VettedTemplate {
  return {
    name: 'deepseek-r1',
    thinkingEnd: r1ThinkingEnd,
    toolCallFormat: 'deepseek',
    render: (messages, { thinking, tools = [] }) => {
      const pieces = [fromTemplate(begin), ...toolPreface(tools), ...lastSystemPrompt(messages)];
      let afterTool = false;
      let calledBefore = false;
      let outputsBegun = false;
      for (const { role, content, toolCalls = [] } of messages) {
        if (role === 'user') {
          afterTool = false;
          pieces.push(fromTemplate(user), ...people(content));
        } else if (role === 'tool') {
          afterTool = true;
          pieces.push(fromTemplate(outputsBegun ? '\n' : outputsBegin), ...toolOutput(content));
          outputsBegun = true;
        } else if (role === 'assistant') {
          const rendersCalls = toolCalls.length > 0 && (calls === 'corrected' || content === '');
          if (rendersCalls) {
            afterTool = false;
            for (const call of toolCalls) {
              const args = calls === 'corrected' ? rewriteJson(call.arguments) : call.arguments;
              pieces.push(
                fromTemplate(calledBefore ? '\n' : assistant + callsBegin),
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
