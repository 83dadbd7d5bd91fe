// A calibration on the weeks that servers observed: finished ones, by what their accounts had declared, without those whose case a
// person has not cleared.
import type { Clock } from '../../base/index.ts';
import {
  type Calibration,
  calibrateClasses,
  decodeAccountWeek,
  type GuardScore,
  honestWeeksOf,
  isUseClass,
  type ObservedWeek,
  weekOf,
} from '../../guard/index.ts';
import type { GuardWeek, Store } from '../../store/index.ts';

export async function calibrateOnObserved(
  { guard }: Pick<Store, 'guard'>,
  score: GuardScore,
  { clock, rate }: { readonly clock: Clock; readonly rate: number },
): Promise<Calibration> {
  const current = weekOf(clock.now());
  const keyOf = ({ organisation, account, week }: Pick<GuardWeek, 'organisation' | 'account' | 'week'>) =>
    `${organisation} ${account} ${week}`;
  const open = new Set((await guard.cases()).filter(({ state }) => state === 'open').map(keyOf));
  const uses = await guard.declaredUses();
  const observed: ObservedWeek[] = [];
  for await (const week of guard.weeksFrom(0)) {
    if (week.week >= current || open.has(keyOf(week))) continue;
    const { organisation, account, state } = week;
    const declared = uses.get(`${organisation} ${account}`);
    const useClass = isUseClass(declared) ? declared : 'undeclared';
    observed.push({ organisation, account, useClass, looks: decodeAccountWeek(state).looks });
  }
  return calibrateClasses(score, honestWeeksOf(observed), {
    made: new Date(clock.now()).toISOString(),
    rate,
    traffic: { source: 'observed', weeks: observed.length, digest: null },
  });
}
