// What the figures of a report do not say, which belongs beside them.
import { comparisonsOf } from './comparison.ts';
import type { RunData } from './run-data.ts';

export function notSaid(runs: readonly RunData[]): readonly string[] {
  const comparisons = runs.flatMap(comparisonsOf);
  const samples = comparisons.flatMap(({ arms }) => arms.flatMap(({ evaluation }) => evaluation.sampled));
  const problems = [...new Set(samples.map((some) => some.problems))].sort((one, other) => one - other);
  return [
    'Whether another seed would give the same result. Intervals are over held-out problems; training was done once for each arm, and varies too.',
    'What the model can do elsewhere. Held-out problems come from the same templates as those trained on; nothing here says anything about general ability.',
    ...(comparisons.length === 0
      ? []
      : [
          `Whether a smaller difference exists than ${problems.join(' or ')} problems per task can show. An interval that includes 0 does not prove that there is none.`,
          'What is cheapest. All arms have the same number of floating-point operations by one rule; a second of sampling does fewer of them than a second of imitation.',
          'How good the controls could be. Their learning rates are in the recipe and were set by hand, as were those of the stage.',
          'Which tasks gain beyond chance when many are considered: each statement holds with 95 % by itself.',
        ]),
    ...(runs.length < 2
      ? []
      : [
          'Which of these runs is better, unless their evaluations ask the same problems and their compute is the same; only arms of one run are compared problem by problem.',
        ]),
    'Anything about the exported files as they are served, which is what an assessment is for.',
  ];
}
