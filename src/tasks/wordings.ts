// Wordings by a grammar: a pattern such as `{What is|Calculate} <sum>{?|}` stands for every choice among its alternatives. Wordings
// are split like problems, by their text alone, so that a model can be asked in words that no training has shown it.
import { digestOf, lookUp } from '../base/index.ts';
import type { Language, Split } from './task.ts';

/** Patterns by language. `{a|b}` is a choice, possibly of nothing; `<name>` is filled in from the problem. Choices do not nest. */
export type WordingPatterns = Readonly<Record<Language, readonly string[]>>;

/** The wordings of one task, by side of the split. */
export type Wordings = Readonly<Record<Split, Readonly<Record<Language, readonly string[]>>>>;

/**
 * One wording in eight, and one at least, is held out: those whose texts have the lowest digests. Two that differ by the mark at
 * their end alone are one, because people leave it out.
 */
const heldOutShare = 1 / 8;

/** Every wording of the patterns, on its side of the split. @throws TypeError where a language has fewer than two */
export function wordingsOf(patterns: WordingPatterns): Wordings {
  const [en, de] = [splitWordings(patterns.en), splitWordings(patterns.de)];
  return {
    train: { en: en.train, de: de.train },
    'held-out': { en: en['held-out'], de: de['held-out'] },
  };
}

/** Every choice among the alternatives of a pattern. */
export function expanded(pattern: string): readonly string[] {
  const parts = pattern.split(/\{([^{}]*)\}/);
  return parts.reduce<readonly string[]>(
    (texts, part, index) => {
      const alternatives = index % 2 === 0 ? [part] : part.split('|');
      return texts.flatMap((text) => alternatives.map((alternative) => text + alternative));
    },
    [''],
  );
}

/** The wording with the parts of a problem put in. @throws TypeError for a part that the problem does not have */
export function filled(wording: string, parts: Readonly<Record<string, string | number>>): string {
  return wording.replaceAll(/<([a-z]+)>/g, (_, name: string) => {
    const part = lookUp(parts, name);
    if (part === undefined) throw new TypeError(`wording: there is no ${name} in ${wording}`);
    return String(part);
  });
}

function splitWordings(patterns: readonly string[]): Readonly<Record<Split, readonly string[]>> {
  const all = [...new Set(patterns.flatMap(expanded))];
  const stems = [...new Set(all.map(stemOf))];
  if (stems.length < 2)
    throw new TypeError(`wordings: there are too few to be split: ${patterns.join(' / ')}`);
  const digests = new Map(stems.map((stem): [string, string] => [stem, digestOf(stem)]));
  const byDigest = stems.toSorted((one, other) => (digests.get(one)! < digests.get(other)! ? -1 : 1));
  const held = new Set(byDigest.slice(0, Math.max(1, Math.floor(heldOutShare * stems.length))));
  return {
    'held-out': all.filter((wording) => held.has(stemOf(wording))),
    train: all.filter((wording) => !held.has(stemOf(wording))),
  };
}

function stemOf(wording: string): string {
  return wording.trim().replace(/ ?[.?]$/, '');
}
