// The chat format of models taught here. A turn begins with its role's token; only the assistant's ends with <|end|>,
// which also ends generation. Reasoning of earlier turns is dropped, as in the R1 template.
import type { ChatRole, PromptPiece } from '../prompt.ts';
import type { ChatTemplate } from './chat-template.ts';

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
};

export const tiegelTemplate: ChatTemplate = {
  name: 'tiegel',
  text: jinja,
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

function fromTemplate(text: string): PromptPiece {
  return { text, special: true };
}

function fromPeople(text: string): PromptPiece {
  return { text, special: false };
}

/** Drops empty pieces and joins neighbours of one kind, so that equal prompts are equal lists. */
function joinPieces(pieces: readonly PromptPiece[]): readonly PromptPiece[] {
  const joined: PromptPiece[] = [];
  for (const piece of pieces) {
    const last = joined.at(-1);
    if (piece.text === '') continue;
    if (last?.special === piece.special) {
      joined[joined.length - 1] = { text: last.text + piece.text, special: piece.special };
    } else joined.push(piece);
  }
  return joined;
}
