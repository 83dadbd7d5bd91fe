// Text that a model or a stranger wrote, made harmless for documents: what cannot be seen or changes how other text is
// seen (control characters, bidirectional marks, zero-width and private characters, lone surrogates) is spelled out.

const unseen = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\p{Zl}\p{Zp}]/gu;

/**
 * Line breaks and tabs stay.
 *
 * @example
 * import { visible } from './src/base/plain.ts';
 * visible('a\u202Eb'); // → 'a⟨U+202E⟩b'
 */
export function visible(text: string): string {
  return text.replaceAll('\r\n', '\n').replaceAll(unseen, (character) => {
    if (character === '\n' || character === '\t') return character;
    return spelledOut(character);
  });
}

function spelledOut(character: string): string {
  return `⟨U+${(character.codePointAt(0) as number).toString(16).toUpperCase().padStart(4, '0')}⟩`;
}

/** What changes how other text is shown or steers a terminal; the joiners of emoji and of Persian or Indic words do not. */
const steering = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}]|(?!\u200c|\u200d|[\u{e0020}-\u{e007f}])\p{Cf}/gu;

/**
 * The same for a terminal, where people read what a model writes: joiners stay as well. A carriage return before a line
 * feed goes.
 *
 * @example
 * import { forTerminal } from './src/base/plain.ts';
 * forTerminal('a\u001b]0;title\u0007b'); // → 'a⟨U+001B⟩]0;title⟨U+0007⟩b'
 */
export function forTerminal(text: string): string {
  return text.replaceAll('\r\n', '\n').replaceAll(steering, (character) => {
    if (character === '\n' || character === '\t') return character;
    return spelledOut(character);
  });
}

const plainAscii = /^[\x20-\x7e\n]*$/;

/**
 * Lines of JSON in which nothing steers a terminal or hides: such characters stand as escapes, which mean the same.
 *
 * @param lines as JSON.stringify gives them, each with or without its line end
 */
export function visibleJson(lines: string): string {
  // Nearly all lines are, and looking at them takes a third of the time of the search.
  if (plainAscii.test(lines)) return lines;
  return lines.replaceAll(steering, (character) => {
    if (character === '\n') return character;
    return [...Array(character.length).keys()]
      .map((index) => `\\u${character.charCodeAt(index).toString(16).padStart(4, '0')}`)
      .join('');
  });
}

/** Like `visible`, on one line. */
export function oneLine(text: string): string {
  return visible(text.replaceAll(/\s+/gu, ' ')).trim();
}

/** For elements and quoted attributes of HTML and XML. */
export function escapeMarkup(text: string): string {
  return visible(text)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}

/** For Markdown, within a line or a cell of a table: nothing in it is markup, a link or a formula. */
export function escapeMarkdown(text: string): string {
  return oneLine(text)
    .replaceAll(/[\\`*_[\]|~#!$]/g, (character) => `\\${character}`)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('@', '&#64;')
    .replaceAll(/:(?=\/\/)|(?<=www)\./gi, (character) => `\\${character}`)
    .replace(/^(\d+(?=[.)])|(?=[-+=]))/, '$1\\');
}

/** At most so many characters, and whether there were more. */
export function shortened(text: string, longest: number): string {
  const characters = [...text];
  return characters.length <= longest ? text : `${characters.slice(0, longest).join('')} …`;
}

export function percent(rate: number | null, digits = 1): string {
  return rate === null ? '–' : `${(100 * rate).toFixed(digits)} %`;
}
