// The query and the answer of GET /v1/x/usage/lost-and-late: requests that did not end as requests do.
import * as z from 'zod';
import { integerIn, type Maybe, optional } from './schema-parts.ts';

export type LostAndLateQueryBody = {
  /** Seconds since the Unix epoch; the end is no part of it. */
  readonly start_time: number;
  readonly end_time?: Maybe<number>;
  readonly limit?: Maybe<number>;
  /** The number of a row. */
  readonly after?: Maybe<string>;
};

const lastSecond = 253_402_300_799;

export const lostAndLateQuery: z.ZodType<LostAndLateQueryBody> = z.strictObject({
  start_time: integerIn(0, lastSecond),
  end_time: optional(integerIn(0, lastSecond)),
  limit: optional(integerIn(1, 1000)),
  after: optional(
    z
      .string({ error: 'the last_id of an answer' })
      .regex(/^\d{1,15}$/, { error: 'the last_id of an answer' }),
  ),
});

export type LostOrLateBody = {
  readonly object: 'lost_or_late_request';
  /** The number of its row in the ledger, as exports have it. */
  readonly id: string;
  readonly request: string;
  /** `lost`: died with its process. `late`: settled after its leases had been ended. */
  readonly kind: 'lost' | 'late';
  /** Seconds since the Unix epoch. */
  readonly admitted_at: number;
  readonly project_id: string;
  readonly user_id: string;
  readonly api_key_id: string;
  readonly model: string;
  /** Tokens; of what was lost, those that were held. */
  readonly input_tokens: number;
  readonly output_tokens: number;
  readonly reasoning_tokens: number;
  /** Decimal, in the currency. */
  readonly amount: string;
  /** What usage and costs have of it: nothing of what was lost, until it is corrected. */
  readonly billed: string;
  readonly currency: string;
};

export type LostAndLateBody = {
  readonly object: 'list';
  readonly data: readonly LostOrLateBody[];
  readonly last_id: string | null;
  readonly has_more: boolean;
};

export const lostAndLateReply: z.ZodType<LostAndLateBody> = z.strictObject({
  object: z.literal('list'),
  data: z.array(
    z.strictObject({
      ...{ object: z.literal('lost_or_late_request'), id: z.string(), request: z.string() },
      ...{ kind: z.enum(['lost', 'late']), admitted_at: z.int(), project_id: z.string() },
      ...{ user_id: z.string(), api_key_id: z.string(), model: z.string() },
      ...{ input_tokens: z.int(), output_tokens: z.int(), reasoning_tokens: z.int() },
      ...{ amount: z.string(), billed: z.string(), currency: z.string() },
    }),
  ),
  last_id: z.string().nullable(),
  has_more: z.boolean(),
});
