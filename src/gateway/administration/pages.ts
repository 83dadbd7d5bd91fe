// Pages of a list as OpenAI's clients turn them: by the identifier behind which the next one begins.
import type { FastifyReply, FastifyRequest } from 'fastify';
import { type BodySchema, type PageQuery, parseWith } from '../../wire/index.ts';
import type { GatewayContext } from '../context.ts';
import { requireValue } from '../http/require-value.ts';

const usualEntries = 20;

/** The query of a request. Lists are written as `name[]=…` or by repeating the name. @throws TGL_REQUEST_INVALID */
export function queryOf<Query>(
  context: GatewayContext,
  request: FastifyRequest,
  reply: FastifyReply,
  schema: BodySchema<Query>,
): Query {
  const entries = Object.entries(request.query as Readonly<Record<string, unknown>>).map(([given, value]) => {
    const name = given.replace(/\[\]$/, '');
    if (name !== given) return [name, [value].flat()];
    return [name, name === 'limit' && /^\d{1,12}$/.test(String(value)) ? Number(value) : value];
  });
  const parsed = parseWith(schema, Object.fromEntries(entries), context.unknownFields);
  return requireValue(parsed, reply.raw);
}

/** The first entries of a list that already begins where the page does. */
export function pageOf<Entry>(
  entries: readonly Entry[],
  { limit }: PageQuery,
  shown: (entry: Entry) => { readonly id: string },
): object {
  const length = limit ?? usualEntries;
  const data = entries.slice(0, length).map(shown);
  return {
    ...{ object: 'list', data, first_id: data[0]?.id ?? null, last_id: data.at(-1)?.id ?? null },
    has_more: entries.length > length,
  };
}

/** Times of OpenAI's API are whole seconds. */
export function secondsOf(milliseconds: number): number {
  return Math.floor(milliseconds / 1000);
}
