// What GET /v1/x/remaining answers: where the limits of whoever asks stand.
import * as z from 'zod';

/** Whole numbers, of money decimal texts. */
const amount = z.union([z.int(), z.string()]);

export const remainingReply: z.ZodType = z.strictObject({
  object: z.literal('list'),
  data: z.array(
    z.strictObject({
      object: z.literal('limit'),
      scope: z.string(),
      model: z.string().nullable(),
      unit: z.string(),
      period: z.string(),
      enforcement: z.enum(['hard', 'soft']),
      currency: z.string().nullable(),
      ...{ limit: amount, used: amount, held: amount, remaining: amount },
      reset_seconds: z.number().nullable(),
    }),
  ),
});
