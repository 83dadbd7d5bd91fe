// Removes differences of spelling that do not matter for facts: case, width, umlauts and their digraphs, punctuation within
// numbers, and anything that is not a letter or digit.

/** Words separated by single spaces, without spaces beside Chinese characters. */
export function foldedText(text: string): string {
  return text
    .normalize('NFKC')
    .toLowerCase()
    .replace(/(\p{N})[.,'’ \u00A0](?=\p{N}{3}(?!\p{N}))/gu, '$1')
    .replace(/ä/gu, 'ae')
    .replace(/ö/gu, 'oe')
    .replace(/ü/gu, 'ue')
    .replace(/ß/gu, 'ss')
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .replace(/ ?(\p{Script=Han}) ?/gu, '$1')
    .trim();
}
