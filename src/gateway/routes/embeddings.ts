// POST /v1/embeddings, OpenAI's, for the models whose engine gives vectors. The answer has no `usage`: the engine does not
// say how many tokens a text had.
import type { FastifyReply, FastifyRequest } from 'fastify';
import { TiegelError } from '../../base/index.ts';
import { parseEmbeddingsRequest } from '../../wire/index.ts';
import { resolveModel } from '../access/resolve-model.ts';
import type { GatewayContext } from '../context.ts';
import { requireValue } from '../http/require-value.ts';

export function embeddings(
  context: GatewayContext,
): (request: FastifyRequest, reply: FastifyReply) => Promise<FastifyReply> {
  return async (request, reply) => {
    const body = requireValue(parseEmbeddingsRequest(request.body, context.unknownFields), reply.raw);
    const { engine } = await resolveModel(context, body.model);
    if (engine.embed === undefined) {
      throw new TiegelError('TGL_CAPABILITY_MISSING', { model: engine.model, feature: 'embeddings' });
    }
    const texts = typeof body.input === 'string' ? [body.input] : body.input;
    const visit = context.door.enter(engine, request.raw.socket);
    try {
      const vectors = await engine.embed(texts, visit.signal);
      const data = vectors.map((vector, index) => ({
        object: 'embedding',
        index,
        embedding: body.encoding_format === 'base64' ? base64Of(vector) : Array.from(vector),
      }));
      return reply.send({ object: 'list', model: body.model, data });
    } finally {
      visit.leave();
    }
  };
}

/** Little-endian float32, whatever this machine's order is. */
function base64Of(vector: Float32Array): string {
  const bytes = Buffer.alloc(4 * vector.length);
  for (const [index, value] of vector.entries()) bytes.writeFloatLE(value, 4 * index);
  return bytes.toString('base64');
}
