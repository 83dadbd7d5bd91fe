// Where the limits of a request stand, as headers: OpenAI's for requests and tokens, ours for money. Of several limits on
// one unit the one with the smallest share left is told; a unit without a limit has no header. The fields of the IETF stand beside them.
import { formatAmount } from '../../prices/index.ts';
import type { LimitState, LimitUnit } from '../../store/index.ts';
import { rateLimitFields } from './rate-limit-fields.ts';

const told: readonly LimitUnit[] = ['requests', 'tokens', 'reasoning-tokens'];

/** @param currencyOf of an organisation */
export function limitHeaders(
  states: readonly LimitState[],
  currencyOf: (organisation: string) => string,
): Readonly<Record<string, string>> {
  const headers: Record<string, string> = {};
  for (const unit of told) {
    const state = tightest(states, unit);
    if (state === undefined) continue;
    headers[`x-ratelimit-limit-${unit}`] = String(state.limit.amount);
    headers[`x-ratelimit-remaining-${unit}`] = String(Math.floor(state.remaining));
    if (Number.isFinite(state.resetMs)) headers[`x-ratelimit-reset-${unit}`] = durationText(state.resetMs);
  }
  const money = tightest(states, 'money');
  if (money !== undefined) {
    const currency = currencyOf(money.limit.organisation);
    headers['x-tiegel-budget-limit'] = `${formatAmount(money.limit.amount)} ${currency}`;
    headers['x-tiegel-budget-remaining'] = `${formatAmount(Math.floor(money.remaining))} ${currency}`;
    if (Number.isFinite(money.resetMs)) headers['x-tiegel-budget-reset'] = durationText(money.resetMs);
  }
  const ofEach = [...told, 'money' as const].flatMap((unit) => tightest(states, unit) ?? []);
  return { ...headers, ...rateLimitFields(ofEach) };
}

export function tightest(states: readonly LimitState[], unit: LimitUnit): LimitState | undefined {
  const share = ({ remaining, limit }: LimitState): number =>
    limit.amount === 0 ? 0 : remaining / limit.amount;
  const [first, ...rest] = states.filter(({ limit }) => limit.unit === unit);
  if (first === undefined) return undefined;
  return rest.reduce((least, state) => (share(state) < share(least) ? state : least), first);
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
