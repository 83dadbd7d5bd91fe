// POST /v1/chat/completions, OpenAI's chat dialect with the reasoning fields of the engines that serve reasoners.
import { parseChatCompletionRequest } from '../../../wire/index.ts';
import { type Dialect, defineDialect, serverSentEvents } from '../dialect.ts';
import { turnOf } from './request.ts';
import { completionOf, encodeChunks } from './response.ts';

export const openaiChat: Dialect = defineDialect({
  name: 'openai-chat',
  path: '/v1/chat/completions',
  ...serverSentEvents,
  requestIdHeader: 'x-request-id',
  refusal: (envelope) => envelope,
  parse: parseChatCompletionRequest,
  toTurn: turnOf,
  whole: completionOf,
  stream: encodeChunks,
});
