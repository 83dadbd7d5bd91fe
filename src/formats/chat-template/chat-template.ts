// Chat templates as code. The Jinja text in a model file is never executed here: its digest picks one of the vetted
// families below, each of which a test holds equal to its Jinja text.
import { digestOf, TiegelError } from '../../base/index.ts';
import type { ChatMessage, PromptPiece } from '../prompt.ts';
import { tiegelTemplate } from './tiegel.ts';

/** `open`: the prompt ends inside a think block. `closed`: it ends after an empty one, so that the model answers. */
export type Thinking = 'open' | 'closed';

export type ChatTemplate = {
  readonly name: string;
  /** The Jinja text for the GGUF key `tokenizer.chat_template`. */
  readonly text: string;
  /** The prompt up to where the model goes on; control tokens only in special pieces. */
  readonly render: (
    messages: readonly ChatMessage[],
    options: { readonly thinking: Thinking },
  ) => readonly PromptPiece[];
  /** What a model is taught to write after that prompt; `reasoning` is left out where thinking is closed. */
  readonly renderCompletion: (
    completion: { readonly reasoning: string; readonly answer: string },
    options: { readonly thinking: Thinking },
  ) => readonly PromptPiece[];
};

const families: readonly ChatTemplate[] = [tiegelTemplate];

/**
 * The vetted family that a template text belongs to.
 *
 * @throws TGL_TEMPLATE_UNKNOWN for any other text, even if it differs by white space only.
 */
export function templateFor(text: string): ChatTemplate {
  const digest = digestOf(text);
  const family = families.find((candidate) => digestOf(candidate.text) === digest);
  if (family) return family;
  throw new TiegelError('TGL_TEMPLATE_UNKNOWN', { digest, known: families.map(({ name }) => name) });
}

/** Whether a rendered prompt leaves a think block open. Tags that people typed do not count. */
export function startsInReasoning(prompt: readonly PromptPiece[]): boolean {
  const template = prompt.map(({ text, special }) => (special ? text : ' ')).join('');
  return template.lastIndexOf('<think>') > template.lastIndexOf('</think>');
}
