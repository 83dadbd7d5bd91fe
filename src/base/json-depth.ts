// How deep a JSON text is nested. Who walks over a value does it by recursion, our libraries included, so that a text of
// brackets would end in an exhausted stack.

/**
 * Whether arrays and objects stand deeper within each other than that; in one pass over the text, which need not be valid.
 *
 * @example
 * import { isNestedDeeper } from './src/base/index.ts';
 * isNestedDeeper('[[{"a":"[[["}]]', 3); // → false
 */
export function isNestedDeeper(json: string, most: number): boolean {
  // Nearly every text has too few brackets for that, which is counted in a tenth of the time.
  if (hasAtMost(json, most, ['[', '{'])) return false;
  let depth = 0;
  for (let place = 0; place < json.length; place++) {
    const character = json.charCodeAt(place);
    if (character === quote) {
      place = endOfString(json, place + 1);
    } else if (character === openBracket || character === openBrace) {
      if (++depth > most) return true;
    } else if (character === closeBracket || character === closeBrace) depth--;
  }
  return false;
}

const [quote, backslash] = [0x22, 0x5c];
const [openBracket, closeBracket, openBrace, closeBrace] = [0x5b, 0x5d, 0x7b, 0x7d];

/** Whether these characters stand in a text so many times, or fewer. */
function hasAtMost(text: string, most: number, characters: readonly string[]): boolean {
  let count = 0;
  for (const character of characters)
    for (let place = text.indexOf(character); place >= 0; place = text.indexOf(character, place + 1))
      if (++count > most) return false;
  return true;
}

/** The place of the closing quote, or of the end. */
function endOfString(json: string, start: number): number {
  let place = start;
  while (place < json.length && json.charCodeAt(place) !== quote)
    place += json.charCodeAt(place) === backslash ? 2 : 1;
  return place;
}
