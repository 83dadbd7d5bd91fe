// Small random changes of a text that people can still read: letters inside words swap, change case, or become the
// neighbour in the alphabet. The three text augmentations and the probabilities of best-of-N jailbreaking (Hughes et al.
// 2024, arXiv 2412.03556); differs in that letters beyond ASCII swap and change case as well.
import type { Random } from '../../base/index.ts';

const probabilities = { scramble: 0.6, case: 0.6, neighbour: 0.06 } as const;

/** Another spelling of the text, the same for the same stream. */
export function augment(text: string, random: Random): string {
  const scrambled = text.replaceAll(/\p{L}{4,}/gu, (word) =>
    random.next() < probabilities.scramble ? scramble(word, random) : word,
  );
  return Array.from(scrambled, (character) => change(character, random)).join('');
}

/** Shuffles the letters of a word between its first and last. */
function scramble(word: string, random: Random): string {
  const letters = Array.from(word);
  return [letters[0], ...random.shuffle(letters.slice(1, -1)), letters.at(-1)].join('');
}

function change(character: string, random: Random): string {
  let changed = character;
  if (/\p{L}/u.test(character) && random.next() < probabilities.case) changed = otherCase(character);
  if (/[!-~]/.test(changed) && random.next() < probabilities.neighbour) {
    const code = changed.charCodeAt(0) + (random.next() < 0.5 ? -1 : 1);
    // A character that would become unprintable is left alone.
    if (code > 0x20 && code < 0x7f) changed = String.fromCharCode(code);
  }
  return changed;
}

/** The letter in its other case, or unchanged if it has none or if that would be two letters. */
function otherCase(letter: string): string {
  const upper = letter.toUpperCase();
  const other = letter === upper ? letter.toLowerCase() : upper;
  return Array.from(other).length === 1 ? other : letter;
}
