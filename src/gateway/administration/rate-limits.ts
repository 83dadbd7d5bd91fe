// /v1/organization/projects/{project}/rate_limits, OpenAI's: what a project may ask of each model by minute and day.
import { TiegelError } from '../../base/index.ts';
import {
  pageReply,
  type RateLimitBody,
  rateLimitListQuery,
  rateLimitReply,
  rateLimitRequest,
} from '../../wire/index.ts';
import { json, type Route, route } from '../routes/route.ts';
import type { Administration, RateLimitFacts } from './administration.ts';
import { askerOf, changeRouteWithBody, paramsOf } from './attempt.ts';
import { pageOf, queryOf } from './pages.ts';

const listPath = '/v1/organization/projects/{project}/rate_limits';
const path = `${listPath}/{limit}`;
const scope = 'limits:write';
const action = 'rate_limit.updated';

export function rateLimitRoutes(administration: Administration): readonly Route[] {
  const { rateLimits, refused } = administration;
  return [
    route({
      ...{ method: 'GET', path: listPath, scope, summary: 'The limits of a project on each model' },
      replies: json(pageReply(rateLimitReply)),
      handle: async (context, request, reply) => {
        const query = queryOf(context, request, reply, rateLimitListQuery);
        const models = context.models.list().map(({ name }) => name);
        const after = query.after ?? '';
        const listed = models.toSorted().filter((model) => idOf(model) > after);
        const { project = '' } = paramsOf(request);
        return reply.send(pageOf(await rateLimits.of(askerOf(request), project, listed), query, limitOf));
      },
    }),
    changeRouteWithBody(
      administration,
      {
        ...{ method: 'POST', path, scope, summary: 'Limits what a project may ask of a model' },
        ...{ action, targetType: 'account' },
        body: rateLimitRequest,
        replies: json(rateLimitReply),
        isHarmless: async (request, body) => {
          const { project = '', limit = '' } = paramsOf(request);
          const model = limit.replace(/^rl-/, '');
          const [now] = await rateLimits.of(askerOf(request), project, [model]);
          return now === undefined || !raises(now, changeOf(body));
        },
      },
      async ({ models }, request, reply, body) => {
        const { project = '', limit = '' } = paramsOf(request);
        const asker = askerOf(request);
        // A limit on a model that nobody can ask would hold nothing, and nobody would notice.
        const model = models.list().find(({ name }) => idOf(name) === limit)?.name;
        if (model === undefined) {
          const problem = `There is no limit of that name; expected one such as ${idOf('MODEL')}, of a served model.`;
          const error = new TiegelError('TGL_REQUEST_INVALID', { field: 'rate_limit_id', problem });
          await refused(asker, { action, target: { type: 'account', id: project } }, error.code);
          throw error;
        }
        return reply.send(limitOf(await rateLimits.update(asker, project, model, changeOf(body))));
      },
    ),
  ];
}

type Change = Partial<Omit<RateLimitFacts, 'model'>>;

function changeOf({
  max_requests_per_1_minute: requestsPerMinute,
  max_tokens_per_1_minute: tokensPerMinute,
  max_requests_per_1_day: requestsPerDay,
}: RateLimitBody): Change {
  return {
    ...(requestsPerMinute !== undefined && { requestsPerMinute }),
    ...(tokensPerMinute !== undefined && { tokensPerMinute }),
    ...(requestsPerDay !== undefined && { requestsPerDay }),
  };
}

/** Whether more may be asked under the change than now. Null is no limit. */
function raises(now: RateLimitFacts, change: Change): boolean {
  const amount = (limit: number | null): number => limit ?? Number.POSITIVE_INFINITY;
  return (['requestsPerMinute', 'tokensPerMinute', 'requestsPerDay'] as const).some((name) => {
    const wanted = change[name];
    return wanted !== undefined && amount(wanted) > amount(now[name]);
  });
}

function idOf(model: string): string {
  return `rl-${model}`;
}

function limitOf({ model, requestsPerMinute, tokensPerMinute, requestsPerDay }: RateLimitFacts) {
  return {
    ...{ id: idOf(model), object: 'project.rate_limit', model },
    max_requests_per_1_minute: requestsPerMinute,
    max_tokens_per_1_minute: tokensPerMinute,
    max_requests_per_1_day: requestsPerDay,
  };
}
