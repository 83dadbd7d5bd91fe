// The routes that Fastify answers, registered as the table has them. HEAD is answered wherever GET is.
import type { FastifyInstance } from 'fastify';
import { TiegelError } from '../../base/index.ts';
import type { RouteScope } from '../access/access.ts';
import type { GatewayContext } from '../context.ts';
import { requestOf } from '../request.ts';
import { answerOnce, answersOnce, keepAnswer } from './answer-once.ts';
import { isInference, type OnRefused } from './route.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Who may use the route. */
    readonly scope?: RouteScope;
    readonly onRefused?: OnRefused | undefined;
  }
}

/** @throws TypeError when somebody registers a route that does not say who may use it */
export function addRoutes(app: FastifyInstance, context: GatewayContext): void {
  app.addHook('onRoute', ({ method, url, config }) => {
    if (config?.scope === undefined)
      throw new TypeError(`The route ${String(method)} ${url} does not say who may use it.`);
  });
  app.addHook('onRequest', async (request) => {
    // A path that is none needs a key, so that nobody learns without one which paths there are.
    const { scope = 'any', onRefused } = request.routeOptions.config ?? {};
    const asked = requestOf(request.raw);
    try {
      context.access.authorise(asked, scope);
    } catch (error) {
      if (asked.principal !== null && TiegelError.isInstance(error)) await onRefused?.(request, error.code);
      throw error;
    }
  });
  for (const row of context.routes) {
    if (isInference(row)) continue;
    app.route({
      method: row.method,
      url: row.path.replaceAll(/\{(\w+)\}/g, ':$1'),
      config: { scope: row.scope, onRefused: row.onRefused },
      handler: (request, reply) =>
        answersOnce(context, row, request)
          ? answerOnce(context, row, request, reply)
          : row.handle(context, request, reply, undefined),
      ...(row.method === 'POST' && {
        onSend: (request, _, payload) => keepAnswer(context, request, payload),
      }),
    });
  }
}
