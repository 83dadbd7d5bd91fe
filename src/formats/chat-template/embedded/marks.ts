// Keeps people's texts out of a template that nobody here has read: it is given unguessable marks in their place, and
// they are put back afterwards, as pieces of their own. A mark changes under whatever changes texts (case, JSON, HTML,
// splitting, indenting), and what is left of it then betrays that; only blanks around a text may be taken away.
import type { Entropy } from '../../../base/index.ts';
import type { PromptPiece } from '../../prompt.ts';
import { fromTemplate, joinPieces } from '../pieces.ts';
import { failed } from './renderer.ts';

export type Marks = {
  /** What the template gets: blanks stay around the mark, and a text of nothing else stays as it is. */
  readonly hide: (text: string) => string;
  /** @throws TGL_TEMPLATE_FAILED where the template has changed a mark, or repeats texts beyond measure. */
  readonly reveal: (
    rendered: string,
    fromPeople: (text: string) => readonly PromptPiece[],
  ) => readonly PromptPiece[];
};

/** Characters of a prompt with people's texts in it; a template could repeat one of them any number of times. */
const maxPromptLength = 2 ** 22;

// A mark: a letter, 16 random characters of Unicode's private use area, a text that conversions change, 16 more.
const firstPrivate = 0xe000;
const privateCharacters = 0xf900 - firstPrivate;
const half = 16;
const changeable = 'aZ"<&\\é\n';
const anyMark = /a[\uE000-\uF8FF]{16}aZ"<&\\é\n[\uE000-\uF8FF]{16}/g;
const anyPrivate = /[\uE000-\uF8FF]/;

export function createMarks(entropy: Entropy): Marks {
  const hidden = new Map<string, { readonly lead: string; readonly text: string; readonly tail: string }>();
  return {
    hide: (whole) => {
      const text = whole.trim();
      if (text === '') return whole;
      const begin = whole.indexOf(text);
      const lead = whole.slice(0, begin);
      const tail = whole.slice(begin + text.length);
      const mark = `a${randomText(entropy)}${changeable}${randomText(entropy)}`;
      hidden.set(mark, { lead, text, tail });
      return `${lead}${mark}${tail}`;
    },
    reveal: (rendered, fromPeople) => {
      const pieces: PromptPiece[] = [];
      let begin = 0;
      let length = rendered.length;
      const addTemplate = (text: string): void => {
        if (anyPrivate.test(text)) throw failed('it changes the texts of messages');
        pieces.push(fromTemplate(text));
      };
      for (const { 0: mark, index } of rendered.matchAll(anyMark)) {
        const found = hidden.get(mark);
        if (found === undefined) throw failed('it changes the texts of messages');
        const { lead, text, tail } = found;
        const before = rendered.slice(begin, index);
        const keepsLead = before.endsWith(lead);
        const keepsTail = rendered.startsWith(tail, index + mark.length);
        addTemplate(keepsLead ? before.slice(0, before.length - lead.length) : before);
        pieces.push(...fromPeople(`${keepsLead ? lead : ''}${text}${keepsTail ? tail : ''}`));
        begin = index + mark.length + (keepsTail ? tail.length : 0);
        length += text.length;
        if (length > maxPromptLength)
          throw failed(`its prompts are longer than ${maxPromptLength} characters`);
      }
      addTemplate(rendered.slice(begin));
      return joinPieces(pieces);
    },
  };
}

function randomText(entropy: Entropy): string {
  const bytes = Buffer.from(entropy(2 * half));
  const codes = Array.from({ length: half }, (_, at) => bytes.readUInt16LE(2 * at) % privateCharacters);
  return String.fromCharCode(...codes.map((code) => firstPrivate + code));
}
