// A request for replies of a model, in whatever dialect: each of its choices is a turn that takes a place in the engine of
// its own, and all of them are one stream or one body.
import type { Constraint, Engine } from '../../engine/index.ts';
import {
  type ConverseEnd,
  type ConverseRequest,
  converse,
  type RunningTurn,
  type SampleReport,
  type StrategyReport,
} from '../../reasoning/index.ts';
import type { ChoiceRecord } from '../../traffic/index.ts';
import type { Permit } from '../access/concurrency-limiter.ts';
import type { Demand } from '../access/gate.ts';
import { requirePermitted } from '../access/permitted-places.ts';
import { canEndThinking, type ServedModel } from '../access/served-model.ts';
import type { GatewayContext } from '../context.ts';
import type { Dialect, DialectRequest, Reply } from '../dialects/dialect.ts';
import { createChunkWriter } from '../http/chunk-writer.ts';
import { requireValue } from '../http/require-value.ts';
import { sendJson } from '../http/send-json.ts';
import { jsonAnswer, keepWritten, type StoredAnswer } from '../idempotency.ts';
import type { GatewayRequest } from '../request.ts';
import { cascadeOverModels, tierModelsOf } from './cascade-over-models.ts';
import { converseRequestsOf } from './conversation.ts';
import { dropPrefill, editParts, firstCallOnly } from './edit-parts.ts';
import { withEffortPolicy } from './effort-policy.ts';
import { endRequest } from './end-request.ts';
import { callFromAnswer } from './forced-call.ts';
import { type GatheredTurn, gather } from './gather.ts';
import { reasoningOf, withinCaps } from './reply-caps.ts';
import { noteFirsts } from './request-timer.ts';
import type { Exchange, InferenceHandler } from './serve-inference.ts';
import {
  besideOf,
  type Checking,
  type SampleLimits,
  samplesOf,
  spendSamples,
  withoutCheckedForm,
} from './spend-samples.ts';
import { messagesOf, type TurnRequest, type TurnStrategy } from './turn-request.ts';
import { type ChoiceStream, type ObserveParts, streamTurns, type TurnStreamOptions } from './turn-stream.ts';
import { withinContext } from './within-context.ts';

/** What answers the route of a dialect. */
export function completionHandler(dialect: Dialect): InferenceHandler {
  return {
    ...dialect,
    read: (body, { unknownFields, effortPolicies }, response) => {
      const read = requireValue(dialect.read(body, unknownFields), response);
      const wanted = { ...read, turn: withEffortPolicy(read.turn, effortPolicies) };
      const { turn } = wanted;
      return {
        model: turn.model,
        tiers: tierModelsOf(turn),
        demand: (model, limits) => demandOf(turn, model, limits),
        messages: () => messagesOf(turn),
        run: (context, exchange) => complete(context, exchange, dialect, wanted),
      };
    },
  };
}

/** What a turn wants of a model. */
function demandOf(turn: TurnRequest, { admitted }: ServedModel, limits: SampleLimits): TurnDemand {
  const samples = samplesOf(turn, limits);
  const places = turn.choices * ('texts' in turn.input ? turn.input.texts.length : 1);
  const replies = samples?.places ?? places;
  const maxTokens = turn.maxTokens ?? admitted.serving.sampling.maxTokens;
  return {
    places,
    ...samples,
    ...besideOf(turn, limits, maxTokens),
    completionTokens: replies * maxTokens,
    ...reasoningOf(turn, admitted.serving.thinkingBudget, replies),
    constrained: turn.constraint !== undefined || turn.toolChoice === 'required',
  };
}

type TurnDemand = Omit<Demand, 'bytes' | 'promptTokens'>;

