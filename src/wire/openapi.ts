// An OpenAPI 3.1 document out of a table of operations. The schemas of bodies are the very ones that check them, so that the
// document cannot promise what the server refuses.
import { z } from 'zod';
import type { JsonObject } from './schema-parts.ts';

/** What checks or describes a body. */
export type BodySchema<Value = unknown> = z.ZodType<Value>;

/** The bodies of answers by media type, none for what sends a browser elsewhere; null for what is no JSON. Of a stream of lines, each line. */
export type Replies = Readonly<Record<string, BodySchema | null>>;

export type ApiOperation = {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Parameters stand in braces, such as `/v1/models/{name}`. */
  readonly path: string;
  /** Who may use it: `public` is anybody, `any` whoever holds a key, everything else whoever holds one with that scope. */
  readonly scope: string;
  readonly summary: string;
  /** Null: it takes none. */
  readonly body: BodySchema | null;
  readonly replies: Replies;
};

const refusal = {
  description: 'A refusal. Dialects other than those of OpenAI wrap the same facts in their own words.',
  content: {
    'application/json': {
      schema: {
        type: 'object',
        properties: {
          error: {
            type: 'object',
            properties: {
              message: { type: 'string' },
              type: { type: 'string' },
              param: { type: ['string', 'null'] },
              code: { type: 'string' },
              tgl_code: { type: 'string', description: 'Listed in docs/errors.md.' },
              fix: { type: 'string' },
              request_id: { type: 'string' },
            },
          },
        },
      },
    },
  },
};

/** @param server the address at which the API is reached */
export function openApiDocument(operations: readonly ApiOperation[], server: string): JsonObject {
  const paths: Record<string, Record<string, object>> = {};
  for (const operation of operations) {
    const { path, method } = operation;
    paths[path] = { ...paths[path], [method.toLowerCase()]: describe(operation) };
  }
  return {
    openapi: '3.1.0',
    info: { title: 'Tiegel', version: '1', license: { name: 'Apache-2.0', identifier: 'Apache-2.0' } },
    servers: [{ url: server }],
    security: [{ key: [] }, { session: [] }],
    paths,
    components: {
      securitySchemes: {
        key: { type: 'http', scheme: 'bearer' },
        session: { type: 'apiKey', in: 'cookie', name: 'tiegel_session' },
      },
    },
  };
}

function describe({ path, scope, summary, body, replies }: ApiOperation): object {
  const names = [...path.matchAll(/\{(\w+)\}/g)].map((match) => match[1]);
  const parameters = names.map((name) => ({ name, in: 'path', required: true, schema: { type: 'string' } }));
  const content = Object.entries(replies).map(([type, schema]) => [type, contentOf(schema)] as const);
  return {
    summary,
    'x-tiegel-scope': scope,
    ...(parameters.length > 0 && { parameters }),
    ...(body !== null && {
      requestBody: { required: true, content: { 'application/json': contentOf(body) } },
    }),
    responses: {
      ...(content.length === 0
        ? { 302: { description: 'Elsewhere' } }
        : { 200: { description: 'OK', content: Object.fromEntries(content) } }),
      default: refusal,
    },
    ...(scope === 'public' && { security: [] }),
  };
}

function contentOf(schema: BodySchema | null): object {
  if (schema === null) return {};
  const { $schema: _, ...described } = z.toJSONSchema(schema);
  return { schema: described };
}
