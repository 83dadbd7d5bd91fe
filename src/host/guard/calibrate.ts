// A calibration on the weeks that servers observed: finished ones, by what their accounts had declared, without those whose case a
// person has not cleared.
import type { Clock } from '../../base/index.ts';
import {
  type Calibration,
  calibrateClasses,
  collectLimits,
  decodeAccountWeek,
  type GuardScore,
  honestWeeksOf,
  isUseClass,
  type LinkedAccount,
  membersIn,
  type ObservedWeek,
  weekOf,
} from '../../guard/index.ts';
import type { GuardWeek, Store } from '../../store/index.ts';
import { sampleAccounts } from './linkage/sample-accounts.ts';

/** Accounts of a week that are compared with each other. */
const mostLinked = 4000;

export async function calibrateOnObserved(
  { guard }: Pick<Store, 'guard'>,
  score: GuardScore,
  { clock, rate }: { readonly clock: Clock; readonly rate: number },
): Promise<Calibration> {
  const current = weekOf(clock.now());
  const keyOf = ({ organisation, account, week }: Pick<GuardWeek, 'organisation' | 'account' | 'week'>) =>
    `${organisation} ${account} ${week}`;
  const open = new Set(
    (await guard.cases())
      .filter(({ state }) => state === 'open')
      .flatMap((one) => [one, ...membersIn(one.evidence).map((member) => ({ ...member, week: one.week }))])
      .map(keyOf),
  );
  const uses = await guard.declaredUses();
  const observed: ObservedWeek[] = [];
  const linkage = collectLimits();
  let [running, sample] = [0, sampleAccounts<LinkedAccount>(mostLinked)];
  for await (const week of guard.weeksFrom(0)) {
    if (week.week >= current || open.has(keyOf(week))) continue;
    const { organisation, account, state } = week;
    const declared = uses.get(`${organisation} ${account}`);
    const useClass = isUseClass(declared) ? declared : 'undeclared';
    const decoded = decodeAccountWeek(state);
    observed.push({ organisation, account, useClass, looks: decoded.looks });
    if (week.week !== running) {
      linkage.look(sample.accounts(), running);
      [running, sample] = [week.week, sampleAccounts(mostLinked)];
    }
    sample.add({
      organisation,
      account,
      useClass,
      state: decoded.state,
      span: decoded.span,
      infrastructure: [],
    });
  }
  linkage.look(sample.accounts(), running);
  return calibrateClasses(score, honestWeeksOf(observed), {
    made: new Date(clock.now()).toISOString(),
    rate,
    traffic: { source: 'observed', weeks: observed.length, digest: null },
    ...linkage.limits(),
  });
}
