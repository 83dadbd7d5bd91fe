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

const name = z.string().nullable();

const result = z.looseObject({ object: z.string(), project_id: name, user_id: name, api_key_id: name });

export const usageReply: z.ZodType = z.strictObject({
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