/** Lets the model reply and the client read it. Errors before the first byte are still to be answered. */
async function complete(
  context: GatewayContext,
  exchange: Exchange,
  dialect: Dialect,
  wanted: DialectRequest,
): Promise<void> {
  const { request, model, grant } = exchange;
  const turn = withinCaps(wanted.turn, model, grant.caps);
  const { engine } = model;
  const reply: Reply = {
    id: request.id.slice(request.id.indexOf('_') + 1),
    created: request.arrived,
    model: turn.model,
    reasoningField: context.reasoningField,
    logProbabilities: engine.capabilities.logProbabilities,
    elapsed: () => request.elapsed(),
    bill: () => grant.bill(request.usage()),
  };
  // Whoever waits for the whole reply learns the identifier with it, when there is nothing left to end.
  using running = turn.stream
    ? context.runningRequests.begin(reply.id, accountOf(request), modelsOf(exchange).every(canEndThinking))
    : undefined;
  const ends: (ConverseEnd | undefined)[] = [];
  const choices = choicesOf(context, exchange, { turn, endThinking: running?.endThinking, ends });
  const observe = observerOf(context, request, { ends, policy: turn.policy });
  if (!turn.stream) {
    const gathered = await Promise.all(choices.map((choice) => gather(choice, observe)));
    const body = wanted.nonStreaming(gathered as [GatheredTurn, ...GatheredTurn[]], reply);
    await endRequest(context, request, { type: 'finished' }, () => jsonAnswer(body));
    const headers = request.headersWith(dialect.requestIdHeader);
    context.batchWrites(() => sendJson(request.response, 200, headers, body, context.limits.writeStallMs));
    return;
  }
  await streamReply(context, request, { dialect, choices, observe, encoder: wanted.stream(reply) });
}

function modelsOf({ model, tiers }: Exchange): readonly ServedModel[] {
  return tiers === undefined ? [model] : tiers.models.map((tier) => tier.model);
}

type Asked = {
  readonly turn: TurnRequest;
  readonly endThinking: AbortSignal | undefined;
  readonly ends: readonly (ConverseEnd | undefined)[];
};

/** What replies, one a choice; the request is told where to ask what it came to. */
function choicesOf(context: GatewayContext, exchange: Exchange, asking: Asked): readonly ChoiceStream[] {
  const { limits } = context;
  const { request, model, tiers } = exchange;
  const { endThinking, ends } = asking;
  const turn = tiers === undefined ? withoutCheckedForm(asking.turn, model.engine) : asking.turn;
  const { strategy } = turn;
  const checking = checkingOf(context, request, asking.turn);
  const cacheScope = request.principal?.cacheScope;
  const { signal } = request;
  if (tiers !== undefined && strategy?.type === 'cascade') {
    const shared = { tiers, limits, checking, signal, cacheScope, endThinking };
    const { sampled, asked } = cascadeOverModels(
      { ...turn, strategy },
      {
        ...shared,
        demandOf: (ofTier, served) => demandOf(ofTier, served, limits),
        converse: (tier, one, until) => converseFor(turn, tier.model.engine)(one, until),
        acquire: (tier, one) => acquireFor(tier, one.constraint)(),
      },
    );
    request.askForChoices(() => sampled.samples().map(besideReply(strategy, ends[0]?.strategy)));
    return [
      { index: 0, parts: partsFor(turn, asked[0] as ConverseRequest, sampled.parts), acquire: () => noPlace },
    ];
  }
  const asked = converseRequestsOf(turn, model, { cacheScope, endThinking });
  const run = converseFor(turn, model.engine);
  const acquire = acquireFor(exchange, asked[0]?.constraint);
  if (strategy !== undefined) {
    const [one] = asked as [ConverseRequest];
    const sampling = { limits, checking, engine: model.engine, converse: run, acquire, signal };
    const sampled = spendSamples({ ...turn, strategy }, one, sampling);
    request.askForChoices(() => sampled.samples().map(besideReply(strategy, ends[0]?.strategy)));
    // Each sample takes a place of its own while it runs.
    return [{ index: 0, parts: partsFor(turn, one, sampled.parts), acquire: () => noPlace }];
  }
  const turns = asked.map((one) => run(one, signal));
  request.choicesOfPrompt = turn.choices;
  request.askForChoices(() =>
    turns.map(({ usage }, choice) => ({ finish: ends[choice]?.finish ?? null, usage: usage() })),
  );
  return turns.map(({ parts }, index) => ({ index, parts: partsFor(turn, asked[index]!, parts), acquire }));
}

function checkingOf(
  { checkers, permittedPlaces }: GatewayContext,
  request: GatewayRequest,
  { constraint }: TurnRequest,
): Checking {
  return {
    checkers,
    context: {
      ...{ constraint, account: request.principal?.cacheScope ?? '', signal: request.signal },
      requirePermitted: (name, place) => requirePermitted(permittedPlaces, request, name, place),
    },
  };
}

type Converse = (request: ConverseRequest, signal: AbortSignal) => RunningTurn;

function converseFor({ shortens }: TurnRequest, engine: Engine): Converse {
  return (one, signal) => {
    const begin = (shorter: ConverseRequest): RunningTurn => converse(engine, shorter, signal);
    return shortens === true ? withinContext(one, begin) : begin(one);
  };
}

