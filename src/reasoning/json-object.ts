// One JSON object at the beginning of a text of a model's. A text is not parsed before a scan has found the object's end:
// the scan stops at the first character that no object can hold there, while a parser that fails takes as long as the text
// is. So a reader that tries one beginning of a call after the other, each up to the end of the reply, takes a time in
// proportion: of two beginnings, one has the next `<` outside of its strings.

export type JsonObject = Readonly<Record<string, unknown>>;

/** Arrays and objects within each other. What is deeper is no call: to write it out again would exhaust the stack. */
const maxDepth = 128;

/** The object that stands behind white space, and the place behind it; undefined where there is none, or an unfinished one. */
export function jsonObjectAt(
  text: string,
  from: number,
): { readonly value: JsonObject; readonly end: number } | undefined {
  const end = endOfObject(text, from);
  if (end === undefined) return undefined;
  try {
    return { value: JSON.parse(text.slice(from, end)) as JsonObject, end };
  } catch {
    return undefined;
  }
}

/** White space of JSON. */
const blank = new Set([...' \t\n\r'].map(codeOf));
/** What stands outside of strings: punctuation, numbers, and the letters of true, false and null. */
const outside = new Set([...' \t\n\r{}[]:,0123456789+-.Eaeflnrstu'].map(codeOf));
const [quote, backslash, firstPrintable] = [codeOf('"'), codeOf('\\'), codeOf(' ')];
const [openBrace, closeBrace] = [codeOf('{'), codeOf('}')];
const [openBracket, closeBracket] = [codeOf('['), codeOf(']')];

/** The place behind the bracket that closes the object; of what is within, only strings and brackets are looked at. */
function endOfObject(text: string, from: number): number | undefined {
  const start = skipBlank(text, from);
  if (text.charCodeAt(start) !== openBrace) return undefined;
  const first = text.charCodeAt(skipBlank(text, start + 1));
  if (first !== quote && first !== closeBrace) return undefined;
  let depth = 0;
  for (let at = start; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === quote) {
      const closing = endOfString(text, at + 1);
      if (closing === undefined) return undefined;
      at = closing;
    } else if (code === openBrace || code === openBracket) {
      if (++depth > maxDepth) return undefined;
    } else if (code === closeBrace || code === closeBracket) {
      if (--depth === 0) return at + 1;
    } else if (!outside.has(code)) return undefined;
  }
  return undefined;
}

/** The place of the closing quote. */
function endOfString(text: string, from: number): number | undefined {
  for (let at = from; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === quote) return at;
    if (code < firstPrintable) return undefined;
    if (code === backslash) at++;
  }
  return undefined;
}

function skipBlank(text: string, from: number): number {
  let at = from;
  while (blank.has(text.charCodeAt(at))) at++;
  return at;
}

function codeOf(character: string): number {
  return character.charCodeAt(0);
}
