// A content filter as data: phrases of which one may not occur, or not near another one, in what goes in or comes out.
// Phrases and not regular expressions, so that no text can make it slow. It compares folded text, word by word; it does
// not see what is encoded, misspelled, paraphrased or in a language that its rules are not in.
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { digestOfJson, TiegelError } from '../../base/index.ts';
import type { ContentFilter } from './content-filter.ts';

const languages = ['en', 'de', 'zh'] as const;

const phrase = z
  .string()
  .max(200)
  // Nothing would be found everywhere.
  .refine((text) => fold(text).trim() !== '', 'holds nothing that can be seen');
const phrases = z.array(phrase).min(1).max(10_000);

const ruleSchema = z.strictObject({
  name: z.string().min(1).max(64),
  /** Of the refusal that is given. */
  language: z.enum(languages),
  phrases,
  /** Only where one of these begins within so many characters of a phrase. */
  near: z.strictObject({ phrases, within: z.int().min(1).max(2000) }).exactOptional(),
});

const filterSchema = z.strictObject({
  schema: z.literal(1),
  name: z.string().regex(/^[a-z0-9][a-z0-9._-]{0,63}$/),
  version: z.string().min(1).max(32),
  /** A refusal for every language of a rule. */
  refusals: z.partialRecord(z.enum(languages), z.string().min(1).max(2000)),
  input: z.array(ruleSchema),
  output: z.array(ruleSchema),
});

type Rule = z.infer<typeof ruleSchema>;

/** @throws TGL_FILTER_INVALID */
export function readContentFilter(path: string): ContentFilter {
  const refuse = (problem: string): never => {
    throw new TiegelError('TGL_FILTER_INVALID', { filter: path, problem });
  };
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(path, 'utf8'));
  } catch (cause) {
    return refuse(cause instanceof SyntaxError ? 'it is not JSON' : 'it cannot be read');
  }
  return decodeContentFilter(value, refuse);
}

/** @param refuse throws the error of what is being read */
export function decodeContentFilter(value: unknown, refuse: (problem: string) => never): ContentFilter {
  const parsed = filterSchema.safeParse(value);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    return refuse(`at ${issue?.path.join('.') || 'the top level'}: ${issue?.message}`);
  }
  const { name, refusals, input, output } = parsed.data;
  const silent = [...input, ...output].find(({ language }) => refusals[language] === undefined);
  if (silent !== undefined) return refuse(`there is no refusal in the language of the rule ${silent.name}`);
  if (input.length + output.length === 0) return refuse('it has no rule');
  const refusalOf = (rules: readonly FoldedRule[], texts: readonly string[]): string | undefined => {
    const folded = texts.map(fold);
    const broken = rules.find((rule) => folded.some((text) => breaks(text, rule)));
    return broken && refusals[broken.language];
  };
  const rules = { input: input.map(folded), output: output.map(folded) };
  return {
    name,
    digest: digestOfJson(parsed.data),
    input: (texts) => refusalOf(rules.input, texts),
    output: (texts) => refusalOf(rules.output, texts),
  };
}

type FoldedRule = Pick<Rule, 'language'> & {
  readonly phrases: readonly string[];
  readonly near: { readonly phrases: readonly string[]; readonly within: number } | null;
};

function folded({ language, phrases, near }: Rule): FoldedRule {
  return {
    language,
    phrases: phrases.map(fold),
    near: near === undefined ? null : { phrases: near.phrases.map(fold), within: near.within },
  };
}

/** Compatible forms as one, no case, no invisible characters, one space for any white space. */
function fold(text: string): string {
  return text
    .normalize('NFKC')
    .replaceAll(/\p{Cf}/gu, '')
    .toLowerCase()
    .replaceAll(/\s+/gu, ' ');
}

function breaks(text: string, { phrases, near }: FoldedRule): boolean {
  if (near === null) return phrases.some((phrase) => placesOf(text, phrase).length > 0);
  const places = placesOfAny(text, phrases);
  if (places.length === 0) return false;
  const others = placesOfAny(text, near.phrases);
  let nearest = 0;
  return places.some((place) => {
    while (nearest < others.length && (others[nearest] as number) < place - near.within) nearest++;
    return nearest < others.length && (others[nearest] as number) <= place + near.within;
  });
}

/** In ascending order. */
function placesOfAny(text: string, phrases: readonly string[]): readonly number[] {
  return phrases.flatMap((phrase) => placesOf(text, phrase)).sort((one, other) => one - other);
}

/** Where a phrase stands as whole words; Chinese has no spaces between its words. */
function placesOf(text: string, phrase: string): readonly number[] {
  const places: number[] = [];
  for (let at = text.indexOf(phrase); at >= 0; at = text.indexOf(phrase, at + 1)) {
    const before = text.slice(Math.max(0, at - 1), at);
    const after = text.slice(at + phrase.length, at + phrase.length + 1);
    if (!joins(before, phrase.slice(0, 1)) && !joins(phrase.slice(-1), after)) places.push(at);
  }
  return places;
}

/** Whether two characters belong to one word; nothing belongs to none. */
function joins(one: string, other: string): boolean {
  const inWord = /[\p{L}\p{N}]/u;
  const han = /\p{Script=Han}/u;
  return inWord.test(one) && inWord.test(other) && !han.test(one) && !han.test(other);
}
