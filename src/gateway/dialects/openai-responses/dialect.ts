// POST /v1/responses, OpenAI's newer dialect, stateless.
import { parseResponsesRequest } from '../../../wire/index.ts';
import { type Dialect, defineDialect, serverSentEvents } from '../dialect.ts';
import { turnOf } from './request.ts';
import { encodeEvents, responseOf } from './response.ts';

export const openaiResponses: Dialect = defineDialect({
  name: 'openai-responses',
  path: '/v1/responses',
  ...serverSentEvents,
  requestIdHeader: 'x-request-id',
  refusal: (envelope) => envelope,
  parse: parseResponsesRequest,
  toTurn: turnOf,
  whole: responseOf,
  stream: encodeEvents,
});
