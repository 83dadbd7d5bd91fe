// A chat template as it stands in a model file, for operators who took the responsibility for that very text. It knows
// roles, texts, reasoning and whether to think; not tools, whose arguments it would have to take apart. It cannot look
// into people's texts either, so what its makers do with think tags in earlier answers is left undone.
import { digestOf, type Entropy, type Json, systemEntropy } from '../../../base/index.ts';
import type { Gguf } from '../../gguf/gguf.ts';
import { optionalString } from '../../gguf/metadata.ts';
import type { ChatMessage, PromptPiece } from '../../prompt.ts';
import type { ChatTemplate } from '../chat-template.ts';
import { fromPeople } from '../pieces.ts';
import { createMarks, type Marks } from './marks.ts';
import { createRenderer, failed, type Renderer } from './renderer.ts';

/** What renders embedded templates; a part of the subject, since another version may render another prompt. */
export const templateRenderer = '@huggingface/jinja 0.5.11';

/** What a template takes from its file. */
export type TemplateSource = {
  readonly text: string;
  readonly beginToken: string;
  readonly endToken: string;
  /** Tokens that llama.cpp recognises in any text; they are cut where people write them. */
  readonly tags: readonly string[];
};

/** Characters of a template text. */
export const maxTextLength: number = 2 ** 18;
/** llama.cpp's token type USER_DEFINED. */
const userDefined = 4;

/** Null where the file has no template. */
export function templateSourceIn(gguf: Gguf): TemplateSource | null {
  const text = optionalString(gguf, 'tokenizer.chat_template') ?? '';
  if (text === '') return null;
  const tokens = arrayOf(gguf, 'tokenizer.ggml.tokens').map(String);
  const types = arrayOf(gguf, 'tokenizer.ggml.token_type');
  const tokenOf = (key: string): string => {
    const found = gguf.metadata.get(key);
    return (found?.type === 'uint32' && tokens[found.value]) || '';
  };
  return {
    text,
    beginToken: tokenOf('tokenizer.ggml.bos_token_id'),
    endToken: tokenOf('tokenizer.ggml.eos_token_id'),
    tags: tokens.filter((token, id) => types[id] === userDefined && /^[<[]./u.test(token)),
  };
}

function arrayOf(gguf: Gguf, key: string): readonly unknown[] {
  const found = gguf.metadata.get(key);
  return found?.type === 'array' ? Array.from<unknown>(found.value) : [];
}

/** Nothing is started before the first prompt, and what was started ends by itself. */
export function embeddedTemplate(
  source: TemplateSource,
  renderer: Renderer = createRenderer(),
  entropy: Entropy = systemEntropy,
): ChatTemplate {
  const people = cutTags(source.tags);
  return {
    name: `embedded ${digestOf(source.text)}`,
    thinkingEnd: { text: '\n</think>\n\n', sentence: false },
    toolCallFormat: null,
    render: async (messages, { thinking }) => {
      if (source.text.length > maxTextLength)
        throw failed(`its text is longer than ${maxTextLength} characters`);
      const marks = createMarks(entropy);
      const rendered = await renderer({
        text: source.text,
        variables: {
          messages: messages.map((message) => variablesOf(message, marks)),
          add_generation_prompt: true,
          enable_thinking: thinking === 'open',
          bos_token: source.beginToken,
          eos_token: source.endToken,
        },
      });
      if (rendered.trim() === '') throw failed('it renders nothing');
      return marks.reveal(rendered, people);
    },
  };
}

function variablesOf({ role, content, reasoning = '', toolCalls = [] }: ChatMessage, { hide }: Marks): Json {
  if (toolCalls.length > 0) throw failed('calls of tools are not rendered');
  return {
    role,
    content: hide(content),
    ...(reasoning !== '' && { reasoning_content: hide(reasoning) }),
  };
}

/** People's text in which each tag is cut behind its first character: the same characters, never the token. */
function cutTags(tags: readonly string[]): (text: string) => readonly PromptPiece[] {
  if (tags.length === 0) return (text) => [fromPeople(text)];
  const anyTag = new RegExp(`(?=${tags.map((tag) => RegExp.escape(tag)).join('|')})`, 'g');
  return (text) => {
    const cuts = [...text.matchAll(anyTag)].map(({ index }) => index + 1);
    return [0, ...cuts].map((begin, at) => fromPeople(text.slice(begin, cuts[at])));
  };
}
