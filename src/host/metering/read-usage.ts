// The gateway's questions about usage, answered out of the roll-ups of the store.
import type { ReadUsage } from '../../gateway/index.ts';
import { formatAmount } from '../../prices/index.ts';
import { type Store, usageOf } from '../../store/index.ts';
import type { AccountId, OrganisationId } from '../../traffic/index.ts';

export function usageReader({ database }: Pick<Store, 'database'>): ReadUsage {
  return async ({ organisation, account, ...question }) => {
    // The gateway has both of a principal, which the store made.
    const whose = { organisation: organisation as OrganisationId, account: account as AccountId | null };
    const sums = await usageOf(database, { ...question, ...whose });
    return sums.map(({ amount, ...row }) => ({ ...row, amount: formatAmount(amount) }));
  };
}
