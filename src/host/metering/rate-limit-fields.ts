// The fields RateLimit-Policy and RateLimit (draft-ietf-httpapi-ratelimit-headers), as structured fields (RFC 9651): one member for each
// unit that is limited, the tightest of its limits. An amount of money is in nano-units of its currency, as the field wants whole numbers.
import type { LimitPeriod, LimitState, LimitUnit } from '../../store/index.ts';

/** Units of the draft, and ours where it has none. */
const quotaUnits: Readonly<Partial<Record<LimitUnit, string>>> = {
  requests: 'requests',
  tokens: 'tokens',
  'reasoning-tokens': 'reasoning-tokens',
  money: 'nano-currency',
};

/** Seconds; a month is no fixed number of them, and a total has no window. */
const windowSeconds: Readonly<Partial<Record<LimitPeriod, number>>> = { minute: 60, hour: 3600, day: 86_400 };

/** What a whole number of a structured field can be at most. */
const largest = 999_999_999_999_999;

export type RateLimitFields = {
  /** `RateLimit-Policy`. */
  readonly policy: string;
  /** `RateLimit`. */
  readonly limit: string;
};

/**
 * By concatenation, since every answer has them.
 *
 * @param states the tightest of each unit
 * @returns undefined where nothing is limited
 */
export function rateLimitFields(states: readonly LimitState[]): RateLimitFields | undefined {
  let policies = '';
  let limits = '';
  for (const { limit, remaining, resetMs } of states) {
    const { unit, period, amount } = limit;
    const quotaUnit = quotaUnits[unit];
    if (quotaUnit === undefined) continue;
    const name = `${limits === '' ? '' : ', '}"${unit}-${period}"`;
    const window = windowSeconds[period];
    policies += `${name};q=${whole(amount)}`;
    if (window !== undefined) policies += `;w=${window}`;
    if (unit !== 'requests') policies += `;qu="${quotaUnit}"`;
    limits += `${name};r=${whole(remaining)}`;
    if (Number.isFinite(resetMs)) limits += `;t=${whole(Math.ceil(resetMs / 1000))}`;
  }
  return limits === '' ? undefined : { policy: policies, limit: limits };
}

function whole(amount: number): number {
  return Math.min(Math.floor(amount), largest);
}
