// GET /v1/x/meter, GET /v1/x/prices, POST /v1/x/meter/plan: what a correct answer costs by model, effort and strategy, which only whoever
// operates the server is told, since it tells of its hardware; what hosts ask by the token; and what a fleet for requests needs.
import {
  type FleetPlanBody,
  fleetPlanReply,
  type HostedPriceRecord,
  hostedPricesReply,
  type MeteredModelList,
  meteredModelsReply,
  type PlanRequest,
  planRequest,
} from '../../wire/index.ts';
import { mayAsk } from '../access/access.ts';
import { requestOf } from '../request.ts';
import { json, type Route, route, routeWithBody } from './route.ts';

export type Meter = {
  /** What was calibrated and reported. */
  readonly models: () => Promise<MeteredModelList>;
  readonly prices: () => readonly HostedPriceRecord[];
  /** @throws TGL_REQUEST_INVALID for requests there are none of, and an unknown price; TGL_PLAN_UNAVAILABLE, TGL_STORE_UNAVAILABLE */
  readonly plan: (asker: PlanAsker, request: PlanRequest) => Promise<FleetPlanBody>;
};

export type PlanAsker = {
  readonly organisation: string;
  /** That of whoever asks for one, who plans with its requests alone; null for whoever acts for the whole organisation. */
  readonly account: string | null;
};

export function meterRoutes(meter: Meter): readonly Route[] {
  return [
    route({
      ...{ method: 'GET', path: '/v1/x/meter', scope: 'assessments:read' },
      summary: 'What a correct answer costs, by model and effort, as it was calibrated and reported',
      replies: json(meteredModelsReply),
      handle: async (_, request, reply) => {
        const { principal } = requestOf(request.raw);
        const { data, unreadable } = await meter.models();
        return reply.send({
          object: 'list',
          data: data.filter(({ model }) => mayAsk(principal, model)),
          // The name of a file tells of a model.
          unreadable: (principal?.models ?? null) === null ? unreadable : [],
        } satisfies MeteredModelList);
      },
    }),
    route({
      ...{ method: 'GET', path: '/v1/x/prices', scope: 'usage:read' },
      summary: 'What hosts ask for tokens, as dated records with their sources',
      replies: json(hostedPricesReply),
      handle: (_, __, reply) => reply.send({ object: 'list', data: meter.prices() }),
    }),
    routeWithBody({
      ...{ method: 'POST', path: '/v1/x/meter/plan', scope: 'usage:read' },
      summary:
        'How many replicas requests as they came, or at given rates, need, what they wait and what that costs',
      body: planRequest,
      replies: json(fleetPlanReply),
      handle: async (_, request, reply, body) => {
        const { principal } = requestOf(request.raw);
        if (principal === null) throw new TypeError('meterRoutes: nobody asks');
        const { organisation, account } = principal;
        return reply.send(await meter.plan({ organisation, account }, body));
      },
    }),
  ];
}
