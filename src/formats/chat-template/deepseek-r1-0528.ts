// The prompts of DeepSeek R1 of May 2025 and its distillation into Qwen3 8B: all system messages are joined, the
// assistant's token stands behind every user's turn, every turn begins its own group of calls, and the think block is
// opened by the model. As published, calls keep their arguments' text and no definitions of tools are known.
import type { VettedTemplate } from './chat-template.ts';
import {
  people,
  r1ThinkingEnd,
  r1Tokens,
  toolCall,
  toolOutput,
  toolPreface,
  withoutThinking,
} from './deepseek-pieces.ts';
import { fromTemplate, joinPieces } from './pieces.ts';

const { begin, end, user, assistant, callsBegin, callsEnd, outputsBegin, outputsEnd } = r1Tokens;

export const deepseekR1MayTemplate: VettedTemplate = {
  name: 'deepseek-r1',
  thinkingEnd: r1ThinkingEnd,
  toolCallFormat: 'deepseek',
  render: (messages, { thinking, tools = [] }) => {
    const system = messages.filter(({ role }) => role === 'system').map(({ content }) => content);
    const pieces = [fromTemplate(begin), ...toolPreface(tools), ...people(system.join('\n\n'))];
    let afterTool = false;
    let outputsBegun = false;
    for (const { role, content, toolCalls = [] } of messages) {
      if (role === 'user') {
        pieces.push(fromTemplate(user), ...people(content), fromTemplate(assistant));
        afterTool = false;
      } else if (role === 'tool') {
        pieces.push(fromTemplate(outputsBegun ? '\n' : outputsBegin), ...toolOutput(content));
        afterTool = true;
        outputsBegun = true;
      } else if (role === 'assistant') {
        pieces.push(fromTemplate(afterTool ? outputsEnd : ''), ...people(withoutThinking(content)));
        for (const [index, call] of toolCalls.entries()) {
          pieces.push(fromTemplate(index === 0 ? callsBegin : '\n'), ...toolCall(call.name, call.arguments));
        }
        if (toolCalls.length > 0) outputsBegun = false;
        pieces.push(fromTemplate((toolCalls.length > 0 ? callsEnd : '') + end));
        afterTool = false;
      }
    }
    const last = messages.findLast(({ role }) => role !== 'system')?.role;
    const opening = last === 'user' ? '' : assistant;
    const closing = thinking === 'closed' ? '<think>\n</think>' : '';
    pieces.push(fromTemplate(afterTool ? outputsEnd : opening + closing));
    return joinPieces(pieces);
  },
};
