// The trials of a report that somebody wants to see: those of a criterion, or of a cell of a heat map, by what came of them.
import type { Outcome } from '../terms/trial.ts';
import type { Decided, ReportedTrial } from './report.ts';

export type TrialChoice = {
  readonly criterion?: string | undefined;
  readonly probe?: string | undefined;
  readonly category?: string | undefined;
  readonly attack?: string | undefined;
  /** Of the answer or of the reasoning. */
  readonly outcome?: Outcome | undefined;
};

/** In the order of the plan. None for a criterion that is not in the policy. */
export function chosenTrials({ policy, trials }: Decided, choice: TrialChoice): readonly ReportedTrial[] {
  const { probe, category, attack, outcome } = choice;
  const criterion = policy.criteria.find(({ name }) => name === choice.criterion);
  if (choice.criterion !== undefined && criterion === undefined) return [];
  const fits = <Value>(wanted: Value | undefined, value: Value): boolean =>
    wanted === undefined || wanted === value;
  return trials.filter(
    (trial) =>
      fits(probe, trial.probe) &&
      fits(category, trial.category) &&
      fits(attack, trial.attack) &&
      (outcome === undefined || trial.outcome === outcome || trial.reasoningOutcome === outcome) &&
      (criterion === undefined || isTrialOf(criterion, trial)),
  );
}

function isTrialOf(criterion: Decided['policy']['criteria'][number], trial: ReportedTrial): boolean {
  if (criterion.metric === 'check') return false;
  if (criterion.probe !== trial.probe || criterion.judge !== trial.judge) return false;
  const { attacks, languages, categories } = criterion;
  return (
    attacks.includes(trial.attack) &&
    languages.includes(trial.language) &&
    (categories === undefined || categories.includes(trial.category))
  );
}
