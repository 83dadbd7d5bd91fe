// The words of the word problems. Row i means the same in both languages, so that a problem is one record of indices.
// Verbs are in the third person; the first word of a verb identifies it, because the trace repeats only that word.
import type { Language } from '../task.ts';

/** `before` precedes the amount and `after` follows it: "gives away 5", "gibt 5 ab". */
export type Verb = { readonly before: string; readonly after: string };

export type ChainWords = {
  /** Plural, in the accusative. */
  readonly things: readonly string[];
  /** Plural, followed by the size of a group: "bags of 6", "Beutel zu je 6". */
  readonly containers: readonly string[];
  readonly each: string;
  readonly gain: readonly Verb[];
  readonly lose: readonly Verb[];
  /** Verb i multiplies by i + 2 and takes no amount. */
  readonly times: readonly Verb[];
  readonly and: string;
};

export const names: readonly string[] = [
  'Anna',
  'Ben',
  'Clara',
  'David',
  'Emma',
  'Felix',
  'Hannah',
  'Jonas',
  'Lena',
  'Max',
  'Mia',
  'Noah',
  'Paul',
  'Sara',
  'Tom',
  'Vera',
];

export const chainWords: Readonly<Record<Language, ChainWords>> = {
  en: {
    things: [
      'apples',
      'books',
      'pens',
      'marbles',
      'cards',
      'stamps',
      'coins',
      'shells',
      'nuts',
      'buttons',
      'candles',
      'eggs',
      'cookies',
      'pictures',
      'stones',
      'flowers',
    ],
    containers: ['bags', 'boxes', 'packs', 'baskets'],
    each: 'of',
    gain: [verb('buys'), verb('finds'), verb('gets'), verb('collects'), verb('wins'), verb('receives')],
    lose: [
      verb('gives away'),
      verb('loses'),
      verb('sells'),
      verb('throws away'),
      verb('donates'),
      verb('lends'),
    ],
    times: [verb('doubles the number'), verb('triples the number')],
    and: 'and',
  },
  de: {
    things: [
      'Äpfel',
      'Bücher',
      'Stifte',
      'Murmeln',
      'Karten',
      'Briefmarken',
      'Münzen',
      'Muscheln',
      'Nüsse',
      'Knöpfe',
      'Kerzen',
      'Eier',
      'Kekse',
      'Bilder',
      'Steine',
      'Blumen',
    ],
    containers: ['Beutel', 'Kisten', 'Packungen', 'Körbe'],
    each: 'zu je',
    gain: [verb('kauft'), verb('findet'), verb('bekommt'), verb('sammelt'), verb('gewinnt'), verb('erhält')],
    lose: [
      verb('gibt', 'ab'),
      verb('verliert'),
      verb('verkauft'),
      verb('wirft', 'weg'),
      verb('spendet'),
      verb('verleiht'),
    ],
    times: [verb('verdoppelt die Anzahl'), verb('verdreifacht die Anzahl')],
    and: 'und',
  },
};

export const nameCount: number = names.length;
export const thingCount: number = chainWords.en.things.length;
export const containerCount: number = chainWords.en.containers.length;
export const verbCounts: Readonly<Record<'gain' | 'lose' | 'times', number>> = {
  gain: chainWords.en.gain.length,
  lose: chainWords.en.lose.length,
  times: chainWords.en.times.length,
};

function verb(before: string, after = ''): Verb {
  return { before, after };
}
