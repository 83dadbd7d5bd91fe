// A row of the table of routes: what a route is, who may use it, what its bodies look like, and what answers it. The document
// of the API, the authorisation and the check of bodies all come from it.
import type { FastifyReply, FastifyRequest } from 'fastify';
import { type ApiOperation, type BodySchema, parseWith, type Replies } from '../../wire/index.ts';
import { type RouteScope, routeScopes } from '../access/access.ts';
import type { GatewayContext } from '../context.ts';
import { type ErrorWords, plainWords } from '../dialects/dialect.ts';
import { requireValue } from '../http/require-value.ts';
import type { InferenceHandler } from '../turn/serve-inference.ts';

type RouteFacts = ApiOperation & { readonly scope: RouteScope; readonly words: ErrorWords };

/** A route to a model: it passes the gate and leaves a record. */
export type InferenceRoute = RouteFacts & { readonly handler: InferenceHandler };

/** A route that Fastify answers. */
export type ServerRoute = RouteFacts & {
  readonly handle: Handle<unknown>;
  /** Told of whoever holds a key but not one with the scope. @default nobody is told */
  readonly onRefused?: OnRefused;
};

export type OnRefused = (request: FastifyRequest, code: string) => Promise<void>;

export type Route = InferenceRoute | ServerRoute;

/** Answers a request whose body was checked; undefined where the route takes none. */
export type Handle<Body = undefined> = (
  context: GatewayContext,
  request: FastifyRequest,
  reply: FastifyReply,
  body: Body,
) => FastifyReply | Promise<FastifyReply>;

type Row<Body> = Omit<RouteFacts, 'body' | 'words'> & {
  /** @default those of OpenAI */
  readonly words?: ErrorWords;
  readonly handle: Handle<Body>;
};

/** A row for a route without a body. */
export function route({ words = plainWords, ...row }: Row<undefined>): ServerRoute {
  return {
    ...row,
    words,
    body: null,
    handle: (context, request, reply) => row.handle(context, request, reply, undefined),
  };
}

/** A row for a route whose body is checked against its schema. */
export function routeWithBody<Body>({
  words = plainWords,
  ...row
}: Row<Body> & { readonly body: BodySchema<Body> }): ServerRoute {
  return {
    ...row,
    words,
    handle: (context, request, reply) => {
      const parsed = parseWith(row.body, request.body, context.unknownFields);
      return row.handle(context, request, reply, requireValue(parsed, reply.raw));
    },
  };
}

/** A row for a route to a model. */
export function inferenceRoute(
  row: Pick<RouteFacts, 'path' | 'summary' | 'replies'> & { readonly handler: InferenceHandler },
): InferenceRoute {
  return { ...row, method: 'POST', scope: 'inference', body: row.handler.body, words: row.handler };
}

export function isInference(row: Route): row is InferenceRoute {
  return 'handler' in row;
}

/** One JSON value. */
export function json(schema: BodySchema): Replies {
  return { 'application/json': schema };
}

/** One JSON value, or its pieces as server-sent events. */
export function jsonOrEvents(schema: BodySchema): Replies {
  return { 'application/json': schema, 'text/event-stream': null };
}

/** One JSON value, or several as lines. */
export function jsonOrLines(schema: BodySchema): Replies {
  return { 'application/json': schema, 'application/x-ndjson': schema };
}

/**
 * The same rows, for a server that can be started with them.
 *
 * @throws TypeError for a route that does not say who may use it, or that is there twice
 */
export function requireSound(rows: readonly Route[]): readonly Route[] {
  const seen = new Set<string>();
  for (const { method, path, scope } of rows) {
    const name = `${method} ${path}`;
    if (!routeScopes.includes(scope)) throw new TypeError(`The route ${name} does not say who may use it.`);
    // Names of parameters do not tell paths apart.
    const place = name.replaceAll(/\{\w+\}/g, '{}');
    if (seen.has(place)) throw new TypeError(`The route ${name} is there twice.`);
    seen.add(place);
  }
  return rows;
}
