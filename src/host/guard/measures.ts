// The one automatic measure: a limit on the tokens of reasoning that an account may have in a day. It replaces no limit that is
// there, and ends when a person clears the case.
import type { Clock } from '../../base/index.ts';
import {
  type Author,
  addLimit,
  type GuardCase,
  type Limit,
  limitsAt,
  type Store,
} from '../../store/index.ts';
import type { OrganisationId } from '../../traffic/index.ts';

/** Enough to go on working by hand. Chosen, not derived: nothing was measured about how much a harvest needs. */
export const tracesPerDay = 50_000;

type Limited = Pick<GuardCase, 'id' | 'organisation' | 'account'>;

/** What a case proposes; it names its case. */
function limitOf({ id, organisation, account }: Limited): Limit & { readonly organisation: OrganisationId } {
  return {
    id: `limit_${id}`,
    organisation: organisation as OrganisationId,
    ...{ scope: 'account', subject: account, model: null, unit: 'reasoning-tokens', period: 'day' },
    ...{ amount: tracesPerDay, enforcement: 'hard' },
  };
}

const isSameUse = (limit: Limit, other: Limit): boolean =>
  (['organisation', 'scope', 'subject', 'model', 'unit', 'period'] as const).every(
    (member) => limit[member] === other[member],
  );

/** False where the account has a limit of that kind already. */
export async function limitAccount(
  { context, database }: Pick<Store, 'context' | 'database'>,
  limited: Limited,
  clock: Clock,
): Promise<boolean> {
  const limit = limitOf(limited);
  const inForce = await limitsAt(database, clock.now());
  if (inForce.some((other) => isSameUse(limit, other))) return false;
  const reason = `measure of the guard's case ${limited.id}`;
  const author: Author = { actor: { type: 'server' }, request: null, reason };
  await addLimit(context, author, { ...limit, validFrom: clock.now() });
  return true;
}

/** Ends the limit of a case, and no other one. */
export async function endLimit(
  { context, database }: Pick<Store, 'context' | 'database'>,
  limited: Limited,
  author: Author,
  clock: Clock,
): Promise<boolean> {
  const limit = limitOf(limited);
  const now = clock.now();
  const mine = (await limitsAt(database, now)).find(({ id }) => id === limit.id);
  if (mine === undefined) return false;
  await addLimit(context, author, {
    ...limit,
    ...{ id: `${limit.id}_ended`, amount: null, validFrom: now },
  });
  return true;
}
