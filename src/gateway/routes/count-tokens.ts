// POST /v1/messages/count_tokens, Anthropic's: how many tokens the prompt of a conversation has. The turn is
// planned as it would be run, so that the number is the one that its usage then says.
import { type ConverseRequest, countPromptTokens } from '../../reasoning/index.ts';
import { noUsage } from '../../traffic/index.ts';
import { countTokensRequest } from '../../wire/index.ts';
import { anthropicMessages } from '../dialects/anthropic/dialect.ts';
import { conversationOf } from '../dialects/anthropic/request.ts';
import { sendJson } from '../http/send-json.ts';
import { converseRequestsOf } from '../turn/conversation.ts';
import { defineHandler, endRequest, type InferenceHandler } from '../turn/serve-inference.ts';
import { messagesOf } from '../turn/turn-request.ts';

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
      // An engine counts by beginning, for which it needs a place like everybody.
      demand: () => ({ places: 1, completionTokens: 0 }),
      messages: () => messagesOf(turn),
      run: async (context, { request, model, grant }) => {
        const permit = await grant.acquire();
        request.waitedMs = request.elapsed();
        try {
          const cacheScope = request.principal?.cacheScope;
          const [asked] = converseRequestsOf(turn, model, { cacheScope });
          const counted = countPromptTokens(model.engine, asked as ConverseRequest, request.signal);
          const promptTokens = await counted;
          request.choices = () => [{ finish: null, usage: { ...noUsage, promptTokens } }];
          await endRequest(context, request, { type: 'finished' });
          const headers = { [requestIdHeader]: request.id };
          const { writeStallMs } = context.limits;
          sendJson(request.response, 200, headers, { input_tokens: promptTokens }, writeStallMs);
        } finally {
          permit.release();
        }
      },
    };
  },
});
