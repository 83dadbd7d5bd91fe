// The newest requests of an organisation as they came, for planning: when, whose, and how long. Read account by account along the index
// of their times, so that a long ledger costs no more than a short one.
import type { AccountId, OrganisationId } from '../../traffic/index.ts';
import type { Database } from '../connection/database.ts';
import { usageOf } from './usage.ts';

export type RecentRequestsQuery = {
  readonly organisation: OrganisationId;
  /** Null: of all of them. */
  readonly account: AccountId | null;
  /** Only of this model. @default of all */
  readonly model?: string | undefined;
  /** Milliseconds since the Unix epoch. */
  readonly start: number;
  readonly end: number;
  /** The newest so many. */
  readonly limit: number;
};

export type RecentRequest = {
  readonly at: number;
  readonly account: string;
  readonly prompt: number;
  readonly reasoning: number;
  readonly answer: number;
};

const dayMs = 86_400_000;

/** Accounts that are looked at, those with the most requests. */
const maxAccounts = 200;

/** Completed requests for replies, in the order of time. @throws TGL_STORE_UNAVAILABLE */
export async function recentRequests(
  database: Database,
  wanted: RecentRequestsQuery,
): Promise<readonly RecentRequest[]> {
  const accounts = wanted.account === null ? await busiestAccounts(database, wanted) : [wanted.account];
  const found: RecentRequest[] = [];
  for (const account of accounts) found.push(...(await ofAccount(database, wanted, account)));
  return found.sort((one, other) => one.at - other.at).slice(-wanted.limit);
}

async function busiestAccounts(
  database: Database,
  { organisation, start, end }: RecentRequestsQuery,
): Promise<readonly string[]> {
  const sums = await usageOf(database, {
    ...{ organisation, account: null, width: 'day', groupBy: ['account'] },
    ...{ start: Math.floor(start / dayMs) * dayMs, end, only: { operation: ['completions'] } },
  });
  const requests = new Map<string, number>();
  for (const { account = '', requests: more } of sums)
    requests.set(account, (requests.get(account) ?? 0) + more);
  const order = [...requests].sort(([, one], [, other]) => other - one);
  return order.slice(0, maxAccounts).map(([account]) => account);
}

async function ofAccount(
  { query }: Database,
  { organisation, model, start, end, limit }: RecentRequestsQuery,
  account: string,
): Promise<readonly RecentRequest[]> {
  return await query
    .selectFrom('ledger')
    .select(['at', 'account', 'prompt', 'reasoning', 'answer'])
    .where('organisation', '=', organisation)
    .where('account', '=', account)
    .where('at', '>=', start)
    .where('at', '<', end)
    .where('kind', '=', 'settle')
    .where('operation', '=', 'completions')
    .$if(model !== undefined, (rows) => rows.where('model', '=', model ?? ''))
    .orderBy('at', 'desc')
    .limit(limit)
    .execute();
}
