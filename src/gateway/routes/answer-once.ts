// The Idempotency-Key of requests that Fastify answers with one JSON value: what a POST has changed, its repeat does not change again.
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { GatewayContext } from '../context.ts';
import { beginOnce, endKeyed, isKeyed } from '../idempotency.ts';
import { outcomeOf, requestOf } from '../request.ts';
import type { ServerRoute } from './route.ts';

/** Answers, or gives the answer of the first request with the same key again. */
export async function answerOnce(
  context: GatewayContext,
  row: ServerRoute,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const asked = requestOf(request.raw);
  // Two paths of one route are two things that are changed.
  asked.route = request.url;
  const again = await beginOnce(context, asked, Buffer.from(JSON.stringify(request.body ?? null)));
  if (again !== undefined)
    return reply.header('idempotent-replayed', 'true').type(again.contentType).send(again.text);
  try {
    return await row.handle(context, request, reply, undefined);
  } catch (error) {
    await endKeyed(context, asked, asked.record(outcomeOf(error, asked)), undefined);
    throw error;
  }
}

/** Whether a request is to be answered once. Answers in pieces are not kept. */
export function answersOnce(context: GatewayContext, row: ServerRoute, request: FastifyRequest): boolean {
  const isOneValue = Object.keys(row.replies).length === 1;
  return row.method === 'POST' && isOneValue && isKeyed(context, requestOf(request.raw));
}

/** A whole API key, not what a list shows of one. Such an answer is shown once. */
const secret = /tgl_[a-z]{2}_[0-9A-Za-z]{20}/;

/** Keeps an answer before it leaves, unless there is a secret in it. */
export async function keepAnswer(
  context: GatewayContext,
  request: FastifyRequest,
  text: unknown,
): Promise<void> {
  const asked = requestOf(request.raw);
  if (asked.keyedRun === null) return;
  const isKept = typeof text === 'string' && !secret.test(text);
  const answer = isKept ? { contentType: 'application/json; charset=utf-8', text } : undefined;
  await endKeyed(context, asked, asked.record({ type: 'finished' }), answer);
}
