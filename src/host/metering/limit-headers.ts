// Where the limits of a request stand, as headers: OpenAI's for requests and tokens, ours for money. Of several limits on
// one unit the one with the smallest share left is told; a unit without a limit has no header. The fields of the IETF stand beside them.
import { formatAmount } from '../../prices/index.ts';
import type { LimitState, LimitUnit } from '../../store/index.ts';
import { rateLimitFields } from './rate-limit-fields.ts';

/** Whole names, since one that is put together for each request is looked up among all texts each time. */
const namesOf = {
  requests: {
    limit: 'x-ratelimit-limit-requests',
    remaining: 'x-ratelimit-remaining-requests',
    reset: 'x-ratelimit-reset-requests',
  },
  tokens: {
    limit: 'x-ratelimit-limit-tokens',
    remaining: 'x-ratelimit-remaining-tokens',
    reset: 'x-ratelimit-reset-tokens',
  },
  'reasoning-tokens': {
    limit: 'x-ratelimit-limit-reasoning-tokens',
    remaining: 'x-ratelimit-remaining-reasoning-tokens',
    reset: 'x-ratelimit-reset-reasoning-tokens',
  },
  money: {
    limit: 'x-tiegel-budget-limit',
    remaining: 'x-tiegel-budget-remaining',
    reset: 'x-tiegel-budget-reset',
  },
} as const;

const told = ['requests', 'tokens', 'reasoning-tokens', 'money'] as const;

/**
 * @param currencyOf of an organisation
 * @param tell is given each header
 */
export function tellLimits(
  states: readonly LimitState[],
  currencyOf: (organisation: string) => string,
  tell: (name: string, value: string) => void,
): void {
  const ofEach: LimitState[] = [];
  for (const unit of told) {
    const state = tightest(states, unit);
    if (state === undefined) continue;
    ofEach.push(state);
    const { limit, remaining, resetMs } = state;
    const names = namesOf[unit];
    const isMoney = unit === 'money';
    const end = isMoney ? ` ${currencyOf(limit.organisation)}` : '';
    const text = (amount: number): string => (isMoney ? formatAmount(amount) : String(amount)) + end;
    tell(names.limit, text(limit.amount));
    tell(names.remaining, text(Math.floor(remaining)));
    if (Number.isFinite(resetMs)) tell(names.reset, durationText(resetMs));
  }
  const fields = rateLimitFields(ofEach);
  if (fields === undefined) return;
  tell('ratelimit-policy', fields.policy);
  tell('ratelimit', fields.limit);
}

/** Of limits on one unit the first of those of which the smallest share is left. */
export function tightest(states: readonly LimitState[], unit: LimitUnit): LimitState | undefined {
  let found: LimitState | undefined;
  let least = Number.POSITIVE_INFINITY;
  for (const state of states) {
    const { limit, remaining } = state;
    if (limit.unit !== unit) continue;
    const share = limit.amount === 0 ? 0 : remaining / limit.amount;
    if (share >= least) continue;
    found = state;
    least = share;
  }
  return found;
}

/**
 * As OpenAI writes it: `12ms`, `1.5s`, `6m0s`, `1h0m0s`.
 *
 * @example
 * import { durationText } from './src/host/metering/limit-headers.ts';
 * durationText(360_000); // → '6m0s'
 */
export function durationText(milliseconds: number): string {
  const whole = Math.ceil(milliseconds);
  if (whole < 1000) return `${whole}ms`;
  if (whole < 60_000) return `${whole / 1000}s`;
  const seconds = Math.ceil(whole / 1000);
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
  return `${hours > 0 ? `${hours}h` : ''}${minutes}m${seconds % 60}s`;
}
