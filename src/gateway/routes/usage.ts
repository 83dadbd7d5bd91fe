// GET /v1/organization/usage/completions, .../usage/embeddings and /v1/organization/costs, OpenAI's: what an organisation used
// and what it cost, by buckets of time. Where the figures come from is for the host to say.
import { TiegelError } from '../../base/index.ts';
import { type Maybe, parseWith, type UsageQueryBody, usageQuery } from '../../wire/index.ts';
import { requireValue } from '../http/require-value.ts';
import { requestOf } from '../request.ts';
import type { Handle } from './route.ts';

export type UsageGroup = 'account' | 'principal' | 'key' | 'model' | 'operation';

export type UsageQuestion = {
  readonly organisation: string;
  /** That of whoever asks for one, which sees nothing else; null for whoever acts for the whole organisation. */
  readonly account: string | null;
  /** Milliseconds since the Unix epoch; the end is no part of it. */
  readonly start: number;
  readonly end: number;
  readonly width: 'minute' | 'hour' | 'day';
  readonly groupBy: readonly UsageGroup[];
  readonly only: Readonly<Partial<Record<UsageGroup, readonly string[]>>>;
};

export type UsageAnswer = Readonly<Partial<Record<UsageGroup, string>>> & {
  /** When its bucket begins. */
  readonly bucket: number;
  readonly requests: number;
  /** Tokens; the prompt has the cached ones in it. */
  readonly prompt: number;
  readonly cached: number;
  readonly reasoning: number;
  readonly answer: number;
  /** Decimal, in the currency. */
  readonly amount: string;
  readonly currency: string;
};

/** Everything that was used, by bucket and group. */
export type ReadUsage = (question: UsageQuestion) => Promise<readonly UsageAnswer[]>;

export type UsageKind = 'completions' | 'embeddings' | 'costs';

const widths = {
  '1m': { name: 'minute', seconds: 60, fewest: 60, most: 1440 },
  '1h': { name: 'hour', seconds: 3600, fewest: 24, most: 168 },
  '1d': { name: 'day', seconds: 86_400, fewest: 7, most: 180 },
} as const;

/**
 * Buckets are read some at a time, and a page ends early once it has so many results, so that nobody holds up everybody else by asking
 * for each key by the day of half a year.
 */
const maxResults = 10_000;

type Width = (typeof widths)[keyof typeof widths];

const groups = {
  project_id: 'account',
  user_id: 'principal',
  api_key_id: 'key',
  model: 'model',
  line_item: 'model',
} as const satisfies Readonly<Record<string, UsageGroup>>;

export function showUsage(kind: UsageKind, readUsage: ReadUsage): Handle {
  return async (context, request, reply) => {
    const { principal } = requestOf(request.raw);
    if (principal === null) throw new TypeError('showUsage: nobody asks');
    const asked = requireValue(
      parseWith(usageQuery, listsOf(request.query), context.unknownFields),
      reply.raw,
    );
    const width = widths[asked.bucket_width ?? '1d'];
    const first = Number(asked.page ?? Math.floor(asked.start_time / width.seconds) * width.seconds);
    const now = Math.floor(context.clock.now() / 1000);
    const end = Math.min(asked.end_time ?? now + 1, now + width.seconds);
    if (kind === 'costs' && width.name !== 'day')
      throw wrong('bucket_width', 'Costs have buckets of 1d only.');
    const buckets = Math.min(asked.limit ?? width.fewest, width.most);
    const last = Math.min(end, first + buckets * width.seconds);
    const groupBy = [...new Set((asked.group_by ?? []).map((name) => groups[name]))];
    const { organisation, account } = principal;
    const question = { organisation, account, width: width.name, groupBy, only: onlyOf(asked, kind) };
    const data: object[] = [];
    let results = 0;
    let next = first;
    while (next < last && results < maxResults) {
      const until = Math.min(last, next + width.fewest * width.seconds);
      const rows = await readUsage({ ...question, start: next * 1000, end: until * 1000 });
      const byBucket = Map.groupBy(rows, ({ bucket }) => bucket);
      for (; next < until; next += width.seconds) {
        const own = byBucket.get(next * 1000) ?? [];
        const told = own.map((row) => resultOf(kind, row, asked));
        data.push(bucketOf(next, width, told));
      }
      results += rows.length;
    }
    const more = next < end;
    return reply.send({ object: 'page', data, has_more: more, next_page: more ? String(next) : null });
  };
}

/** OpenAI's clients write a list as `name[]=…`, others repeat the name; one value alone is a list of one. */
function listsOf(query: unknown): Readonly<Record<string, unknown>> {
  const listed = new Set(['group_by', 'project_ids', 'user_ids', 'api_key_ids', 'models']);
  const numbers = new Set(['start_time', 'end_time', 'limit']);
  const entries = Object.entries(query as Readonly<Record<string, unknown>>).map(([given, value]) => {
    const name = given.replace(/\[\]$/, '');
    if (listed.has(name)) return [name, [value].flat()];
    return [name, numbers.has(name) && /^\d{1,12}$/.test(String(value)) ? Number(value) : value];
  });
  return Object.fromEntries(entries);
}

function onlyOf(asked: UsageQueryBody, kind: UsageKind): UsageQuestion['only'] {
  const given = (values: Maybe<readonly string[]>): values is readonly string[] =>
    values !== undefined && values !== null;
  return {
    ...(given(asked.project_ids) && { account: asked.project_ids }),
    ...(given(asked.user_ids) && { principal: asked.user_ids }),
    ...(given(asked.api_key_ids) && { key: asked.api_key_ids }),
    ...(given(asked.models) && { model: asked.models }),
    ...(kind !== 'costs' && { operation: [kind] }),
  };
}

function bucketOf(start: number, { seconds }: Width, results: readonly object[]): object {
  return { object: 'bucket', start_time: start, end_time: start + seconds, results };
}

function resultOf(kind: UsageKind, row: UsageAnswer, { group_by }: UsageQueryBody): object {
  const by = new Set<string>(group_by ?? []);
  const names = {
    project_id: by.has('project_id') ? (row.account ?? null) : null,
    user_id: by.has('user_id') ? (row.principal ?? null) : null,
    api_key_id: by.has('api_key_id') ? (row.key ?? null) : null,
  };
  if (kind === 'costs') {
    const object = 'organization.costs.result';
    const amount = { value: Number(row.amount), currency: row.currency.toLowerCase() };
    // A number of JSON loses what is beyond 16 digits; the text does not.
    const line = { line_item: by.has('line_item') ? (row.model ?? null) : null };
    return { object, amount, ...line, ...names, x_tiegel: { amount: row.amount, currency: row.currency } };
  }
  const model = by.has('model') ? (row.model ?? null) : null;
  const counts = { input_tokens: row.prompt, num_model_requests: row.requests, model, ...names };
  if (kind === 'embeddings') return { object: 'organization.usage.embeddings.result', ...counts };
  return {
    object: 'organization.usage.completions.result',
    ...counts,
    input_cached_tokens: row.cached,
    input_uncached_tokens: row.prompt - row.cached,
    output_tokens: row.reasoning + row.answer,
    x_tiegel: { reasoning_tokens: row.reasoning },
  };
}

function wrong(field: string, problem: string): TiegelError {
  return new TiegelError('TGL_REQUEST_INVALID', { problem, field });
}
