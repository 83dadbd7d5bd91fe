// What a report says, in English, in which its templates are written, or in German, by a table. Reasons stand in the evidence as English
// sentences; one that the table does not know, such as the description of somebody's own policy, is given as it is.
import { lookUp } from '../../base/index.ts';
import german from './german.json' with { type: 'json' };

export type ReportLanguage = 'en' | 'de';

export const reportLanguages: readonly ReportLanguage[] = ['en', 'de'];

export type Phrase = keyof typeof german.phrases | keyof typeof german.sentences;

type Parts = Readonly<Record<string, string | number>>;

export type Wording = {
  readonly language: ReportLanguage;
  /** The phrase with its parts, which stand as `{name}` in it. */
  readonly say: (phrase: Phrase, parts?: Parts) => string;
  /** Sentences of the evidence. */
  readonly reason: (text: string) => string;
  /** Of a rate between 0 and 1; a dash for none. */
  readonly percent: (rate: number | null, digits?: number) => string;
};

const phrases: Readonly<Record<string, string>> = { ...german.phrases, ...german.sentences };

/** Of the policies that are shipped. */
const descriptions: Readonly<Record<string, string>> = german.descriptions;

/** A pattern for each kind of reason, with the names of its parts in their order. */
const reasons = Object.entries(german.reasons).map(([english, translated]) => ({
  pattern: new RegExp(`^${RegExp.escape(english).replaceAll(/\\\{(\w+)\\\}/g, '(?<$1>.+?)')}$`, 'u'),
  translated,
}));

export const english: Wording = {
  language: 'en',
  say: (phrase, parts = {}) => filled(phrase, parts),
  reason: (text) => text,
  percent: (rate, digits = 1) => percentIn(rate, digits),
};

const inGerman: Wording = {
  language: 'de',
  say: (phrase, parts = {}) => filled(lookUp(phrases, phrase) ?? phrase, parts),
  reason: (text) =>
    lookUp(descriptions, text) ??
    text
      .split('; ')
      .map((piece) => translationOf(piece) ?? piece)
      .join('; '),
  percent: (rate, digits = 1) => percentIn(rate, digits).replace('.', ','),
};

export function wordingIn(language: ReportLanguage): Wording {
  return language === 'de' ? inGerman : english;
}

/** Undefined where the table does not know it. */
function translationOf(reason: string): string | undefined {
  const known = reasons.find(({ pattern }) => pattern.test(reason));
  if (known === undefined) return undefined;
  const parts = Object.entries(known.pattern.exec(reason)?.groups ?? {});
  const own = parts.map(([name, part]) => [name, translationOf(part) ?? decimal(part)] as const);
  return filled(known.translated, Object.fromEntries(own));
}

/** A number as German writes it; any other text as it is. */
function decimal(text: string): string {
  return /^\d+\.\d+( %)?$/.test(text) ? text.replace('.', ',') : text;
}

function filled(phrase: string, parts: Parts): string {
  return phrase.replaceAll(/\{(\w+)\}/g, (slot, name: string) => String(parts[name] ?? slot));
}

function percentIn(rate: number | null, digits: number): string {
  return rate === null ? '–' : `${(100 * rate).toFixed(digits)} %`;
}
