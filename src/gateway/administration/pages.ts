// Pages of a list as OpenAI's clients turn them: by the identifier behind which the next one begins.
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Clock } from '../../base/index.ts';
import { type BodySchema, type Maybe, type PageQuery, parseWith } from '../../wire/index.ts';
import type { GatewayContext } from '../context.ts';
import { requireValue } from '../http/require-value.ts';

const usualEntries = 20;

const numbers = new Set(['limit', 'start_time', 'end_time', 'gt', 'gte', 'lt', 'lte']);

/** The query of a request: a list is written as `name[]=…`, a member as `name[member]=…`. @throws TGL_REQUEST_INVALID */
export function queryOf<Query>(
  context: GatewayContext,
  request: FastifyRequest,
  reply: FastifyReply,
  schema: BodySchema<Query>,
): Query {
  const asked = new Map<string, unknown>();
  for (const [given, value] of Object.entries(request.query as Readonly<Record<string, unknown>>)) {
    const [, name = given, member] = /^([^[]+)\[(\w*)\]$/.exec(given) ?? [];
    if (member === undefined) asked.set(name, numbered(name, value));
    else if (member === '') asked.set(name, [value].flat());
    else asked.set(name, { ...(asked.get(name) as object | undefined), [member]: numbered(member, value) });
  }
  const parsed = parseWith(schema, Object.fromEntries(asked), context.unknownFields);
  return requireValue(parsed, reply.raw);
}

function numbered(name: string, value: unknown): unknown {
  return numbers.has(name) && /^\d{1,12}$/.test(String(value)) ? Number(value) : value;
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

/** When something ends that is to last so many seconds; undefined where that was not said. */
export function expiryOf(clock: Clock, seconds: Maybe<number>): number | undefined {
  return typeof seconds === 'number' ? clock.now() + seconds * 1000 : undefined;
}
