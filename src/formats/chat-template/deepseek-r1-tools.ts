// llama.cpp's own template for R1, which tells the model about its tools and ends every user's turn.
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

export const deepseekR1ToolTemplate: VettedTemplate = {
  name: 'deepseek-r1',
  thinkingEnd: r1ThinkingEnd,
  toolCallFormat: 'deepseek',
  render: (messages, { thinking, tools = [] }) => {
    const pieces = [fromTemplate(begin), ...toolPreface(tools), ...lastSystemPrompt(messages)];
    let inOutputs = false;
    let outputsBegun = false;
    const flush = (): void => {
      if (inOutputs) pieces.push(fromTemplate(outputsEnd + end));
      inOutputs = false;
    };
    for (const { role, content, toolCalls = [] } of messages) {
      if (role !== 'tool') flush();
      if (role === 'user') {
        pieces.push(fromTemplate(user), ...people(content), fromTemplate(end));
      } else if (role === 'assistant' && content === '') {
        pieces.push(fromTemplate(assistant + callsBegin));
        for (const [index, { name, arguments: args }] of toolCalls.entries()) {
          pieces.push(fromTemplate(index === 0 ? '' : '\n'), ...toolCall(name, rewriteJson(args)));
        }
        pieces.push(fromTemplate(callsEnd + end));
      } else if (role === 'assistant') {
        pieces.push(fromTemplate(assistant), ...people(withoutThinking(content)), fromTemplate(end));
      } else if (role === 'tool') {
        pieces.push(fromTemplate(`${outputsBegun ? '' : outputsBegin}\n`), ...toolOutput(content));
        inOutputs = true;
        outputsBegun = true;
      }
    }
    flush();
    pieces.push(fromTemplate(`${assistant}<think>\n${thinking === 'closed' ? '</think>' : ''}`));
    return joinPieces(pieces);
  },
};
