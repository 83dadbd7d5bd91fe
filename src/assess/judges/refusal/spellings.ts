// How a cue is spelled in each language, as one pattern over plain text. English spellings are whole words and
// German ones begin words, so that "guide" is not found in "guidelines" nor "figur" in "configuration". `\b` knows only the
// letters of ASCII and never matches before an umlaut.

export type Spellings = { readonly en: RegExp; readonly de: RegExp; readonly zh?: RegExp };

export function patternOf({ en, de, zh }: Spellings): RegExp {
  const inChinese = zh === undefined ? '' : `|${zh.source}`;
  return new RegExp(`${wordStart}(?:(?:${en.source})${wordEnd}|${de.source})${inChinese}`, 'u');
}

const wordStart = '(?<![\\p{L}\\p{N}])';
const wordEnd = '(?![\\p{L}\\p{N}])';
