// POST /v1/messages/count_tokens, Anthropic's: how many tokens the prompt of a conversation has. The turn is
// planned as it would be run, so that the number is the one that its usage then says.
import type { Engine } from '../../engine/index.ts';
import { type ConverseRequest, countPromptTokens } from '../../reasoning/index.ts';
import { noUsage } from '../../traffic/index.ts';
import { countTokensRequest } from '../../wire/index.ts';
import { anthropicMessages } from '../dialects/anthropic/dialect.ts';
import { conversationOf } from '../dialects/anthropic/request.ts';
import { sendJson } from '../http/send-json.ts';
import { jsonAnswer } from '../idempotency.ts';
import { converseRequestsOf } from '../turn/conversation.ts';
import { endRequest } from '../turn/end-request.ts';
import { defineHandler, type Exchange, type InferenceHandler } from '../turn/serve-inference.ts';
import { messagesOf, type TurnRequest } from '../turn/turn-request.ts';

const { requestIdHeader, refusal } = anthropicMessages;

export const countTokens: InferenceHandler = defineHandler({
  name: 'anthropic-count-tokens',
  requestIdHeader,
  refusal,
  body: countTokensRequest,
  taskOf: (body) => {
    const turn = { ...conversationOf(body), stream: false, choices: 1, sampling: {}, stop: [] };
    return {
      model: body.model,
      demand: ({ engine }) => ({ places: placesFor(engine), completionTokens: 0 }),
      messages: () => messagesOf(turn),
      run: async (context, exchange) => {
        const { request } = exchange;
        const promptTokens = await count(turn, exchange);
        request.askForChoices(() => [{ finish: null, usage: { ...noUsage, promptTokens } }]);
        const body = { input_tokens: promptTokens };
        await endRequest(context, request, { type: 'finished' }, () => jsonAnswer(body));
        const headers = request.headersWith(requestIdHeader);
        sendJson(request.response, 200, headers, body, context.limits.writeStallMs);
      },
    };
  },
});

async function count(turn: TurnRequest, { request, model, grant }: Exchange): Promise<number> {
  const permit = placesFor(model.engine) === 0 ? undefined : await grant.acquire();
  if (permit !== undefined) request.waitedMs = request.elapsed();
  try {
    const [asked] = converseRequestsOf(turn, model, { cacheScope: request.principal?.cacheScope });
    return await countPromptTokens(model.engine, asked as ConverseRequest, request.signal);
  } finally {
    permit?.release();
  }
}

/** One that does not count by itself begins a generation, for which it needs a place like everybody. */
function placesFor({ countTokens }: Engine): number {
  return countTokens === undefined ? 1 : 0;
}
