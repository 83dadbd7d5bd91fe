// POST /v1/chat/completions, OpenAI's chat dialect with the reasoning fields of the engines that serve reasoners.
import { chatCompletionRequest } from '../../../wire/index.ts';
import { type Dialect, defineDialect, plainWords, serverSentEvents } from '../dialect.ts';
import { turnOf } from './request.ts';
import { completionOf, encodeChunks } from './response.ts';

export const openaiChat: Dialect = defineDialect({
  name: 'openai-chat',
  ...serverSentEvents,
  ...plainWords,
  body: chatCompletionRequest,
  toTurn: turnOf,
  nonStreaming: completionOf,
  stream: encodeChunks,
});
