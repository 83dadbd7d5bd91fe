// POST /v1/messages, Anthropic's dialect.
import { parseMessagesRequest } from '../../../wire/index.ts';
import { type Dialect, defineDialect, serverSentEvents } from '../dialect.ts';
import { turnOf } from './request.ts';
import { encodeEvents, messageOf, refusalOf } from './response.ts';

export const anthropicMessages: Dialect = defineDialect({
  name: 'anthropic-messages',
  path: '/v1/messages',
  ...serverSentEvents,
  requestIdHeader: 'request-id',
  refusal: refusalOf,
  parse: parseMessagesRequest,
  toTurn: turnOf,
  whole: messageOf,
  stream: encodeEvents,
});
