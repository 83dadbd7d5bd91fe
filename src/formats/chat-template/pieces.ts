// How families build prompts out of pieces.
import type { PromptPiece } from '../prompt.ts';

export function fromTemplate(text: string): PromptPiece {
  return { text, special: true };
}

export function fromPeople(text: string): PromptPiece {
  return { text, special: false };
}

/**
 * Text of people for a family in whose vocabulary `tags` are words that llama.cpp recognises in any text (token type
 * USER_DEFINED). Each tag is cut behind its first character; the model reads the same characters in smaller tokens.
 */
export function fromPeopleWithoutTags(text: string, tags: readonly string[]): readonly PromptPiece[] {
  const pieces: PromptPiece[] = [];
  let begin = 0;
  for (let at = text.indexOf('<'); at >= 0; at = text.indexOf('<', at + 1)) {
    if (!tags.some((tag) => text.startsWith(tag, at))) continue;
    pieces.push(fromPeople(text.slice(begin, at + 1)));
    begin = at + 1;
  }
  return [...pieces, fromPeople(text.slice(begin))];
}

/** Drops empty pieces and joins neighbours that come from the template, so that equal prompts are equal lists. */
export function joinPieces(pieces: readonly PromptPiece[]): readonly PromptPiece[] {
  const joined: PromptPiece[] = [];
  for (const piece of pieces) {
    const last = joined.at(-1);
    if (piece.text === '') continue;
    if (last?.special && piece.special) joined[joined.length - 1] = fromTemplate(last.text + piece.text);
    else joined.push(piece);
  }
  return joined;
}
