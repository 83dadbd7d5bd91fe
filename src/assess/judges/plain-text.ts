// How judges read a text: one spelling of what looks alike, sentences, and words. Chinese has no spaces, so that each of
// its characters counts as a word; runs of two and three are then what words are elsewhere.

/** NFKC, lower case, straight quotes, no markdown emphasis, single spaces within lines. */
export function plainText(text: string): string {
  return text
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[‘’‛`´]/g, "'")
    .replace(/[“”„‟«»]/g, '"')
    .replace(/[*_#>]+/g, ' ')
    .replace(/[^\S\n]+/g, ' ')
    .replace(/ ?\n\s*/g, '\n')
    .trim();
}

/** Of a plain text, which has the marks ! and ? of Latin script in Chinese as well; numbers of list items do not end one. */
export function sentencesOf(plain: string): readonly string[] {
  return plain
    .split(
      /(?<=[.!?…]["')\]]?)(?<!\b\d+\.)\s+|(?<=。[」』]?)(?![」』])|(?<=[!?][」』]?)(?=[「『]?\p{Script=Han})|\n+/u,
    )
    .map((sentence) => sentence.trim())
    .filter((sentence) => sentence !== '');
}

/** Of a plain text, in their order. */
export function wordsOf(plain: string): readonly string[] {
  return plain.match(/\p{Script=Han}|[\p{L}\p{M}]+(?:'[\p{L}\p{M}]+)*|\p{N}+/gu) ?? [];
}
