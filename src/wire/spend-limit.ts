// The body and the answers of OpenAI's spend limit of an organisation and of a project.
import * as z from 'zod';
import { integerIn } from './schema-parts.ts';

export type SpendLimitBody = {
  readonly currency: string;
  readonly interval: 'month';
  /** Hundredths of the currency. */
  readonly threshold_amount: number;
};

const most = 900_000_000;

export const spendLimitRequest: z.ZodType<SpendLimitBody> = z.strictObject({
  currency: z.string({ error: 'a code of ISO 4217' }).regex(/^[A-Z]{3}$/, { error: 'a code of ISO 4217' }),
  interval: z.literal('month', { error: 'month' }),
  threshold_amount: integerIn(0, most),
});

export function spendLimitReply(object: string): z.ZodType {
  return z.strictObject({
    ...{ object: z.literal(object), currency: z.string(), interval: z.literal('month') },
    threshold_amount: z.number(),
    enforcement: z.strictObject({ status: z.literal('enforcing') }),
  });
}

export function spendLimitDeletedReply(object: string): z.ZodType {
  return z.strictObject({ object: z.literal(object), deleted: z.literal(true) });
}
