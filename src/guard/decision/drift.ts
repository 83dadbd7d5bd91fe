// Whether honest use is still what it was when the guard was calibrated: then the probabilities of weeks are spread evenly, since most
// weeks are honest. Where they are not, thresholds no longer mean what they say, and that is an alarm of its own.
import { uniformityTest } from '../../stats/index.ts';
import type { Calibration } from '../calibration/calibration.ts';
import { type JudgedClass, judgedClasses } from '../use-class.ts';
import type { Judgement } from './judge.ts';

export type Drift = {
  readonly useClass: JudgedClass;
  /** Weeks that were judged. */
  readonly weeks: number;
  /** How far their distribution is from that of the calibration, and how often chance takes it as far. */
  readonly distance: number;
  readonly p: number;
  readonly drifted: boolean;
};

const fewestWeeks = 50;
const alarm = 0.001;

/** Of classes with fewer judged weeks nothing is said. */
export function driftOf(
  { classes }: Pick<Calibration, 'classes'>,
  judgements: readonly Pick<Judgement, 'useClass' | 'p'>[],
): readonly Drift[] {
  return judgedClasses.flatMap((useClass): Drift[] => {
    const values = judgements.filter((judgement) => judgement.useClass === useClass).map(({ p }) => p);
    const conformal = classes[useClass];
    if (conformal === undefined || values.length < fewestWeeks) return [];
    const { distance, p } = uniformityTest(values, conformal.maxima.length);
    return [{ useClass, weeks: values.length, distance, p, drifted: p < alarm / judgedClasses.length }];
  });
}
