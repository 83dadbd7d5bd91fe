// POST /v1/messages/count_tokens, Anthropic's: how many tokens the prompt of a conversation has. The turn is
// planned as it would be run, so that the number is the one that its usage then says.
import type { FastifyReply, FastifyRequest } from 'fastify';
import { type ConverseRequest, countPromptTokens } from '../../reasoning/index.ts';
import { parseCountTokensRequest } from '../../wire/index.ts';
import { resolveModel } from '../access/resolve-model.ts';
import type { GatewayContext } from '../context.ts';
import { conversationOf } from '../dialects/anthropic/request.ts';
import { requireValue } from '../http/require-value.ts';
import { converseRequestsOf } from '../turn/conversation.ts';

export function countTokens(
  context: GatewayContext,
): (request: FastifyRequest, reply: FastifyReply) => Promise<FastifyReply> {
  return async (request, reply) => {
    const body = requireValue(parseCountTokensRequest(request.body, context.unknownFields), reply.raw);
    const model = await resolveModel(context, body.model);
    const turn = { ...conversationOf(body), stream: false, choices: 1, sampling: {}, stop: [] };
    const visit = context.door.enter(model.engine, request.raw.socket);
    try {
      const [asked] = converseRequestsOf(turn, model, {});
      const input_tokens = await countPromptTokens(model.engine, asked as ConverseRequest, visit.signal);
      return reply.send({ input_tokens });
    } finally {
      visit.leave();
    }
  };
}
