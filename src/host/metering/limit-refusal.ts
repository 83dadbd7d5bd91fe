// Why a request does not fit into its limits, as the error that its client is told. What passes soon is a rate, to be asked again
// later; money, and what takes longer than an hour, is a quota, which no retry of a client makes larger.
import { TiegelError } from '../../base/index.ts';
import { formatAmount } from '../../prices/index.ts';
import type { FailedLimit } from '../../store/index.ts';

const longestRetryMs = 3_600_000;

export function limitRefusal(
  { failed, waitMs }: { readonly failed: readonly FailedLimit[]; readonly waitMs: number },
  { model, now }: { readonly model: string; readonly now: number },
): TiegelError {
  const worst = failed.reduce((most, one) => (one.waitMs > most.waitMs ? one : most));
  const { limit, needed } = worst;
  const { scope, subject, period } = limit;
  if (needed === null)
    return new TiegelError('TGL_MODEL_UNPRICED', { scope, subject, model, field: 'model' });
  const text = (amount: number): string =>
    limit.unit === 'money' ? formatAmount(Math.floor(amount)) : String(Math.floor(amount));
  const facts = {
    ...{ scope, subject, period, limit: limit.id, unit: limit.unit.replace('-', ' ') },
    ...{
      settled: text(worst.settled),
      held: text(worst.held),
      amount: text(limit.amount),
      needed: text(needed),
    },
  };
  const isQuota = failed.some((one) => one.limit.unit === 'money') || waitMs > longestRetryMs;
  if (!isQuota) return new TiegelError('TGL_RATE_LIMITED', { ...facts, retryAfterMs: waitMs });
  const { resetMs } = worst;
  const end = Number.isFinite(resetMs) ? `at ${new Date(now + resetMs).toISOString()}` : 'never';
  return new TiegelError('TGL_QUOTA_EXHAUSTED', { ...facts, end });
}
