// How judges read a text: look-alike spellings made equal, sentences, and words. Chinese has no spaces, so each of
// its characters counts as a word; runs of two and three then do what words do elsewhere.

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

/** The sentences of a plain text, in which Chinese has the Latin marks ! and ? as well; numbers of list items do not end one. */
export function sentencesOf(plain: string): readonly string[] {
  return plain
    .split(
      /(?<=[.!?…]["')\]]?)(?<!\b\d+\.)\s+|(?<=。[」』]?)(?![」』])|(?<=[!?][」』]?)(?=[「『]?\p{Script=Han})|\n+/u,
    )
    .map((sentence) => sentence.trim())
    .filter((sentence) => sentence !== '');
}

/** The words of a plain text, in order. */
export function wordsOf(plain: string): readonly string[] {
  return plain.match(/\p{Script=Han}|[\p{L}\p{M}]+(?:'[\p{L}\p{M}]+)*|\p{N}+/gu) ?? [];
}
