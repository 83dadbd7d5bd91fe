// The one path of every request that makes a model speak, in whatever dialect: check, read, resolve, converse, answer. It
// runs on the bare node:http server, past Fastify, because it is nearly all of the load.
import type { IncomingMessage, ServerResponse } from 'node:http';
import { TiegelError } from '../../base/index.ts';
import {
  type ConverseEnd,
  type ConverseRequest,
  converseBatches,
  type RunningTurn,
  type StreamPart,
} from '../../reasoning/index.ts';
import type { Principal } from '../../traffic/index.ts';
import { clientGone } from '../access/concurrency-limiter.ts';
import { resolveModel } from '../access/resolve-model.ts';
import { canEndThinking, type ServedModel } from '../access/served-model.ts';
import type { GatewayContext } from '../context.ts';
import type { Dialect, DialectRequest, Reply } from '../dialects/dialect.ts';
import { type ChunkWriter, createChunkWriter } from '../http/chunk-writer.ts';
import { parseJsonBody, readBody } from '../http/request-body.ts';
import { requireValue } from '../http/require-value.ts';
import { sendJson } from '../http/send-json.ts';
import { converseRequestsOf } from './conversation.ts';
import { dropPrefill, editParts, firstCallOnly } from './edit-parts.ts';
import { callFromAnswer } from './forced-call.ts';
import { type GatheredTurn, gather } from './gather.ts';
import { startTurnClock, type TurnClock } from './request-timer.ts';
import type { TurnRequest } from './turn-request.ts';
import { streamTurns } from './turn-stream.ts';
import { withinContext } from './within-context.ts';

type RequestHandler = (request: IncomingMessage, response: ServerResponse) => void;

/** The handler of one dialect's route. */
export function inference(context: GatewayContext, dialect: Dialect): RequestHandler {
  const { limits, newIdentifier } = context;

  const serve = async (
    request: IncomingMessage,
    response: ServerResponse,
    requestId: string,
  ): Promise<void> => {
    const principal = context.access.holder(request);
    const body = parseJsonBody(await readBody(request, limits.bodyBytes));
    const wanted = requireValue(dialect.read(body, context.unknownFields), response);
    const model = await resolveModel(context, wanted.turn.model);
    await speak(context, { dialect, request, response, requestId, principal, wanted, model });
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

/** A request that passed its checks. */
type Speech = {
  readonly dialect: Dialect;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly requestId: string;
  readonly principal: Principal;
  readonly wanted: DialectRequest;
  readonly model: ServedModel;
};

/** Lets the model speak and the client hear it. Errors it throws before the first byte are still to be answered. */
async function speak(context: GatewayContext, speech: Speech): Promise<void> {
  const { clock, door, endOfTurn, liveRequests, limits } = context;
  const { dialect, request, response, requestId, principal, wanted, model } = speech;
  const { turn } = wanted;
  const { engine } = model;
  const times = startTurnClock(clock);
  const reply: Reply = {
    id: requestId.slice(requestId.indexOf('_') + 1),
    created: clock.now(),
    model: turn.model,
    reasoningField: context.reasoningField,
    logProbabilities: engine.capabilities.logProbabilities,
    elapsed: times.elapsed,
  };
  const headers = { [dialect.requestIdHeader]: requestId };

  let writer: ChunkWriter | undefined;
  const visit = door.enter(engine, request.socket);
  // Whoever waits for the whole reply learns the identifier with it, when there is nothing left to end.
  using live = turn.stream
    ? liveRequests.begin(reply.id, principal.account, canEndThinking(model))
    : undefined;
  using _ = onAbort(model.withdrawn, visit.abort);
  try {
    const asked = converseRequestsOf(turn, model, {
      cacheScope: principal.cacheScope,
      ...(live && { endThinking: live.endThinking }),
    });
    const converse = (request: ConverseRequest): RunningTurn =>
      converseBatches(engine, request, visit.signal);
    const turns = asked.map((request) => {
      const running = turn.shortens === true ? withinContext(request, converse) : converse(request);
      return partsFor(turn, request, running.parts);
    });
    if (turn.stream) {
      writer = createChunkWriter(response, {
        headers: { ...headers, 'content-type': dialect.streamType, 'cache-control': 'no-store' },
        endOfTurn,
        stallMs: limits.writeStallMs,
      });
      const ends = await streamTurns(turns, {
        writer,
        encoder: wanted.stream(reply),
        heartbeat: context.heartbeat,
        ping: dialect.ping,
        signal: visit.signal,
        abort: visit.abort,
        observe: times.observe,
        describe: (error) => context.answerTo(error, requestId).envelope,
      });
      report(context, speech, times, ends);
    } else {
      const gathered = await Promise.all(turns.map((parts) => gather(parts, times.observe)));
      const [first, ...others] = gathered as [GatheredTurn, ...GatheredTurn[]];
      const body = wanted.whole([first, ...others], reply);
      endOfTurn(() => sendJson(response, 200, headers, body, limits.writeStallMs));
      const ends = gathered.map(({ end }) => end);
      report(context, speech, times, ends);
    }
  } catch (error) {
    visit.abort(error);
    report(context, speech, times, failureOf(error));
    if (writer?.hasBegun() !== true) throw error;
  } finally {
    visit.leave();
  }
}

/** Passes the reason on once the signal aborts, until disposed of. */
function onAbort(signal: AbortSignal | undefined, abort: (reason: unknown) => void): Disposable {
  const listener = (): void => abort(signal?.reason);
  if (signal?.aborted) listener();
  else signal?.addEventListener('abort', listener, { once: true });
  return { [Symbol.dispose]: () => signal?.removeEventListener('abort', listener) };
}

type PartBatches = AsyncIterable<readonly StreamPart[]>;

/** The parts of a turn as this request shows them. */
function partsFor(
  { mustCall, oneCall, prefill }: TurnRequest,
  asked: ConverseRequest,
  parts: PartBatches,
): PartBatches {
  // A server that sees to the call itself gives it as one.
  if (mustCall === true && asked.mustCall !== true) return editParts(parts, callFromAnswer());
  const calls = oneCall === true ? editParts(parts, firstCallOnly()) : parts;
  return prefill === undefined ? calls : editParts(calls, dropPrefill(prefill));
}

/** Counts and writes down how a request ended: nothing of what was said. */
function report(
  { logger, metrics }: GatewayContext,
  { dialect, requestId, model, wanted }: Speech,
  times: TurnClock,
  ended: readonly ConverseEnd[] | string,
): void {
  const durationMs = times.elapsed();
  const measured = {
    model: wanted.turn.model,
    dialect: dialect.name,
    durationMs,
    firstTokenMs: times.firstTokenMs(),
    firstAnswerMs: times.firstAnswerMs(),
  };
  const line = {
    requestId,
    model: measured.model,
    dialect: dialect.name,
    admissionKey: model.admitted.admissionKey,
    milliseconds: Math.round(durationMs),
  };
  if (typeof ended === 'string') {
    metrics.record({ ...measured, outcome: ended, usage: null });
    logger.info({ ...line, failed: ended }, 'completion');
    return;
  }
  for (const { finish, usage } of ended) {
    metrics.record({ ...measured, outcome: finish, usage });
    logger.info({ ...line, finish, usage }, 'completion');
  }
}

function failureOf(error: unknown): string {
  if (error === clientGone) return 'client gone';
  return TiegelError.isInstance(error) ? error.code : 'internal';
}
