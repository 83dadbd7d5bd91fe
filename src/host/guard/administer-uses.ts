// What accounts are for, as people of their organisation say it: each is judged among honest weeks of what it declared.
import type { Clock } from '../../base/index.ts';
import type { GuardAdministration } from '../../gateway/index.ts';
import { weekOf } from '../../guard/index.ts';
import type { Store } from '../../store/index.ts';
import type { GuardAccount } from '../../wire/index.ts';
import {
  behind,
  identified,
  organisationOf,
  type Refused,
  recording,
  withReason,
} from '../administration/asker.ts';
import { secondsOf } from './case-bodies.ts';

export function administerUses(
  { guard, accounts }: Store,
  { clock, refused }: { readonly clock: Clock; readonly refused: Refused },
): Pick<GuardAdministration, 'accounts' | 'declare'> {
  return {
    accounts: async (asker, after) => {
      const organisation = organisationOf(asker);
      const last =
        after === undefined ? undefined : await accounts.get(organisation, identified('account', after));
      const uses = await guard.usesOf(organisation);
      const requests = await guard.requestsIn(organisation, weekOf(clock.now()));
      const active = (await accounts.list(organisation)).filter(({ state }) => state === 'active');
      return behind(active, last).map(({ id, name }) =>
        accountShown({ id, name }, uses.get(id), requests.get(id)),
      );
    },
    declare: async (asker, named, { class: useClass, reason }) => {
      const attempt = { action: 'guard.use.declared', target: { type: 'account', id: named } } as const;
      const organisation = organisationOf(asker);
      const account = await recording(refused, asker, attempt, () =>
        accounts.get(organisation, identified('account', named)),
      );
      const author = withReason(asker, reason ?? null);
      await guard.declareUse(organisation, account.id, useClass, author);
      const use = (await guard.usesOf(organisation)).get(account.id);
      const requests = await guard.requestsIn(organisation, weekOf(clock.now()));
      return accountShown(account, use, requests.get(account.id));
    },
  };
}

function accountShown(
  { id, name }: { readonly id: string; readonly name: string },
  use: { readonly useClass: string; readonly declaredAt: number } | undefined,
  requests = 0,
): GuardAccount {
  return {
    ...{ id, object: 'guard_account', name, class: (use?.useClass ?? null) as GuardAccount['class'] },
    ...{ declared_at: use === undefined ? null : secondsOf(use.declaredAt), requests },
  };
}
