// Where limits stand, as whoever is limited by them is told.
import type { RemainingLimit } from '../../gateway/index.ts';
import { formatAmount } from '../../prices/index.ts';
import type { LimitState } from '../../store/index.ts';

/** @param currencyOf of an organisation */
export function remainingLimit(
  { limit, settled, held, remaining, resetMs }: LimitState,
  currencyOf: (organisation: string) => string,
): RemainingLimit {
  const { organisation, scope, model, unit, period, enforcement, amount } = limit;
  const isMoney = unit === 'money';
  const told = (value: number): number | string =>
    isMoney ? formatAmount(Math.ceil(value)) : Math.ceil(value);
  const left = Math.floor(remaining);
  return {
    ...{ scope, model, unit, period, enforcement, currency: isMoney ? currencyOf(organisation) : null },
    ...{ limit: told(amount), used: told(settled), held: told(held), remaining: told(left) },
    resetMs: Number.isFinite(resetMs) ? Math.ceil(resetMs) : null,
  };
}
