// What GET /v1/x/remaining answers: where the limits of whoever asks stand.
import * as z from 'zod';

export type RemainingLimitBody = {
  readonly object: 'limit';
  readonly scope: string;
  /** Null: over all models together. */
  readonly model: string | null;
  readonly unit: string;
  readonly period: string;
  readonly enforcement: 'hard' | 'soft';
  /** Of money, whose amounts are decimal texts; null for what is counted in whole numbers. */
  readonly currency: string | null;
  readonly limit: number | string;
  /** By requests that have ended. */
  readonly used: number | string;
  /** By requests that run or wait. */
  readonly held: number | string;
  readonly remaining: number | string;
  /** Until all of it is free again; null for what never is. */
  readonly reset_seconds: number | null;
};

export type RemainingBody = { readonly object: 'list'; readonly data: readonly RemainingLimitBody[] };

const amount = z.union([z.int(), z.string()]);

export const remainingReply: z.ZodType<RemainingBody> = z.strictObject({
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