function acquireFor(exchange: Exchange, constraint: Constraint | undefined): ChoiceStream['acquire'] {
  return notingWait(exchange.request, placeAfterReading(exchange, constraint));
}

/** Tells samples that were not answered with, and probes, apart from the reply. */
function besideReply(
  { type }: TurnStrategy,
  report: StrategyReport | undefined,
): (sample: SampleReport, index: number) => ChoiceRecord {
  const beside = type === 'early' ? 'probe' : 'discarded';
  const reply = type === 'early' ? 0 : report?.chosen;
  return ({ finish, usage }, index) => ({ finish, usage, ...(index !== reply && { beside }) });
}

const noPlace: Permit = { release: () => {} };

/** Tells the request when it got its first place. */
function notingWait(request: GatewayRequest, acquire: ChoiceStream['acquire']): ChoiceStream['acquire'] {
  const noted = (permit: Permit): Permit => {
    request.waitedMs ??= request.elapsed();
    return permit;
  };
  return () => {
    const permit = acquire();
    return permit instanceof Promise ? permit.then(noted) : noted(permit);
  };
}

type StreamedReply = Pick<TurnStreamOptions, 'encoder' | 'observe'> & {
  readonly dialect: Dialect;
  readonly choices: readonly ChoiceStream[];
};

async function streamReply(
  context: GatewayContext,
  request: GatewayRequest,
  { dialect, choices, encoder, observe }: StreamedReply,
): Promise<void> {
  const contentType = dialect.streamType;
  const writer = createChunkWriter(request.response, {
    headers: request.headersWith(
      dialect.requestIdHeader,
      ...['content-type', contentType, 'cache-control', 'no-store'],
    ),
    batchWrites: context.batchWrites,
    buffers: context.outputBuffers,
    stallMs: context.limits.writeStallMs,
    slowReaderMs: context.limits.slowReaderMs,
    clock: context.clock,
    gatherMs: request.gatherMs,
  });
  const kept = request.keyedRun === null ? undefined : keepWritten(writer);
  const answerWith = (closing: string): StoredAnswer | undefined => {
    const text = kept?.text();
    return text === undefined ? undefined : { contentType, text: text + closing };
  };
  try {
    await streamTurns(choices, {
      writer: kept?.writer ?? writer,
      encoder,
      heartbeat: context.heartbeat,
      ping: dialect.ping,
      request,
      observe,
      beforeEnd: (closing) => endRequest(context, request, { type: 'finished' }, () => answerWith(closing)),
      describe: (error) => context.answerTo(error, request.id).envelope,
    });
  } finally {
    request.hasAnswered = writer.hasBegun();
  }
}

/** A place in the engine, once the constraint was read: what is long to read, or refused, keeps no place from others. */
function placeAfterReading(
  { request, grant, model: { engine } }: Exchange,
  constraint: Constraint | undefined,
): ChoiceStream['acquire'] {
  const { readConstraint, capabilities } = engine;
  if (constraint === undefined || readConstraint === undefined) return grant.acquire;
  if (!capabilities.constraints.includes(constraint.type)) return grant.acquire;
  let reading: Promise<void> | undefined;
  return async () => {
    reading ??= readConstraint(constraint, request.principal?.cacheScope ?? '', request.signal);
    await reading;
    return await grant.acquire();
  };
}

function accountOf({ principal }: GatewayRequest): string {
  return principal?.account ?? '';
}

function observerOf(
  { observer }: GatewayContext,
  request: GatewayRequest,
  { ends, policy }: { readonly ends: (ConverseEnd | undefined)[] } & Pick<TurnRequest, 'policy'>,
): ObserveParts {
  const { id, principal, route, dialect } = request;
  return (choice, parts, inOnePiece) => {
    if (!inOnePiece) noteFirsts(request, parts);
    const last = parts.at(-1);
    if (last?.type === 'end') {
      ends[choice] = last;
      policy?.note(last);
    }
    if (principal !== null) observer.parts?.({ id, principal, route, dialect }, choice, parts);
  };
}

/** The parts of a turn as this request shows them. */
function partsFor(
  { toolChoice, oneCall, prefill }: TurnRequest,
  asked: ConverseRequest,
  parts: ChoiceStream['parts'],
): ChoiceStream['parts'] {
  // A server that sees to the call itself gives it as one.
  if (toolChoice === 'required' && asked.toolChoice === undefined) return editParts(parts, callFromAnswer());
  const calls = oneCall === true ? editParts(parts, firstCallOnly()) : parts;
  return prefill === undefined ? calls : editParts(calls, dropPrefill(prefill));
}
