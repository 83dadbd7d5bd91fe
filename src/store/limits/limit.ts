// What a limit is: an amount of a unit that a subject may use in a period, of all models or of one. All limits of a request
// have to hold; a more specific one overrides nothing. An amount of zero blocks, and no limit at all leaves free.

export const limitUnits = ['requests', 'tokens', 'reasoning-tokens', 'money', 'concurrency'] as const;

/** Money in nano-units of the organisation's currency; concurrency in requests that run or wait. */
export type LimitUnit = (typeof limitUnits)[number];

/** A minute is a bucket that refills all the time; hour, day and month follow the calendar of the organisation. */
export type LimitPeriod = 'minute' | 'hour' | 'day' | 'month' | 'total';

export const limitScopes = ['key', 'account', 'principal', 'organisation'] as const;

export type LimitScope = (typeof limitScopes)[number];

export type Limit = {
  readonly id: string;
  readonly organisation: string;
  readonly scope: LimitScope;
  /** The identifier of what the scope names. */
  readonly subject: string;
  /** Null: over all models together. */
  readonly model: string | null;
  readonly unit: LimitUnit;
  /** Of concurrency always `total`: it has no past. */
  readonly period: LimitPeriod;
  readonly amount: number;
  /** `soft`: exceeding it is told, and refuses nothing. */
  readonly enforcement: 'hard' | 'soft';
};

/** Who asks, by the identifiers that limits name. */
export type Subjects = Readonly<Record<LimitScope, string>>;

/** Amounts by unit. Money is null where nothing says what the model costs. */
export type Amounts = {
  readonly requests: number;
  readonly tokens: number;
  readonly 'reasoning-tokens': number;
  readonly money: number | null;
  readonly concurrency: number;
};

/** What a limit counts: a changed limit goes on with what its predecessor has counted. */
export function countedBy({ organisation, scope, subject, model, unit, period }: Limit): string {
  return JSON.stringify([organisation, scope, subject, model, unit, period]);
}

/** Where one limit stands. */
export type LimitState = {
  readonly limit: Limit;
  /** Of requests that have ended; of a bucket, what has not refilled. */
  readonly settled: number;
  /** Of requests that run or wait; of a bucket, what has not refilled. */
  readonly held: number;
  /** Never negative. */
  readonly remaining: number;
  /** Milliseconds until all of it is free again if nobody asks for more; infinite for what never is. */
  readonly resetMs: number;
};
