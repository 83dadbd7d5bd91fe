// The one path of every request that makes a model speak, in whatever dialect: check, read, resolve, converse, answer. It
// runs on the bare node:http server, past Fastify, because it is nearly all of the load.
import type { IncomingMessage, ServerResponse } from 'node:http';
import { TiegelError } from '../base/index.ts';
import { type Conversation, collect, converseBatches, type StreamPart } from '../reasoning/index.ts';
import type { Parsed } from '../wire/index.ts';
import { createChunkWriter } from './chunk-writer.ts';
import type { GatewayContext } from './context.ts';
import { converseRequestOf } from './conversation.ts';
import type { Dialect, DialectRequest, Reply } from './dialects/dialect.ts';
import { clientGone } from './door.ts';
import { parseJsonBody, readBody } from './request-body.ts';
import { resolveModel } from './resolve-model.ts';
import { hangUpOnStall, sendJson } from './send-json.ts';
import type { ServedModel } from './served-model.ts';
import { streamTurns } from './turn-stream.ts';

type RequestHandler = (request: IncomingMessage, response: ServerResponse) => void;

type Ended = Pick<Conversation, 'finish' | 'usage'>;

/** The handler of one dialect's route. */
export function inference(context: GatewayContext, dialect: Dialect): RequestHandler {
  const { limits, newIdentifier } = context;

  const serve = async (
    request: IncomingMessage,
    response: ServerResponse,
    requestId: string,
  ): Promise<void> => {
    context.admit(request);
    const body = parseJsonBody(await readBody(request, limits.bodyBytes));
    const wanted = checked(dialect.read(body));
    const model = await resolveModel(context, wanted.turn.model);
    await speak({ context, dialect, request, response, requestId, wanted, model });
  };

  return (request, response) => {
    const requestId = newIdentifier('req');
    serve(request, response, requestId).catch((error: unknown) => {
      if (error === clientGone || response.headersSent) return;
      const { status, headers, envelope } = context.answerTo(error, requestId);
      const unread = request.complete ? {} : { connection: 'close' };
      const all = { ...headers, ...unread, [dialect.requestIdHeader]: requestId };
      sendJson(response, status, all, dialect.refusal(envelope), limits.writeStallMs);
    });
  };
}

function checked(read: Parsed<DialectRequest>): DialectRequest {
  if (read.problem === undefined) return read.value;
  const { field, sentence } = read.problem;
  throw new TiegelError('TGL_REQUEST_INVALID', { field, problem: sentence });
}

type Speech = {
  readonly context: GatewayContext;
  readonly dialect: Dialect;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly requestId: string;
  readonly wanted: DialectRequest;
  readonly model: ServedModel;
};

/** Lets the model speak and the client hear it. Errors it throws before the first byte are still to be answered. */
async function speak({
  context,
  dialect,
  request,
  response,
  requestId,
  wanted,
  model,
}: Speech): Promise<void> {
  const { clock, door, limits } = context;
  const { turn } = wanted;
  const started = clock.monotonic();
  const reply: Reply = {
    id: requestId.slice(requestId.indexOf('_') + 1),
    created: Math.floor(clock.now() / 1000),
    model: turn.model,
  };
  const headers = { [dialect.requestIdHeader]: requestId };
  const log = (ended: Ended | { readonly failed: string }): void => {
    const milliseconds = Math.round(clock.monotonic() - started);
    const { admissionKey } = model.admitted;
    context.logger.info({ requestId, model: turn.model, admissionKey, milliseconds, ...ended }, 'completion');
  };

  const visit = door.enter(model.engine, request.socket);
  try {
    const asked = converseRequestOf(turn, model);
    const parts = converseBatches(model.engine, asked, visit.signal);
    if (!turn.stream) {
      const conversation = await collect(flat(parts));
      log({ finish: conversation.finish, usage: conversation.usage });
      sendJson(response, 200, headers, wanted.whole([conversation], reply), limits.writeStallMs);
      return;
    }
    const ends = await streamTurns([parts], {
      writer: createChunkWriter(response, {
        ...headers,
        'content-type': dialect.streamType,
        'cache-control': 'no-store',
      }),
      encoder: wanted.stream(reply),
      writeStallMs: limits.writeStallMs,
      signal: visit.signal,
      abort: visit.abort,
      describe: (error) => context.answerTo(error, requestId).envelope,
    });
    hangUpOnStall(response, limits.writeStallMs);
    for (const end of ends) log({ finish: end.finish, usage: end.usage });
  } catch (error) {
    log({ failed: failureOf(error) });
    throw error;
  } finally {
    visit.leave();
  }
}

async function* flat(batches: AsyncIterable<readonly StreamPart[]>): AsyncGenerator<StreamPart> {
  for await (const batch of batches) yield* batch;
}

function failureOf(error: unknown): string {
  if (error === clientGone) return 'client gone';
  return TiegelError.isInstance(error) ? error.code : 'internal';
}
