// /v1/organization/spend_limit and /v1/organization/projects/{project}/spend_limit, OpenAI's: what may be spent in a month. It is a hard
// limit like all others; amounts are hundredths of the currency of the organisation.
import { spendLimitDeletedReply, spendLimitReply, spendLimitRequest } from '../../wire/index.ts';
import { json, type Route, route } from '../routes/route.ts';
import type { Administration, SpendLimitFacts } from './administration.ts';
import { askerOf, changeRoute, changeRouteWithBody, paramsOf } from './attempt.ts';

const scope = 'limits:write';

export function spendLimitRoutes(administration: Administration): readonly Route[] {
  return [
    ...routesAt(administration, '/v1/organization/spend_limit', {
      ...{ object: 'organization.spend_limit', whose: 'the organisation' },
    }),
    ...routesAt(administration, '/v1/organization/projects/{project}/spend_limit', {
      ...{ object: 'project.spend_limit', whose: 'a project' },
    }),
  ];
}

function routesAt(
  administration: Administration,
  path: string,
  { object, whose }: { readonly object: string; readonly whose: string },
): readonly Route[] {
  const { spendLimits } = administration;
  const shown = (facts: SpendLimitFacts): object => {
    const { currency, hundredths: threshold_amount } = facts;
    return { object, currency, interval: 'month', threshold_amount, enforcement: { status: 'enforcing' } };
  };
  return [
    route({
      ...{ method: 'GET', path, scope, summary: `What ${whose} may spend in a month` },
      replies: json(spendLimitReply(object)),
      handle: async (_, request, reply) =>
        reply.send(shown(await spendLimits.get(askerOf(request), paramsOf(request).project ?? null))),
    }),
    changeRouteWithBody(
      administration,
      {
        ...{ method: 'POST', path, scope, summary: `Limits what ${whose} may spend in a month` },
        ...{ action: 'rate_limit.updated', targetType: 'account' },
        body: spendLimitRequest,
        replies: json(spendLimitReply(object)),
        isHarmless: async (request, { threshold_amount }) => {
          const now = await spendLimits
            .get(askerOf(request), paramsOf(request).project ?? null)
            .catch(() => undefined);
          return now === undefined || threshold_amount <= now.hundredths;
        },
      },
      async (_, request, reply, { currency, threshold_amount: hundredths }) => {
        const { project = null } = paramsOf(request);
        return reply.send(shown(await spendLimits.set(askerOf(request), project, { currency, hundredths })));
      },
    ),
    changeRoute(
      administration,
      {
        ...{ method: 'DELETE', path, scope, summary: `Ends the limit on what ${whose} may spend in a month` },
        ...{ action: 'rate_limit.deleted', targetType: 'account' },
        replies: json(spendLimitDeletedReply(`${object}.deleted`)),
      },
      async (_, request, reply) => {
        await spendLimits.remove(askerOf(request), paramsOf(request).project ?? null);
        return reply.send({ object: `${object}.deleted`, deleted: true });
      },
    ),
  ];
}
