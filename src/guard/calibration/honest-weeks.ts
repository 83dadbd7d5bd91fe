// Honest weeks by class, with what their prompts were taken from: their organisations or, where there are few of those, their accounts.
import type { Look } from '../decision/account-week.ts';
import type { HonestWeek } from '../decision/conformal.ts';
import { isJudged, type JudgedClass, type UseClass } from '../use-class.ts';

export type ObservedWeek = {
  readonly organisation: string;
  readonly account: string;
  readonly useClass: UseClass;
  readonly looks: readonly Look[];
};

/** With fewer organisations the accounts are what the threshold to measure is tried over. */
const fewOrganisations = 4;

export function honestWeeksOf(
  observed: readonly ObservedWeek[],
): ReadonlyMap<JudgedClass, readonly HonestWeek[]> {
  const organisations = new Set(observed.map(({ organisation }) => organisation));
  const weeks = new Map<JudgedClass, HonestWeek[]>();
  for (const { organisation, account, useClass, looks } of observed) {
    if (!isJudged(useClass)) continue;
    const source = organisations.size < fewOrganisations ? `${organisation} ${account}` : organisation;
    const same = weeks.get(useClass) ?? [];
    same.push({ kind: organisation, sources: [source], looks });
    weeks.set(useClass, same);
  }
  return weeks;
}
