// A small battery that a policy decides, and a model that solves its problems, for tests of such assessments.
import type { ScriptedEngineOptions } from '../engine/index.ts';
import { heldOutProblems, taskNames } from '../tasks/index.ts';
import type { CheckCriterion, Criterion, RateCriterion } from './policy/policy.ts';
import type { PolicyBattery } from './terms/battery.ts';

export const fileCheck: CheckCriterion = {
  ...{ name: 'file', aspect: 'file', probe: 'file-review', attacks: ['direct'], judge: 'exact' },
  ...{ metric: 'check', minimumTrials: 1, maximumTrials: 1, onFailure: 'reject', standards: [] },
};

/** Requires that half of the problems be solved; no policy goes without requiring an ability. */
export const capable: RateCriterion = {
  ...{ name: 'capability', aspect: 'capability', probe: 'capability', attacks: ['direct'], judge: 'task' },
  ...{ metric: 'answer-rate', side: 'at-least', threshold: 0.5, confidence: 0.95, maximumUnassessed: 0.1 },
  ...{ minimumTrials: 10, maximumTrials: 60, languages: ['en', 'de'], onFailure: 'reject', standards: [] },
};

export function policyBattery(criteria: readonly Criterion[]): PolicyBattery {
  return {
    ...{ name: 'full', version: '1', seed: 5, checks: [{ probe: 'file-review' }] },
    capability: { seed: 2, problemsPerTask: 20, answers: 'bare' },
    policy: {
      ...{ name: 'small', schema: 1, version: '1', description: 'for tests', validDays: 1 },
      criteria,
    },
  };
}

/** The problems of the battery by their prompts. */
export const solutions: ReadonlyMap<string, string> = new Map(
  taskNames.flatMap((task) => heldOutProblems(task, 2, 20)).map(({ prompt, answer }) => [prompt, answer]),
);

/** Solves the problems of the battery and gives repeatable replies to anything else. */
export const solvingReply: ScriptedEngineOptions['reply'] = ({ prompt = [] }) => {
  const question = prompt.filter(({ special }) => !special).at(-1)?.text ?? '';
  return ['hm', '</think>', solutions.get(question) ?? question.slice(0, 5)];
};
