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

/**
 * @param states the tightest of each unit
 * @returns no headers where nothing is limited
 */
export function rateLimitFields(states: readonly LimitState[]): Readonly<Record<string, string>> {
  const told = states.flatMap((state) => {
    const unit = quotaUnits[state.limit.unit];
    return unit === undefined ? [] : [{ ...state, unit }];
  });
  if (told.length === 0) return {};
  const members = (
    parameters: (state: (typeof told)[number]) => readonly (readonly [string, number | string])[],
  ) =>
    told
      .map((state) => {
        const written = parameters(state).map(([name, value]) => `;${name}=${value}`);
        return `"${state.limit.unit}-${state.limit.period}"${written.join('')}`;
      })
      .join(', ');
  return {
    'ratelimit-policy': members(({ limit, unit }) => {
      const window = windowSeconds[limit.period];
      return [
        ['q', whole(limit.amount)],
        ...(window === undefined ? [] : [['w', window] as const]),
        ...(unit === 'requests' ? [] : [['qu', `"${unit}"`] as const]),
      ];
    }),
    ratelimit: members(({ remaining, resetMs }) => [
      ['r', whole(remaining)],
      ...(Number.isFinite(resetMs) ? [['t', whole(Math.ceil(resetMs / 1000))] as const] : []),
    ]),
  };
}

function whole(amount: number): number {
  return Math.min(Math.floor(amount), largest);
}
