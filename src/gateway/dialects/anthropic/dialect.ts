// POST /v1/messages, Anthropic's dialect.
import { messagesRequest } from '../../../wire/index.ts';
import { type Dialect, defineDialect, serverSentEvents } from '../dialect.ts';
import { turnOf } from './request.ts';
import { encodeEvents, messageOf, refusalOf } from './response.ts';

export const anthropicMessages: Dialect = defineDialect({
  name: 'anthropic-messages',
  ...serverSentEvents,
  requestIdHeader: 'request-id',
  refusal: refusalOf,
  body: messagesRequest,
  toTurn: turnOf,
  nonStreaming: messageOf,
  stream: encodeEvents,
});
