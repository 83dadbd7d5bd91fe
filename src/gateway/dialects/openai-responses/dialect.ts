// POST /v1/responses, OpenAI's newer dialect, stateless.
import { responsesRequest } from '../../../wire/index.ts';
import { type Dialect, defineDialect, plainWords, serverSentEvents } from '../dialect.ts';
import { turnOf } from './request.ts';
import { encodeEvents, responseOf } from './response.ts';

export const openaiResponses: Dialect = defineDialect({
  name: 'openai-responses',
  ...serverSentEvents,
  ...plainWords,
  body: responsesRequest,
  toTurn: turnOf,
  nonStreaming: responseOf,
  stream: encodeEvents,
});
