// One decision for each account and week, valid at every look: scores are centred and scaled look by look, the statistic of a week
// is their maximum, and it is compared with those of honest weeks (split conformal, Vovk; p is at least 1 / (n + 1)). Betting
// on single requests would not be valid: requests of one account resemble one another.
import { lookUp } from '../../base/index.ts';
import { type AdditiveScore, additiveScoreOf } from '../score/additive-score.ts';
import type { Look } from './account-week.ts';

/** The looks of one honest week, with the kind of traffic that it belongs to. */
export type HonestWeek = {
  readonly kind: string;
  /** What its prompts were taken from. Kinds of one source resemble one another. */
  readonly sources: readonly string[];
  readonly looks: readonly Look[];
};

export type Conformal = {
  /** By look: the median of honest scores, and how far the 98 % point lies above it. */
  readonly looks: Readonly<Record<string, { readonly centre: number; readonly scale: number }>>;
  /** Statistics of the honest weeks, the largest first. */
  readonly maxima: readonly number[];
  /** Kinds of traffic among them; what was never seen is not promised anything. */
  readonly kinds: readonly string[];
  /** By how much the largest statistic of sources that were left out exceeded that of those that were not; at least 1. */
  readonly margin: number;
};

/** @param weeks honest ones, none of which the score was fitted to */
export function calibrate(score: AdditiveScore, weeks: readonly HonestWeek[]): Conformal {
  const kinds = [...new Set(weeks.map(({ kind }) => kind))].sort();
  const halves = halvesOf(weeks);
  return { ...maximaOf(score, weeks), kinds, margin: marginBetween(score, ...halves) };
}

/** The largest of the statistics so far and how many requests had been made then; undefined before the first look. */
export type Reached = { readonly statistic: number; readonly requests: number };

export function reachedBy(
  score: AdditiveScore,
  { looks }: Pick<Conformal, 'looks'>,
  seen: readonly Look[],
): Reached | undefined {
  let reached: Reached | undefined;
  for (const look of seen) {
    // Weeks longer than all honest ones are not judged beyond them.
    const place = lookUp(looks, keyOf(look));
    if (place === undefined) continue;
    const statistic = (additiveScoreOf(score, look.features) - place.centre) / place.scale;
    if (reached === undefined || statistic > reached.statistic)
      reached = { statistic, requests: look.requests };
  }
  return reached;
}

/** How probable a statistic as large is for an honest week of the calibrated kinds. */
export function conformalP({ maxima }: Pick<Conformal, 'maxima'>, statistic: number): number {
  return (1 + maxima.filter((maximum) => maximum >= statistic).length) / (1 + maxima.length);
}

/**
 * The statistic that has to be exceeded for an alarm; infinite where there are too few honest weeks for any claim at this rate.
 *
 * @param alpha the rate of false alarms among honest weeks
 */
export function thresholdAt({ maxima }: Pick<Conformal, 'maxima'>, alpha: number): number {
  // A trace above the whole number, so that 0.001 * 1000 is 1.
  const allowed = Math.floor(alpha * (maxima.length + 1) + 1e-9);
  return allowed < 1 ? Number.POSITIVE_INFINITY : maxima[allowed - 1]!;
}

/** How many honest weeks a class needs before anything can alarm at a rate. */
export function weeksNeeded(alpha: number): number {
  return Math.ceil(1 / alpha - 1e-9) - 1;
}

function maximaOf(score: AdditiveScore, weeks: readonly HonestWeek[]): Pick<Conformal, 'looks' | 'maxima'> {
  const byLook = new Map<string, number[]>();
  for (const look of weeks.flatMap((week) => week.looks)) {
    const scores = byLook.get(keyOf(look)) ?? [];
    scores.push(additiveScoreOf(score, look.features));
    byLook.set(keyOf(look), scores);
  }
  const looks = Object.fromEntries([...byLook].map(([key, scores]) => [key, placeOf(scores)]));
  const maxima = weeks
    .flatMap((week) => reachedBy(score, { looks }, week.looks)?.statistic ?? [])
    .sort((a, b) => b - a);
  return { looks, maxima };
}

function placeOf(scores: number[]): { readonly centre: number; readonly scale: number } {
  scores.sort((a, b) => a - b);
  const centre = scores[scores.length >> 1]!;
  const high = scores[Math.floor(0.98 * scores.length)]!;
  return { centre, scale: Math.max(1e-6, high - centre) };
}

/** Weeks of every second source, and of the others; those that draw on both are in neither. */
function halvesOf(weeks: readonly HonestWeek[]): readonly [readonly HonestWeek[], readonly HonestWeek[]] {
  const all = [...new Set(weeks.flatMap(({ sources }) => sources))].sort();
  const even = new Set(all.filter((_, index) => index % 2 === 0));
  return [
    weeks.filter(({ sources }) => sources.every((source) => even.has(source))),
    weeks.filter(({ sources }) => !sources.some((source) => even.has(source))),
  ];
}

const largestMargin = 20;

/** Each half of the sources judged by the other half, as if it had never been seen. */
function marginBetween(
  score: AdditiveScore,
  one: readonly HonestWeek[],
  other: readonly HonestWeek[],
): number {
  if (one.length === 0 || other.length === 0) return 1;
  const exceeded = (known: readonly HonestWeek[], unknown: readonly HonestWeek[]): number => {
    const { looks, maxima } = maximaOf(score, known);
    const largest = Math.max(
      ...unknown.map((week) => reachedBy(score, { looks }, week.looks)?.statistic ?? 0),
    );
    return maxima.length === 0 ? 1 : largest / maxima[0]!;
  };
  return Math.max(1, Math.min(largestMargin, Math.max(exceeded(one, other), exceeded(other, one))));
}

function keyOf({ view, requests }: Look): string {
  return `${view} ${requests}`;
}
