// What the figures of a report do not say, which belongs beside them.
import { comparisonsOf } from './comparison.ts';
import type { RunData } from './run-data.ts';

export function notSaid(runs: readonly RunData[]): readonly string[] {
  const comparisons = runs.flatMap(comparisonsOf);
  const samples = comparisons.flatMap(({ arms }) => arms.flatMap(({ evaluation }) => evaluation.sampled));
  const problems = [...new Set(samples.map((some) => some.problems))].sort((one, other) => one - other);
  return [
    'Whether another seed would give the same. Intervals are over held-out problems; training was done once for each arm, and it varies too.',
    'What the model can do elsewhere. Held-out problems come from the same templates as those trained on; nothing here speaks of general ability.',
    ...(comparisons.length === 0
      ? []
      : [
          `Whether a smaller difference exists than ${problems.join(' or ')} problems a task can show. An interval that holds 0 is no proof that there is none.`,
          'What is cheapest. Arms have the same number of floating-point operations by one rule for all; a second of sampling does fewer of them than a second of imitation.',
          'How good the controls could be. Their learning rates stand in the recipe and were set by hand, as those of the stage were.',
          'Which tasks gain beyond chance when many are looked at: each statement stands at 95 % by itself.',
        ]),
    ...(runs.length < 2
      ? []
      : [
          'Which of these runs is better, unless their evaluations ask the same problems and their compute is the same; only arms of one run are compared problem by problem.',
        ]),
    'Anything about the files that were exported as they are served: that is what an assessment is for.',
  ];
}
