// The gateway's questions about usage, answered out of the roll-ups of the store.
import type { ReadLostAndLate, ReadUsage } from '../../gateway/index.ts';
import { formatAmount } from '../../prices/index.ts';
import { lostAndLate, type Store, usageOf } from '../../store/index.ts';
import type { AccountId, OrganisationId } from '../../traffic/index.ts';

export function usageReader({ database }: Pick<Store, 'database'>): ReadUsage {
  return async ({ organisation, account, ...question }) => {
    // The gateway has both of a principal, which the store made.
    const whose = { organisation: organisation as OrganisationId, account: account as AccountId | null };
    const sums = await usageOf(database, { ...question, ...whose });
    return sums.map(({ amount, ...row }) => ({ ...row, amount: formatAmount(amount) }));
  };
}

export function lostAndLateReader({ database }: Pick<Store, 'database'>): ReadLostAndLate {
  return async ({ organisation, account, ...question }) => {
    const whose = { organisation: organisation as OrganisationId, account: account as AccountId | null };
    const rows = await lostAndLate(database, { ...question, ...whose });
    return rows.map(({ amount, billed, ...row }) => ({
      ...{ ...row, amount: formatAmount(amount), billed: formatAmount(billed) },
    }));
  };
}
