// The routes that do not make a model speak, on Fastify.
import type { FastifyInstance } from 'fastify';
import type { Role } from '../access/access.ts';
import type { GatewayContext } from '../context.ts';
import { endThinking } from './end-thinking.ts';
import { showMetrics } from './metrics.ts';
import { listModels, showModel } from './models.ts';
import { listLoaded, listTags, showTag, showVersion } from './ollama-models.ts';
import { type FetchModel, pullModel } from './ollama-pull.ts';
import { showOpenApi, showReference } from './reference.ts';

/** They say whether the server lives and takes requests, and what the API is; nothing about what it serves. */
const openRoutes: readonly string[] = ['/', '/healthz', '/health', '/readyz', '/openapi.json', '/docs'];

/** Who may ask for a route; a path that is none counts as any other. */
export function roleFor(route: string | undefined, openMetrics: boolean): Role {
  if (openRoutes.includes(route ?? '') || (openMetrics && route === '/metrics')) return 'public';
  return route === '/api/pull' ? 'operator' : 'inference';
}

export function addRoutes(app: FastifyInstance, context: GatewayContext, fetchModel?: FetchModel): void {
  // What Ollama's clients look for before anything else.
  app.get('/', (_, reply) => reply.type('text/plain').send('Tiegel is running'));
  for (const path of ['/healthz', '/health']) {
    app.get(path, (_, reply) => reply.type('application/json').send('{"status":"ok"}'));
  }
  app.get('/readyz', (_, reply) => {
    const ready = context.models.list().length > 0;
    const status = ready ? 'ready' : 'no model is admitted';
    return reply.code(ready ? 200 : 503).send({ status });
  });
  app.get('/openapi.json', showOpenApi());
  app.get('/docs', showReference());
  app.get('/metrics', showMetrics(context));
  app.get('/v1/models', listModels(context));
  app.get('/v1/models/:name', showModel(context));
  app.post('/v1/requests/:id/end-thinking', endThinking(context));
  app.get('/api/version', showVersion());
  app.get('/api/tags', listTags(context));
  app.get('/api/ps', listLoaded(context));
  app.post('/api/show', showTag(context));
  if (fetchModel !== undefined) app.post('/api/pull', pullModel(context, fetchModel));
}
