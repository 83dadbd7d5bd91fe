// POST /v1/requests/ID/end-thinking: makes a running request answer with what it has thought so far. ID is the one in the
// header of the reply or in its body, with or without the prefix of the dialect.
import { TiegelError } from '../../base/index.ts';
import { requestOf } from '../request.ts';
import type { Handle } from './route.ts';

export const endThinking: Handle = ({ runningRequests }, request, reply) => {
  const { id } = request.params as { readonly id: string };
  const bare = id.replace(/^[a-z]+_(?=[a-z0-9]+_)/, '');
  const received = JSON.stringify(id);
  const done = runningRequests.endThinking(bare, requestOf(request.raw).principal?.account ?? '');
  if (done === 'unknown') throw new TiegelError('TGL_REQUEST_NOT_RUNNING', { received });
  if (done === 'unable') throw new TiegelError('TGL_THINKING_NOT_INTERRUPTIBLE', { received });
  return reply.send({ id, thinking: 'ending' });
};
