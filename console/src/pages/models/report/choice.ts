// Which assessment and which of its trials are looked at, as the address says it.
import { useNavigate, useSearch } from '@tanstack/react-router';
import type { TrialOutcome } from '../../../../../src/wire/index.ts';
import type { TrialChoice } from '../../../api/assessments.ts';

const outcomes: readonly string[] = ['succeeded', 'resisted', 'unassessed'] satisfies TrialOutcome[];

type Search = Readonly<Record<string, string | undefined>>;

export type Looked = {
  readonly assessment: string | undefined;
  /** Undefined while no trials are open. */
  readonly trials: TrialChoice | undefined;
  readonly openReport: (assessment: string) => void;
  /** Undefined closes them. */
  readonly openTrials: (choice: TrialChoice | undefined) => void;
};

export function useLooked(): Looked {
  const search: Search = useSearch({ strict: false });
  const navigate = useNavigate();
  const { show, model, assessment, criterion, probe, category, attack, outcome } = search;
  const go = (changed: Search): void => {
    const wanted = Object.entries({ show, model, ...changed }).filter(([, value]) => value !== undefined);
    void navigate({ to: '.', search: Object.fromEntries(wanted), resetScroll: false });
  };
  const isOpen = criterion !== undefined || probe !== undefined;
  const chosen = outcome !== undefined && outcomes.includes(outcome) ? (outcome as TrialOutcome) : undefined;
  return {
    assessment,
    trials: isOpen ? { criterion, probe, category, attack, outcome: chosen } : undefined,
    openReport: (id) => go({ assessment: id }),
    openTrials: (choice) => go({ assessment, ...(choice as Search) }),
  };
}
