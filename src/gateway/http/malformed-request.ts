// Requests that Node's HTTP parser gave up on (llhttp errors, deadlines, too large headers) never reach a route. They get
// the same envelope as every other refusal, written to the bare socket, which is then closed.
import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { TiegelError } from '../../base/index.ts';
import { errorResponse } from './error-response.ts';

/** Answers, where the socket still can be written to, and hangs up. */
export function refuseMalformed(error: NodeJS.ErrnoException, socket: Socket, requestId: string): void {
  if (!socket.writable || error.code === 'ECONNRESET') {
    socket.destroy();
    return;
  }
  const [status, problem] = causeOf(error.code);
  const { envelope } = errorResponse(new TiegelError('TGL_REQUEST_INVALID', { problem }), requestId);
  const body = JSON.stringify(envelope);
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    'content-type: application/json',
    `content-length: ${Buffer.byteLength(body)}`,
    `x-request-id: ${requestId}`,
    'connection: close',
  ];
  socket.write(`${head.join('\r\n')}\r\n\r\n${body}`);
  socket.destroySoon();
}

function causeOf(code: string | undefined): readonly [number, string] {
  if (code === 'HPE_HEADER_OVERFLOW') return [431, 'The request headers are too large.'];
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return [408, 'The request did not arrive in time.'];
  return [400, 'The request is not valid HTTP/1.1.'];
}
