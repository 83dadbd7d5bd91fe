// Rewards by rule. Each is a pure function of a completion and the verifier's decision; a recipe gives them weights. Sources:
// R1 (accuracy, format, language), Kimi k1.5 (length), open-r1 (cosine, repetition), DAPO (overlong).
import type { Language } from '../../tasks/index.ts';

/** What the rewards of a completion are computed from. */
export type Judged = {
  /** Null if the verifier cannot say; then there is no reward at all. */
  readonly correct: boolean | null;
  /** Whether the think block is closed exactly once and something follows it. */
  readonly wellFormed: boolean;
  /** Share of words that belong to the language of the prompt; null if no word belongs to a language. */
  readonly languageShare: number | null;
  /** Tokens of the completion, without the one that ended it. */
  readonly length: number;
  /** The token ids, if they are known; the repetition reward needs them. */
  readonly tokens?: readonly number[];
};

export const rewardNames = [
  'accuracy',
  'format',
  'language',
  'length',
  'cosine',
  'repetition',
  'overlong',
] as const;
export type RewardName = (typeof rewardNames)[number];

/** Weight of each reward; one that is not named has weight 0. */
export type RewardWeights = Readonly<Partial<Record<RewardName, number>>>;

export type RewardLimits = {
  /** Maximum tokens of a completion. */
  readonly maxLength: number;
  /** Length is penalised from this many tokens below `maxLength`. */
  readonly overlongCache: number;
};

/**
 * The weighted sum of rewards for every completion of a group; null if the verifier could not say.
 *
 * @returns one reward per completion, with its parts before weighting
 */
export function groupRewards(
  group: readonly Judged[],
  weights: RewardWeights,
  limits: RewardLimits,
): readonly { readonly reward: number | null; readonly parts: RewardWeights }[] {
  const lengths = group.map(({ length }) => length);
  return group.map((judged) => {
    const parts: Partial<Record<RewardName, number>> = {};
    for (const name of rewardNames) if (weights[name]) parts[name] = partOf(name, judged, lengths, limits);
    const total = rewardNames.reduce((sum, name) => sum + (weights[name] ?? 0) * (parts[name] ?? 0), 0);
    return { reward: judged.correct === null ? null : total, parts };
  });
}

function partOf(
  name: RewardName,
  { correct, wellFormed, languageShare, length, tokens = [] }: Judged,
  lengths: readonly number[],
  { maxLength, overlongCache }: RewardLimits,
): number {
  const right = correct === true;
  switch (name) {
    case 'accuracy':
      return right ? 1 : 0;
    case 'format':
      return wellFormed ? 1 : 0;
    case 'language':
      return languageShare ?? 1;
    case 'length':
      return lengthReward(length, lengths, right);
    case 'cosine':
      return cosineReward(length, maxLength, right);
    case 'repetition':
      return repetitionPenalty(tokens, 3);
    case 'overlong':
      return overlongPenalty(length, maxLength, overlongCache);
  }
}

/** Kimi's: 1/2 for the shortest of the group to −1/2 for the longest; a wrong completion earns nothing by being short. */
export function lengthReward(length: number, lengths: readonly number[], correct: boolean): number {
  const shortest = Math.min(...lengths);
  const range = Math.max(...lengths) - shortest;
  const reward = range === 0 ? 0 : 0.5 - (length - shortest) / range;
  return correct ? reward : Math.min(0, reward);
}

/** open-r1's: right completions earn 1 falling to 1/2 with their length, wrong ones −1 rising to −1/2. */
export function cosineReward(length: number, maxLength: number, correct: boolean): number {
  const reward = 0.5 + (1 + Math.cos((Math.PI * length) / maxLength)) / 4;
  return correct ? reward : -reward;
}

/** −(1 − distinct n-grams / n-grams), which is 0 if no n-gram occurs twice. */
export function repetitionPenalty(tokens: readonly number[], n: number): number {
  const total = tokens.length - n + 1;
  if (total < 1) return 0;
  const distinct = new Set(
    Array.from({ length: total }, (_, start) => tokens.slice(start, start + n).join(' ')),
  );
  return distinct.size / total - 1;
}

/** DAPO's: 0 up to maxLength − cache, falling in a line to −1 at `maxLength`, and −1 beyond. */
export function overlongPenalty(length: number, maxLength: number, cache: number): number {
  const excess = length - (maxLength - cache);
  return excess <= 0 ? 0 : -Math.min(1, excess / cache);
}

/** Words of one language that are not words of the other. */
export type LanguageWords = Readonly<Record<Language, ReadonlySet<string>>>;

/** R1's language consistency: the share of the words known to be of one language that are of this one. */
export function languageShare(text: string, language: Language, words: LanguageWords): number | null {
  let own = 0;
  let other = 0;
  for (const word of wordsOf(text)) {
    if (words[language].has(word)) own += 1;
    else if (words[language === 'en' ? 'de' : 'en'].has(word)) other += 1;
  }
  return own + other === 0 ? null : own / (own + other);
}

/** The words of each language's texts, without those that occur in both. */
export function distinctiveWords(texts: Readonly<Record<Language, readonly string[]>>): LanguageWords {
  const english = new Set(texts.en.flatMap(wordsOf));
  const german = new Set(texts.de.flatMap(wordsOf));
  return { en: english.difference(german), de: german.difference(english) };
}

function wordsOf(text: string): readonly string[] {
  return text.toLowerCase().match(/\p{Letter}+/gu) ?? [];
}
