// The chat format of models taught here. A turn begins with its role's token; only the assistant's ends with <|end|>,
// which also ends generation. Reasoning of earlier turns is dropped, as in the R1 template.
import type { ChatRole } from '../prompt.ts';
import type { TaughtTemplate } from './chat-template.ts';
import { fromPeople, fromTemplate, joinPieces } from './pieces.ts';

const jinja = `{%- for message in messages -%}
{%- if message.role == 'assistant' -%}
{{- '<|assistant|>' + message.content + '<|end|>' -}}
{%- elif message.role == 'system' -%}
{{- '<|system|>' + message.content -}}
{%- else -%}
{{- '<|user|>' + message.content -}}
{%- endif -%}
{%- endfor -%}
{%- if add_generation_prompt -%}
{%- if enable_thinking is defined and not enable_thinking -%}
{{- '<|assistant|><think>\\n</think>\\n' -}}
{%- else -%}
{{- '<|assistant|><think>\\n' -}}
{%- endif -%}
{%- endif -%}
`;

const roleTexts: Record<ChatRole, string> = {
  system: '<|system|>',
  user: '<|user|>',
  assistant: '<|assistant|>',
  tool: '<|user|>',
};

/** The models are too small to be told anything in the middle of a chain, and were taught no tools. */
export const tiegelTemplate: TaughtTemplate = {
  name: 'tiegel',
  text: jinja,
  thinkingEnd: { text: '\n</think>\n', sentence: false },
  toolCallFormat: null,
  render: (messages, { thinking }) =>
    joinPieces([
      ...messages.flatMap(({ role, content }) => [
        fromTemplate(roleTexts[role]),
        fromPeople(content),
        fromTemplate(role === 'assistant' ? '<|end|>' : ''),
      ]),
      fromTemplate(`<|assistant|><think>\n${thinking === 'closed' ? '</think>\n' : ''}`),
    ]),
  renderCompletion: ({ reasoning, answer }, { thinking }) =>
    joinPieces([
      ...(thinking === 'open' ? [fromPeople(reasoning), fromTemplate('\n</think>\n')] : []),
      fromPeople(answer),
      fromTemplate('<|end|>'),
    ]),
};
