// /v1/organization/projects/{project}/rate_limits, OpenAI's: what a project may ask of each model by minute and day.
import { TiegelError } from '../../base/index.ts';
import { pageReply, rateLimitListQuery, rateLimitReply, rateLimitRequest } from '../../wire/index.ts';
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
        const {
          max_requests_per_1_minute: requestsPerMinute,
          max_tokens_per_1_minute: tokensPerMinute,
          max_requests_per_1_day: requestsPerDay,
        } = body;
        const changed = await rateLimits.update(asker, project, model, {
          ...(requestsPerMinute !== undefined && { requestsPerMinute }),
          ...(tokensPerMinute !== undefined && { tokensPerMinute }),
          ...(requestsPerDay !== undefined && { requestsPerDay }),
        });
        return reply.send(limitOf(changed));
      },
    ),
  ];
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
