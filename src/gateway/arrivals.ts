// What every request passes first, whoever then handles it: it gets its identity, host and origin are checked, and whether
// the server still takes requests. Then the way parts: requests to models past Fastify, all others to it.
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { GatewayContext } from './context.ts';
import { answerError } from './http/answer-error.ts';
import { carryRequest, GatewayRequest, outcomeOf } from './request.ts';
import { isInference } from './routes/route.ts';
import { endRequest } from './turn/end-request.ts';
import { serveInference } from './turn/serve-inference.ts';

type RequestListener = (raw: IncomingMessage, response: ServerResponse) => void;

export function arrivals(context: GatewayContext, others: RequestListener): RequestListener {
  const { access, openRequests, newIdentifier, clock } = context;
  const routes = new Map(context.routes.filter(isInference).map((route) => [route.path, route]));
  return (raw, response) => {
    const request = new GatewayRequest(newIdentifier('req'), raw, response, clock);
    const route = raw.method === 'POST' ? routes.get(pathOf(raw)) : undefined;
    if (route !== undefined) {
      request.route = route.path;
      request.dialect = route.handler.name;
    }
    try {
      access.checkOrigin(raw);
      openRequests.requireServing();
    } catch (error) {
      if (route !== undefined) void endRequest(context, request, outcomeOf(error, request));
      answerError(context, request, error);
      return;
    }
    if (route !== undefined) {
      void serveInference(context, route.handler, request);
      return;
    }
    response.setHeader('x-request-id', request.id);
    carryRequest(request);
    others(raw, response);
  };
}

/** Without the query. */
function pathOf({ url = '' }: IncomingMessage): string {
  const end = url.indexOf('?');
  return end < 0 ? url : url.slice(0, end);
}
