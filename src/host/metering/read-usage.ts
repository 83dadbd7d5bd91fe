// The gateway's questions about usage, answered out of the roll-ups of the store.
import type { ReadUsage } from '../../gateway/index.ts';
import { formatAmount } from '../../prices/index.ts';
import { type Store, usageOf } from '../../store/index.ts';
import type { OrganisationId } from '../../traffic/index.ts';

export function usageReader({ database }: Pick<Store, 'database'>): ReadUsage {
  return async ({ organisation, ...question }) => {
    // The gateway has it of a principal, which the store made.
    const sums = await usageOf(database, { organisation: organisation as OrganisationId, ...question });
    return sums.map(({ amount, ...row }) => ({ ...row, amount: formatAmount(amount) }));
  };
}
