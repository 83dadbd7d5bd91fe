// A generate request as the body of `POST /completions`: the prompt as one text, which the server tokenises. Servers know
// control tokens in any text; those that people wrote are broken up, so that they stay what they are.
import { TiegelError } from '../../base/index.ts';
import type { PromptPiece } from '../../formats/index.ts';
import type { RenderedRequest } from '../engine.ts';
import { type ChatRequestOptions, commonMembers } from './chat-request.ts';

/** With which the prompts of some families begin. Where the server writes it as well, it would stand there twice. */
const beginOfText = '<｜begin▁of▁sentence｜>';

/** Control tokens and tags of the families, from their first character on. */
const controlToken = /<(?=\/?(?:think|tool_call|tool_response)>|[|｜][^<>\s]{1,40}[|｜]>)/g;

/** Not seen by people; in the token's place the model reads its characters. */
const wordJoiner = '\u2060';

/** @throws TGL_CAPABILITY_MISSING where such a server takes no rendered prompts */
export function renderedRequest(request: RenderedRequest, options: ChatRequestOptions): string {
  const { model, profile } = options;
  if (profile.renderedPrompts === null)
    throw new TiegelError('TGL_CAPABILITY_MISSING', { model, feature: 'a prompt that is rendered already' });
  const { members, begins } = profile.renderedPrompts;
  const text = promptText(request.prompt);
  const prompt = begins && text.startsWith(beginOfText) ? text.slice(beginOfText.length) : text;
  return JSON.stringify({ ...commonMembers(request, options), prompt, ...members });
}

/** Neighbouring pieces of people are one text: templates cut tags in two, which joining would mend. */
function promptText(prompt: readonly PromptPiece[]): string {
  let text = '';
  let people = '';
  for (const piece of prompt) {
    if (!piece.special) {
      people += piece.text;
      continue;
    }
    text += broken(people) + piece.text;
    people = '';
  }
  return text + broken(people);
}

function broken(text: string): string {
  return text.replace(controlToken, `<${wordJoiner}`);
}
