// GET /v1/models: what is admitted and can be asked.
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { ModelList } from '../../wire/index.ts';
import type { GatewayContext } from '../context.ts';

export function listModels({
  models,
}: GatewayContext): (request: FastifyRequest, reply: FastifyReply) => FastifyReply {
  return (_, reply) => {
    const list: ModelList = {
      object: 'list',
      data: models.list().map(({ name, created }) => ({
        id: name,
        object: 'model',
        created: Math.floor(created / 1000),
        owned_by: 'tiegel',
      })),
    };
    return reply.type('application/json').send(JSON.stringify(list));
  };
}
