// POST /v1/chat/completions: an admitted model thinks and answers, whole or as a stream.
import type { FastifyReply, FastifyRequest } from 'fastify';
import { TiegelError } from '../../base/index.ts';
import { type Conversation, collect, converse } from '../../reasoning/index.ts';
import { parseChatCompletionRequest } from '../../wire/index.ts';
import { completionOf } from '../completion.ts';
import { streamCompletion } from '../completion-stream.ts';
import type { GatewayContext } from '../context.ts';
import { converseRequestOf } from '../conversation.ts';
import { clientGone } from '../door.ts';
import type { ServedModel } from '../served-model.ts';

type Handler = (request: FastifyRequest, reply: FastifyReply) => Promise<FastifyReply>;

/** The handler of the route. Errors it throws were found before the first byte of an answer. */
export function chatCompletions(context: GatewayContext): Handler {
  const { clock, door, limits, logger } = context;

  return async (request, reply) => {
    const parsed = parseChatCompletionRequest(request.body);
    if (parsed.problem !== undefined) {
      const { field, sentence } = parsed.problem;
      throw new TiegelError('TGL_REQUEST_INVALID', { field, problem: sentence });
    }
    const body = parsed.value;
    const model = resolveModel(context, body.model);
    const converseRequest = converseRequestOf(body, model);
    const started = clock.monotonic();
    const identity = {
      id: `chatcmpl${request.id.slice(request.id.indexOf('_'))}`,
      created: Math.floor(clock.now() / 1000),
      model: body.model,
    };
    const log = (ended: Pick<Conversation, 'finish' | 'usage'> | { readonly failed: string }): void => {
      const milliseconds = Math.round(clock.monotonic() - started);
      const { admissionKey } = model.admitted;
      logger.info(
        { requestId: request.id, model: body.model, admissionKey, milliseconds, ...ended },
        'completion',
      );
    };

    const visit = door.enter(model.engine, request.raw.socket);
    try {
      const parts = converse(model.engine, converseRequest, visit.signal);
      if (body.stream !== true) {
        const turn = await collect(parts);
        log({ finish: turn.finish, usage: turn.usage });
        return reply.type('application/json').send(JSON.stringify(completionOf(turn, identity)));
      }
      const first = await parts.next();
      if (first.done === true) throw new TypeError('chatCompletions: the stream of parts is empty');
      reply.hijack();
      const end = await streamCompletion(reply.raw, first.value, parts, {
        identity,
        includeUsage: body.stream_options?.include_usage === true,
        headers: { 'x-request-id': request.id },
        writeStallMs: limits.writeStallMs,
        signal: visit.signal,
        describe: (error) => context.answerTo(error, request.id).envelope,
      });
      log({ finish: end.finish, usage: end.usage });
      return reply;
    } catch (error) {
      log({
        failed:
          error === clientGone ? 'client gone' : TiegelError.isInstance(error) ? error.code : 'internal',
      });
      if (error !== clientGone && !reply.sent) throw error;
      if (!reply.sent) reply.hijack();
      return reply;
    } finally {
      visit.leave();
    }
  };
}

function resolveModel({ models, clock }: GatewayContext, name: string): ServedModel {
  const found = models.resolve(name);
  if (found === undefined) {
    const known = models.list().map((model) => model.name);
    throw new TiegelError('TGL_MODEL_UNKNOWN', { received: JSON.stringify(name), known, field: 'model' });
  }
  if ('notAdmitted' in found) {
    const { notAdmitted: reason } = found;
    throw new TiegelError('TGL_MODEL_NOT_ADMITTED', { model: name, reason, field: 'model' });
  }
  const { expires } = found.admitted.record;
  if (Date.parse(expires) <= clock.now()) {
    const reason = `its admission record expired on ${expires}`;
    throw new TiegelError('TGL_MODEL_NOT_ADMITTED', { model: name, reason, field: 'model' });
  }
  return found;
}
