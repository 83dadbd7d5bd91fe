// What was used and what it cost, by days, as the server counted it.
import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import type {
  CompletionUsageResult,
  CostResult,
  LostAndLateBody,
  UsagePage,
} from '../../../src/wire/index.ts';
import { ask } from './client.ts';

/** By what usage is told apart; of costs a model is called a line item. */
export type Group = 'model' | 'project_id' | 'api_key_id' | 'user_id';

export type UsageRow = {
  /** Of the bucket: seconds since the Unix epoch. */
  readonly day: number;
  /** A name or an identifier; null for what was not told apart. */
  readonly name: string | null;
  readonly requests: number;
  readonly prompt: number;
  readonly thinking: number;
  readonly answer: number;
};

export type CostRow = {
  readonly day: number;
  readonly name: string | null;
  /** Decimal, in the currency. */
  readonly amount: string;
  readonly currency: string;
};

const secondsPerDay = 86_400;

export type Range = { readonly days: number; readonly group: Group };

/** Whole days in UTC, of which the last is today. */
export function daysOf(days: number, now: number): readonly number[] {
  const today = Math.floor(now / 1000 / secondsPerDay) * secondsPerDay;
  return Array.from({ length: days }, (_, place) => today - (days - 1 - place) * secondsPerDay);
}

export function usageQuery({ days, group }: Range, account: string | undefined) {
  return queryOptions({
    queryKey: ['usage', days, group, account],
    queryFn: async (): Promise<readonly UsageRow[]> => {
      const path = '/v1/organization/usage/completions';
      const buckets = await everyBucket<CompletionUsageResult>(path, { days, group }, account);
      return buckets.flatMap(({ start_time: day, results }) =>
        results.map((result) => {
          const { input_tokens: prompt, output_tokens, num_model_requests: requests } = result;
          const thinking = result.x_tiegel.reasoning_tokens;
          return { day, name: result[group], requests, prompt, thinking, answer: output_tokens - thinking };
        }),
      );
    },
  });
}

export function costQuery({ days, group }: Range, account: string | undefined) {
  return queryOptions({
    queryKey: ['costs', days, group, account],
    queryFn: async (): Promise<readonly CostRow[]> => {
      const name = group === 'model' ? 'line_item' : group;
      const buckets = await everyBucket<CostResult>('/v1/organization/costs', { days, group: name }, account);
      return buckets.flatMap(({ start_time: day, results }) =>
        results.map((result) => ({ day, name: result[name], ...result.x_tiegel })),
      );
    },
  });
}

async function everyBucket<Result>(
  path: string,
  { days, group }: { readonly days: number; readonly group: string },
  account: string | undefined,
): Promise<UsagePage<Result>['data']> {
  const [start] = daysOf(days, Date.now());
  const query = `start_time=${start}&bucket_width=1d&limit=${days}&group_by[]=${group}`;
  const data: UsagePage<Result>['data'][number][] = [];
  for (let page: string | null = ''; page !== null; ) {
    const answer: UsagePage<Result> = await ask(`${path}?${query}${page && `&page=${page}`}`, { account });
    data.push(...answer.data);
    page = answer.has_more ? answer.next_page : null;
  }
  return data;
}

export function lostAndLateQuery(days: number, account: string | undefined) {
  return infiniteQueryOptions({
    queryKey: ['lost-and-late', days, account],
    queryFn: ({ pageParam }) => {
      const [start] = daysOf(days, Date.now());
      const after = pageParam && `&after=${encodeURIComponent(pageParam)}`;
      return ask<LostAndLateBody>(`/v1/x/usage/lost-and-late?start_time=${start}&limit=50${after}`, {
        account,
      });
    },
    initialPageParam: '',
    getNextPageParam: ({ has_more, last_id }) => (has_more ? last_id : null),
  });
}
