// What a week comes to: nothing, a question about its use, or a measure. One conformal value a week decides; in chat, and of an
// account that never declared its use, no measure follows from the score alone.
import type { Calibration } from '../calibration/calibration.ts';
import type { GuardScore } from '../score/guard-score.ts';
import { isJudged, type JudgedClass, type UseClass } from '../use-class.ts';
import type { Look } from './account-week.ts';
import { conformalP, reachedBy, thresholdAt } from './conformal.ts';

export type Level = 'none' | 'ask' | 'measure';

export type Judgement = {
  readonly useClass: JudgedClass;
  readonly level: Level;
  readonly statistic: number;
  /** How many requests the account had made when the statistic was reached. */
  readonly requests: number;
  /** How probable a statistic as large is for an honest week of the calibrated kinds. */
  readonly p: number;
  readonly honestWeeks: number;
  /** What the statistic has to exceed; infinite where there are too few honest weeks. */
  readonly thresholds: { readonly ask: number; readonly measure: number };
};

const onlyAsked: ReadonlySet<JudgedClass> = new Set(['chat', 'undeclared']);

/**
 * Null for a class that is not judged or was not calibrated, and before the first look.
 *
 * @param cleared the statistic up to which a person has found the account's use in order
 */
export function judge(
  score: GuardScore,
  { classes, rate }: Pick<Calibration, 'classes' | 'rate'>,
  useClass: UseClass,
  looks: readonly Look[],
  cleared: number = Number.NEGATIVE_INFINITY,
): Judgement | null {
  if (!isJudged(useClass)) return null;
  const conformal = classes[useClass];
  if (conformal === undefined) return null;
  const reached = reachedBy(score.classes[useClass], conformal, looks);
  if (reached === undefined) return null;
  const known = thresholdAt(conformal, rate);
  const margin = known * conformal.margin;
  const thresholds = { ask: Math.max(known, cleared), measure: Math.max(known, margin, cleared) };
  const { statistic, requests } = reached;
  const measures = statistic > thresholds.measure && !onlyAsked.has(useClass);
  return {
    level: measures ? 'measure' : statistic > thresholds.ask ? 'ask' : 'none',
    ...{ useClass, statistic, requests, thresholds },
    p: conformalP(conformal, statistic),
    honestWeeks: conformal.maxima.length,
  };
}
