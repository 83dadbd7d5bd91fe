// POST /v1/messages/count_tokens, Anthropic's: how many tokens the prompt of a conversation has. Only the engine knows its
// tokens, so the turn is begun and ended at once, before anything is generated.
import type { FastifyReply, FastifyRequest } from 'fastify';
import { TiegelError } from '../../base/index.ts';
import type { ConverseRequest } from '../../reasoning/index.ts';
import { parseCountTokensRequest } from '../../wire/index.ts';
import { resolveModel } from '../access/resolve-model.ts';
import type { ServedModel } from '../access/served-model.ts';
import type { GatewayContext } from '../context.ts';
import { conversationOf } from '../dialects/anthropic/request.ts';
import { requireValue } from '../http/require-value.ts';
import { converseRequestOf } from '../turn/conversation.ts';

export function countTokens(
  context: GatewayContext,
): (request: FastifyRequest, reply: FastifyReply) => Promise<FastifyReply> {
  return async (request, reply) => {
    const body = requireValue(parseCountTokensRequest(request.body));
    const model = await resolveModel(context, body.model);
    const turn = { ...conversationOf(body), stream: false, choices: 1, stop: [] };
    const visit = context.door.enter(model.engine, request.raw.socket);
    try {
      const asked = converseRequestOf(turn, model, { account: '' });
      return reply.send({ input_tokens: await promptTokensOf(model, asked, visit.signal) });
    } finally {
      visit.leave();
    }
  };
}

async function promptTokensOf(
  { engine, template }: ServedModel,
  { messages, thinking, tools = [], sampling, prefill }: ConverseRequest,
  signal: AbortSignal,
): Promise<number> {
  if (engine.capabilities.promptForm === 'tokens' && template !== null) {
    const rendered = await template.render(messages, { thinking: thinking.mode, tools });
    const prompt = [...rendered, { text: prefill?.answer ?? '', special: false }];
    for await (const event of engine.generate({ prompt, maxTokens: 1, sampling }, signal)) {
      if (event.type === 'prompt') return event.promptTokens;
    }
  }
  throw new TiegelError('TGL_CAPABILITY_MISSING', { model: engine.model, feature: 'counting tokens' });
}
