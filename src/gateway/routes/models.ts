// GET /v1/models and /v1/models/NAME: what is admitted and can be asked.
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { ModelList } from '../../wire/index.ts';
import { resolveModel } from '../access/resolve-model.ts';
import type { GatewayContext } from '../context.ts';

type Entry = ModelList['data'][number];

export function listModels({
  models,
}: GatewayContext): (request: FastifyRequest, reply: FastifyReply) => FastifyReply {
  return (_, reply) => {
    const list: ModelList = { object: 'list', data: models.list().map(entryOf) };
    return reply.send(list);
  };
}

export function showModel(
  context: GatewayContext,
): (request: FastifyRequest, reply: FastifyReply) => Promise<FastifyReply> {
  return async (request, reply) => {
    const { name } = request.params as { readonly name: string };
    const { created } = await resolveModel(context, name);
    return reply.send(entryOf({ name, created }));
  };
}

function entryOf({ name, created }: { readonly name: string; readonly created: number }): Entry {
  return { id: name, object: 'model', created: Math.floor(created / 1000), owned_by: 'tiegel' };
}
