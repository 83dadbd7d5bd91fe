// GET /v1/x/usage/lost-and-late: requests that died with a process or were settled too late, which usage by buckets does not tell apart.

import type { LostAndLateBody, LostOrLateBody } from '../../wire/index.ts';
import { lostAndLateQuery } from '../../wire/index.ts';
import { queryOf, secondsOf } from '../administration/pages.ts';
import { requestOf } from '../request.ts';
import type { Handle } from './route.ts';

export type LostAndLateQuestion = {
  readonly organisation: string;
  /** That of whoever asks for one; null for whoever acts for the whole organisation. */
  readonly account: string | null;
  /** Milliseconds since the Unix epoch; the end is no part of it. */
  readonly start: number;
  readonly end: number;
  /** The number of the row behind which to begin. */
  readonly after: number;
  readonly limit: number;
};

export type LostOrLateFacts = {
  readonly seq: number;
  readonly request: string;
  readonly kind: 'lost' | 'late';
  readonly at: number;
  readonly account: string;
  readonly principal: string;
  readonly key: string;
  readonly model: string;
  readonly prompt: number;
  readonly reasoning: number;
  readonly answer: number;
  /** Decimal, in the currency. */
  readonly amount: string;
  readonly billed: string;
  readonly currency: string;
};

/** In the order of their numbers. */
export type ReadLostAndLate = (question: LostAndLateQuestion) => Promise<readonly LostOrLateFacts[]>;

const usualRows = 100;

export function showLostAndLate(read: ReadLostAndLate): Handle {
  return async (context, request, reply) => {
    const { principal } = requestOf(request.raw);
    if (principal === null) throw new TypeError('showLostAndLate: nobody asks');
    const asked = queryOf(context, request, reply, lostAndLateQuery);
    const limit = asked.limit ?? usualRows;
    const end = asked.end_time ?? secondsOf(context.clock.now()) + 1;
    const rows = await read({
      ...{ organisation: principal.organisation, account: principal.account },
      ...{ start: asked.start_time * 1000, end: end * 1000 },
      ...{ after: Number(asked.after ?? 0), limit: limit + 1 },
    });
    const data = rows.slice(0, limit).map(bodyOf);
    const has_more = rows.length > limit;
    return reply.send({
      ...{ object: 'list', data, last_id: data.at(-1)?.id ?? null, has_more },
    } satisfies LostAndLateBody);
  };
}

function bodyOf(row: LostOrLateFacts): LostOrLateBody {
  const { seq, request, kind, at, account, principal, key, model, amount, billed, currency } = row;
  return {
    ...{ object: 'lost_or_late_request', id: String(seq), request, kind, admitted_at: secondsOf(at) },
    ...{ project_id: account, user_id: principal, api_key_id: key, model },
    ...{ input_tokens: row.prompt, output_tokens: row.reasoning + row.answer },
    ...{ reasoning_tokens: row.reasoning, amount, billed, currency },
  };
}
