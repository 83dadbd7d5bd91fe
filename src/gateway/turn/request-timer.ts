// When the first token and the first token of the answer of a request came.
import type { StreamPart } from '../../reasoning/index.ts';
import type { GatewayRequest } from '../request.ts';

/** To be told of all parts, in order. */
export function noteFirsts(request: GatewayRequest, parts: readonly StreamPart[]): void {
  if (request.firstAnswerMs !== null) return;
  request.firstTokenMs ??= request.elapsed();
  if (parts.some((part) => part.type === 'answer-delta' || part.type === 'tool-call')) {
    request.firstAnswerMs = request.elapsed();
  }
}
