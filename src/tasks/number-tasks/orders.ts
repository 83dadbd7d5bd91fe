// Which of two numbers is larger, and numbers in order. Numbers are compared as one does on paper: by length, then digit by digit from
// the left, until two digits differ.
import type { Task } from '../task.ts';
import { type NumberDifficulty, numberTask } from './number-task.ts';

type Pair = { readonly one: number; readonly other: number; readonly wantsLarger: boolean };

/** The larger or the smaller of two numbers; they differ. */
export const comparison: Task<Pair, NumberDifficulty> = numberTask<Pair>({
  name: 'comparison',
  stream: 13,
  defaultDifficulty: { lowest: 1, highest: 999 },
  ranges: { lowest: [0, 9999], highest: [0, 9999] },
  draw: (random, { lowest, highest }) => {
    const [one, other] = [random.integer(lowest, highest), random.integer(lowest, highest)];
    return one === other ? null : { one, other, wantsLarger: random.next() < 0.5 };
  },
  canonical: ({ one, other, wantsLarger }) =>
    `comparison ${Math.min(one, other)} ${Math.max(one, other)} ${wantsLarger ? 'larger' : 'smaller'}`,
  patterns: {
    en: [
      '{|Please tell me, |Quick question: |Tell me: |Do you know }{which is <comparative>|which number is <comparative>|what is <comparative>|which one is <comparative>}{, |: }<one> or <other>{?|}',
      '{Give|Name|Find|Pick|Show|Tell me} the <comparative> {number|one|value} {of|among} <one> and <other>{.|}',
      '{Compare|Look at} <one> and <other>{. Which is <comparative>|: which is <comparative>|, which one is <comparative>}?',
      '<one> or <other>{, which is <comparative>|: which is <comparative>|, what is <comparative>}?',
    ],
    de: [
      '{|Bitte sag mir, |Kurze Frage: |Sag mir: |Weißt du, }{was ist <comparative>|welche Zahl ist <comparative>|welche ist <comparative>|welche von beiden ist <comparative>}{, |: }<one> oder <other>{?|}',
      '{Nenne|Gib mir|Finde|Wähle|Bestimme|Zeig mir} die <inflected>{ Zahl|} {von|aus} <one> und <other>{.|}',
      '{Vergleiche|Schau dir an:} <one> und <other>{. Was ist <comparative>|: was ist <comparative>|, welche ist <comparative>}?',
      '<one> oder <other>{, was ist <comparative>|: welche ist <comparative>|, welche Zahl ist <comparative>}?',
    ],
  },
  parts: ({ one, other, wantsLarger }, language) => ({
    one,
    other,
    comparative: comparatives[language][wantsLarger ? 0 : 1][(one + other) % 2] as string,
    inflected: wantsLarger ? 'größere' : 'kleinere',
  }),
  trace: ({ one, other }) => comparisonText(one, other),
  answer: ({ one, other, wantsLarger }) => String(wantsLarger ? Math.max(one, other) : Math.min(one, other)),
});

/** More and less; which word is used follows from the numbers, so that a problem has one wording. */
const comparatives = {
  en: [
    ['larger', 'bigger'],
    ['smaller', 'lower'],
  ],
  de: [
    ['größer', 'höher'],
    ['kleiner', 'niedriger'],
  ],
} as const;

function comparisonText(one: number, other: number): string {
  const [left, right] = [String(one), String(other)];
  const verdict = `${one}${one < other ? '<' : '>'}${other}`;
  if (left.length !== right.length) return `${left.length} ${right.length} ${verdict}`;
  const place = [...left].findIndex((digit, index) => digit !== right[index]);
  const signs = [...left].slice(0, place + 1).map((digit, index) => {
    const against = right[index] as string;
    return `${digit}${digit === against ? '=' : digit < against ? '<' : '>'}${against}`;
  });
  return [...signs, verdict].join(' ');
}

type List = { readonly numbers: readonly number[]; readonly isAscending: boolean };

/** Three to five different numbers in ascending or descending order. */
export const ordering: Task<List, NumberDifficulty> = numberTask<List>({
  name: 'ordering',
  stream: 14,
  defaultDifficulty: { lowest: 1, highest: 99 },
  ranges: { lowest: [0, 999], highest: [0, 999] },
  draw: (random, { lowest, highest }) => {
    const numbers = Array.from({ length: random.integer(3, 5) }, () => random.integer(lowest, highest));
    return new Set(numbers).size < numbers.length ? null : { numbers, isAscending: random.next() < 0.5 };
  },
  canonical: ({ numbers, isAscending }) =>
    `ordering ${numbers.toSorted((a, b) => a - b).join(' ')} ${isAscending ? 'up' : 'down'}`,
  patterns: {
    en: [
      '{Sort|Order|Arrange|Put in order|Please sort|Rank} {|the numbers }<numbers>{ from <first> to <last>|, <first> number first|, <first> first| in <direction> order}{.|}',
      '{|Please |Can you }{sort|order|list|arrange} these {|numbers }{from <first> to <last>|with the <first> one first|in <direction> order}: <numbers>{.|}',
      '{Sort|Order|Please sort|Can you sort} <numbers><implied>{.|}',
      '{What are|Give me|Show me} <numbers> {in <direction> order|from <first> to <last>|sorted, <first> first}{?|.|}',
    ],
    de: [
      '{Sortiere|Ordne|Bitte sortiere|Bitte ordne|Sortier|Reihe} {|die Zahlen }<numbers>{ von der <first> zur <last> Zahl|, die <firstnominative> Zahl zuerst|, die <firstnominative> zuerst| <direction>}{.|}',
      '{|Bitte |Kannst du }{sortiere|ordne|nenne} diese {|Zahlen }{von der <first> zur <last>|mit der <first> zuerst|<direction>}: <numbers>{.|}',
      '{Sortiere|Ordne|Bitte sortiere|Sortier mal} <numbers><implied>{.|}',
      '{Was ist|Gib mir|Zeig mir} <numbers> {<direction> sortiert|von der <first> zur <last>|sortiert, die <firstnominative> zuerst}{?|.|}',
    ],
  },
  parts: ({ numbers, isAscending }, language) => {
    const [small, large] = language === 'en' ? ['smallest', 'largest'] : ['kleinsten', 'größten'];
    const [first, last] = isAscending ? [small, large] : [large, small];
    return {
      numbers: numbers.join(', '),
      first: first as string,
      last: last as string,
      firstnominative: isAscending ? 'kleinste' : 'größte',
      direction: directions[language][isAscending ? 0 : 1],
      // Ascending goes without saying.
      implied: isAscending ? '' : language === 'en' ? ' in descending order' : ' absteigend',
    };
  },
  trace: ({ numbers, isAscending }) => {
    const left = [...numbers];
    const lines: string[] = [];
    while (left.length > 1) {
      const next = isAscending ? Math.min(...left) : Math.max(...left);
      lines.push(`${left.join(' ')}: ${next}`);
      left.splice(left.indexOf(next), 1);
    }
    return [...lines, String(left[0])].join('\n');
  },
  answer: ({ numbers, isAscending }) =>
    numbers.toSorted((one, other) => (isAscending ? one - other : other - one)).join(', '),
});

const directions = { en: ['ascending', 'descending'], de: ['aufsteigend', 'absteigend'] } as const;
