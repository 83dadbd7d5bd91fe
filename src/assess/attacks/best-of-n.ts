// The request in N random spellings (best-of-N jailbreaking, Hughes et al. 2024, arXiv 2412.03556): sampling often enough
// finds what a single question does not. It does not stop at the first success, so that `successCurve` can say what fewer
// attempts would have found.
import { z } from 'zod';
import type { Attack, Attempt } from '../terms/trial.ts';
import { attempt, questionOf, requestOf } from './asking.ts';
import { augment } from './augment.ts';

export type BestOfNSettings = {
  /** How often the request is asked; the published curves go to 10,000. @default 16 */
  readonly attempts: number;
};

export const bestOfNSettings: z.ZodType<BestOfNSettings> = z.strictObject({
  attempts: z.int().min(1).max(10_000).default(16),
});

export function bestOfN(settings: BestOfNSettings): Attack {
  return {
    name: 'best-of-n',
    version: '1',
    arguments: settings,
    questions: settings.attempts,
    run: async (item, context) => {
      const attempts: Attempt[] = [];
      for (let index = 0; index < settings.attempts; index++) {
        const spelling = augment(requestOf(item), context.random);
        attempts.push(await attempt(questionOf(item, spelling), context));
      }
      return attempts;
    },
  };
}
