// The query and the answer of OpenAI's usage and costs of an organisation.
import { z } from 'zod';
import { integerIn, type Maybe, optional, shortString } from './schema-parts.ts';

const lastSecond = 253_402_300_799;
const mostNames = 100;

const names = optional(
  z
    .array(shortString(256), { error: `a list of up to ${mostNames} names` })
    .max(mostNames, { error: `a list of up to ${mostNames} names` }),
);

type Group = 'project_id' | 'user_id' | 'api_key_id' | 'model' | 'line_item';

export type UsageQueryBody = {
  readonly start_time: number;
  readonly end_time?: Maybe<number>;
  readonly bucket_width?: Maybe<'1m' | '1h' | '1d'>;
  readonly group_by?: Maybe<readonly Group[]>;
  readonly project_ids?: Maybe<readonly string[]>;
  readonly user_ids?: Maybe<readonly string[]>;
  readonly api_key_ids?: Maybe<readonly string[]>;
  readonly models?: Maybe<readonly string[]>;
  readonly limit?: Maybe<number>;
  readonly page?: Maybe<string>;
};

const group = z.enum(['project_id', 'user_id', 'api_key_id', 'model', 'line_item'], {
  error: 'project_id, user_id, api_key_id, model or line_item',
});

export const usageQuery: z.ZodType<UsageQueryBody> = z.strictObject({
  start_time: integerIn(0, lastSecond),
  end_time: optional(integerIn(0, lastSecond)),
  bucket_width: optional(z.enum(['1m', '1h', '1d'], { error: '1m, 1h or 1d' })),
  group_by: optional(z.array(group, { error: 'a list of groups' }).max(5, { error: 'at most 5 groups' })),
  project_ids: names,
  user_ids: names,
  api_key_ids: names,
  models: names,
  limit: optional(integerIn(1, 1440)),
  page: optional(
    z
      .string({ error: 'the next_page of an answer' })
      .regex(/^\d{1,12}$/, { error: 'the next_page of an answer' }),
  ),
});

/** A page of buckets of time. Times are seconds since the Unix epoch; the end is no part of a bucket. */
export type UsagePage<Result> = {
  readonly object: 'page';
  readonly data: readonly {
    readonly object: 'bucket';
    readonly start_time: number;
    readonly end_time: number;
    readonly results: readonly Result[];
  }[];
  readonly has_more: boolean;
  readonly next_page: string | null;
};

/** Null for what was not grouped by. */
type UsageNames = {
  readonly project_id: string | null;
  readonly user_id: string | null;
  readonly api_key_id: string | null;
};

export type CompletionUsageResult = UsageNames & {
  readonly object: 'organization.usage.completions.result';
  readonly input_tokens: number;
  readonly input_cached_tokens: number;
  readonly input_uncached_tokens: number;
  /** Thinking and answers together. */
  readonly output_tokens: number;
  readonly num_model_requests: number;
  readonly model: string | null;
  readonly x_tiegel: { readonly reasoning_tokens: number };
};

export type CostResult = UsageNames & {
  readonly object: 'organization.costs.result';
  readonly amount: { readonly value: number; readonly currency: string };
  /** The model. */
  readonly line_item: string | null;
  /** Decimal, in the currency. */
  readonly x_tiegel: { readonly amount: string; readonly currency: string };
};

const name = z.string().nullable();

const result = z.looseObject({ object: z.string(), project_id: name, user_id: name, api_key_id: name });

export const usageReply: z.ZodType<UsagePage<object>> = z.strictObject({
  object: z.literal('page'),
  data: z.array(
    z.strictObject({
      object: z.literal('bucket'),
      start_time: z.int(),
      end_time: z.int(),
      results: z.array(result),
    }),
  ),
  has_more: z.boolean(),
  next_page: z.string().nullable(),
});
