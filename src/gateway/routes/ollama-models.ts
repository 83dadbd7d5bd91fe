// GET /api/tags and POST /api/show: the admitted models in Ollama's words. Fields about the file on disk are left out:
// they are not known here, and a client that needs them needs Ollama.
import type { FastifyReply, FastifyRequest } from 'fastify';
import { TiegelError } from '../../base/index.ts';
import { type OllamaShowRequest, parseOllamaShowRequest } from '../../wire/index.ts';
import { resolveModel } from '../access/resolve-model.ts';
import type { GatewayContext } from '../context.ts';
import { requireValue } from '../http/require-value.ts';

export function listTags({
  models,
}: GatewayContext): (request: FastifyRequest, reply: FastifyReply) => FastifyReply {
  return (_, reply) =>
    reply.send({
      models: models.list().map(({ name, created }) => ({
        name,
        model: name,
        modified_at: new Date(created).toISOString(),
        details: {},
      })),
    });
}

export function showTag(
  context: GatewayContext,
): (request: FastifyRequest, reply: FastifyReply) => Promise<FastifyReply> {
  return async (request, reply) => {
    const body = requireValue(parseOllamaShowRequest(request.body, context.unknownFields), reply.raw);
    const { admitted, created, engine, template } = await resolveModel(context, namedModel(body));
    const tools = template?.toolCallFormat ? ['tools'] : [];
    const { temperature, topP } = admitted.serving.sampling;
    return reply.send({
      details: {},
      model_info: { 'general.architecture': engine.model, context_length: engine.capabilities.contextLength },
      capabilities: ['completion', 'thinking', ...tools],
      parameters: `temperature ${temperature}\ntop_p ${topP}`,
      modified_at: new Date(created).toISOString(),
    });
  };
}

/** @throws TGL_REQUEST_INVALID where neither the newer nor the older field names a model */
function namedModel({ model, name }: OllamaShowRequest): string {
  const named = model ?? name;
  if (named !== undefined) return named;
  const problem = 'The field model is missing; expected the name of a model.';
  throw new TiegelError('TGL_REQUEST_INVALID', { problem, field: 'model' });
}
