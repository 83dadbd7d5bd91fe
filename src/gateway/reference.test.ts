import type { FastifyInstance } from 'fastify';
import { describe, expect, test } from 'vitest';
import { apiOperations } from '../wire/index.ts';
import type { GatewayContext } from './context.ts';
import { inferenceRoutes } from './routes/inference-routes.ts';
import { addRoutes } from './routes/routes.ts';
import { startGateway, testKey, testModel } from './testing.ts';

type Document = {
  readonly openapi: string;
  readonly paths: Readonly<
    Record<string, Readonly<Record<string, { readonly requestBody?: { readonly content: object } }>>>
  >;
};

describe('the document of the API', () => {
  test('names exactly the routes there are', () => {
    const routes: string[] = inferenceRoutes.map(({ path }) => `post ${path}`);
    const add = (method: string) => (path: string) => void routes.push(`${method} ${path}`);
    const app = { get: add('get'), post: add('post') } as unknown as FastifyInstance;
    addRoutes(app, {} as GatewayContext, async () => ({ name: '', digest: '' }));
    const documented = apiOperations.map(({ method, path }) => `${method} ${path}`);
    expect(documented.sort()).toEqual(routes.map((route) => route.replaceAll(/:(\w+)/g, '{$1}')).sort());
  });

  test('is served without a key and holds the schemas that are checked', async () => {
    await using server = await startGateway({});
    const document = (await (await fetch(`${server.url}/openapi.json`)).json()) as Document;
    expect(document.openapi).toBe('3.1.0');
    for (const { method, path, body } of apiOperations) {
      const schema = document.paths[path]?.[method]?.requestBody?.content;
      if (body === undefined) expect(schema).toBeUndefined();
      else
        expect(schema).toMatchObject({
          'application/json': {
            schema: {
              type: 'object',
              additionalProperties: false,
              // Two routes of Ollama know an older name for it.
              ...(!['/api/show', '/api/pull'].includes(path) && {
                required: expect.arrayContaining(['model']),
              }),
            },
          },
        });
    }
  });

  test('says of every route whether it needs a key as the server does', async () => {
    await using server = await startGateway({});
    for (const { method, path, open } of apiOperations) {
      const url = server.url + path.replace('{name}', testModel).replace('{id}', 'req_0_0');
      // From outside, as far as /metrics can tell.
      const headers = { 'x-forwarded-for': '10.0.0.1', 'content-type': 'application/json' };
      const body = method === 'post' ? { body: '{}' } : {};
      const bare = await fetch(url, { method, headers, ...body });
      expect([path, bare.status === 401]).toEqual([path, open !== true]);
      const authorization = `Bearer ${testKey}`;
      const known = await fetch(url, { method, headers: { ...headers, authorization }, ...body });
      expect(await known.text()).not.toContain('TGL_ROUTE_UNKNOWN');
    }
  });

  test('can be read as a page that loads nothing', async () => {
    await using server = await startGateway({});
    const response = await fetch(`${server.url}/docs`);
    const html = await response.text();
    expect(response.headers.get('content-security-policy')).toContain("default-src 'none'");
    for (const { path } of apiOperations) expect(html).toContain(`<code>${path}</code>`);
    expect(html).not.toMatch(/<script|src=|https?:\/\/(?!127\.0\.0\.1)/);
  });
});
