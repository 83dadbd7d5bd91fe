// A dated price: what one unit of use of a model or an engine costs from a moment on. Records are immutable; a new price is
// a new record. The digest of its canonical JSON names a record in the ledger, so that a row can be computed again.
import { z } from 'zod';
import { type Digest, digestOfJson, TiegelError } from '../base/index.ts';
import { isCurrency } from './amount.ts';

/**
 * What is counted, and how much of it an amount pays for. Tokens are priced by the million, as everywhere. Own hardware
 * is priced by the hour of its time, counted in milliseconds, or by the kilowatt-hour, counted in joules.
 */
export const priceUnits = {
  'prompt-tokens': { per: 1_000_000 },
  'cached-prompt-tokens': { per: 1_000_000 },
  'reasoning-tokens': { per: 1_000_000 },
  'answer-tokens': { per: 1_000_000 },
  'engine-milliseconds': { per: 3_600_000 },
  joules: { per: 3_600_000 },
} as const;

export type PriceUnit = keyof typeof priceUnits;

export type PriceRecord = {
  /** Of this format. */
  readonly schema: 1;
  /** A price of a model goes before one of the engine that runs it. */
  readonly of: { readonly model: string } | { readonly engine: string };
  readonly unit: PriceUnit;
  /** Nano-units of the currency for as many as {@link priceUnits} says: a million tokens, an hour, a kilowatt-hour. */
  readonly amount: number;
  /** ISO 4217. */
  readonly currency: string;
  /** ISO 8601, UTC. */
  readonly validFrom: string;
  /** Where the amount was found: an address, a contract, a bill. */
  readonly source: string;
  /** Whether somebody has compared it with its source. */
  readonly verified: boolean;
};

const name = z
  .string()
  .min(1)
  .max(256)
  .refine((value) => value.isWellFormed(), 'not well-formed Unicode');

const schema = z.strictObject({
  schema: z.literal(1),
  of: z.union([z.strictObject({ model: name }), z.strictObject({ engine: name })]),
  unit: z.enum(Object.keys(priceUnits) as [PriceUnit, ...PriceUnit[]]),
  amount: z.int().min(0).max(Number.MAX_SAFE_INTEGER),
  currency: z.string().max(3).refine(isCurrency, 'not a currency code of ISO 4217, such as EUR'),
  validFrom: z.iso.datetime(),
  source: z
    .string()
    .min(1)
    .max(2048)
    .refine((value) => value.isWellFormed(), 'not well-formed Unicode'),
  verified: z.boolean(),
});

/** @throws TGL_PRICE_INVALID that names the member, what it holds and what was expected */
export function parsePriceRecord(value: unknown): PriceRecord {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const path = issue?.path.join('.') ?? '';
  throw new TiegelError('TGL_PRICE_INVALID', {
    problem: `${path === '' ? 'the record' : path}: ${issue?.message ?? 'unreadable'}`,
  });
}

/** The name of a record. */
export function digestOfPrice(record: PriceRecord): Digest {
  return digestOfJson(record);
}
