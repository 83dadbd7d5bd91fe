// The one path of every request to a model: check the key, read, understand, resolve, pass the gate, answer, record. It runs
// on the bare node:http server, past Fastify, because it is nearly all of the load.

import type { ServerResponse } from 'node:http';
import type { ObservedMessage } from '../../traffic/index.ts';
import { type BodySchema, parseWith } from '../../wire/index.ts';
import { requireModelAllowed } from '../access/access.ts';
import type { Demand, Grant } from '../access/gate.ts';
import { withinPermitted } from '../access/permitted-places.ts';
import { resolveModel } from '../access/resolve-model.ts';
import type { ServedModel } from '../access/served-model.ts';
import type { GatewayContext } from '../context.ts';
import type { ErrorWords } from '../dialects/dialect.ts';
import { answerError } from '../http/answer-error.ts';
import { gatherMsOf } from '../http/gather-time.ts';
import { parseJsonBody, readBody } from '../http/request-body.ts';
import { requireValue } from '../http/require-value.ts';
import { beginOnce, isKeyed, sendAgain } from '../idempotency.ts';
import { clientGone, type GatewayRequest, outcomeOf } from '../request.ts';
import { endRequest } from './end-request.ts';
import type { SampleLimits } from './spend-samples.ts';
import { openTiers, resolveTiers, type TierModel, type Tiers } from './tiers.ts';

/** What answers a route to a model, in whatever dialect. */
export type InferenceHandler = ErrorWords & {
  readonly name: string;
  readonly body: BodySchema;
  /** Says in a header of the response what it left out. @throws TGL_REQUEST_INVALID */
  readonly read: (
    body: unknown,
    context: Pick<GatewayContext, 'unknownFields' | 'effortPolicies'>,
    response: ServerResponse,
  ) => InferenceTask;
};

/** What a request that passed its checks wants. */
export type InferenceTask = {
  readonly model: string;
  /** The models that answer it one after another, in the place of that one. */
  readonly tiers?: readonly string[] | undefined;
  readonly demand: (model: ServedModel, limits: SampleLimits) => Omit<Demand, 'bytes' | 'promptTokens'>;
  /** What the model is given to read. */
  readonly messages: () => readonly ObservedMessage[];
  /** Answers. `endRequest` has to have resolved before the last bytes; errors before the first byte are still to be answered. */
  readonly run: (context: GatewayContext, exchange: Exchange) => Promise<void>;
};

/** A handler by its parts; from here on nobody needs to know the type of its body. */
export function defineHandler<Body>({
  body,
  taskOf,
  ...words
}: Omit<InferenceHandler, 'body' | 'read'> & {
  readonly body: BodySchema<Body>;
  readonly taskOf: (body: Body) => InferenceTask;
}): InferenceHandler {
  return {
    ...words,
    body,
    read: (input, { unknownFields }, response) =>
      taskOf(requireValue(parseWith(body, input, unknownFields), response)),
  };
}

export type Exchange = {
  readonly request: GatewayRequest;
  readonly model: ServedModel;
  readonly grant: Grant;
  /** Of a request that is answered by several models; it holds nothing itself. */
  readonly tiers?: Tiers;
};

/** Serves one request. Never rejects. */
export async function serveInference(
  context: GatewayContext,
  handler: InferenceHandler,
  request: GatewayRequest,
): Promise<void> {
  const open = context.openRequests.add(request);
  try {
    context.access.authorise(request, 'inference');
    request.gatherMs = gatherMsOf(request.raw);
    const body = await readBody(request.raw, context.limits.bodyBytes);
    const task = handler.read(parseJsonBody(body), context, request.response);
    requireModelAllowed(request.principal, task.model);
    const model = await resolveModel(context, task.model, request.principal);
    request.model = { name: task.model, admissionKey: model.admitted.admissionKey };
    const tiers = task.tiers && (await resolveTiers(context, request, task.tiers));
    const again = isKeyed(context, request) ? await beginOnce(context, request, body) : undefined;
    if (again === undefined) await pass(context, request, { task, model, tiers, bytes: body.length });
    else {
      await endRequest(context, request, { type: 'finished' });
      sendAgain(context, request, handler, again);
    }
  } catch (error) {
    await endRequest(context, request, outcomeOf(error, request));
    tell(context, request, error);
  } finally {
    request.close();
    context.openRequests.remove(open);
  }
}

type Passing = {
  readonly task: InferenceTask;
  readonly model: ServedModel;
  readonly tiers: readonly TierModel[] | undefined;
  readonly bytes: number;
};

/** Through the gate, and whatever comes then, back out of it. */
async function pass(context: GatewayContext, request: GatewayRequest, passing: Passing): Promise<void> {
  const { task, model, tiers, bytes } = passing;
  const size = { bytes, promptTokens: Math.ceil(bytes / charactersPerToken) };
  if (tiers !== undefined) {
    const opened = openTiers(context, request, tiers, size);
    await runUnder(context, request, task, { request, model, ...opened });
    return;
  }
  const permitted = withinPermitted(context.permittedPlaces, request, model);
  const entered = context.gate.enter(request, model, { ...task.demand(model, context.limits), ...size });
  // Not awaited where nothing has to be, which would cost a turn.
  const grant = entered instanceof Promise ? await entered : entered;
  request.grant = grant;
  const whileServed = context.signalFollowers.follow(model.withdrawn, request);
  try {
    await runUnder(context, request, task, { request, model: permitted, grant });
  } finally {
    whileServed[Symbol.dispose]();
  }
}

/** Answers under what was granted, which is given back. */
async function runUnder(
  context: GatewayContext,
  request: GatewayRequest,
  task: InferenceTask,
  exchange: Exchange,
): Promise<void> {
  const { grant } = exchange;
  const whileValid = context.signalFollowers.follow(request.principal?.revoked, request);
  const whileHeld = grant.terms.map(({ over }) => context.signalFollowers.follow(over, request));
  // Not by `using`, which takes a third of a microsecond more.
  try {
    request.requireCurrent();
    tellBegun(context, request, task);
    await task.run(context, exchange);
  } catch (error) {
    request.abort(error);
    tell(context, request, error);
    // Nobody waits for it any more; that it failed is known to the settlement.
    await endRequest(context, request, outcomeOf(error, request)).catch(() => {});
    throw error;
  } finally {
    for (const held of whileHeld) held[Symbol.dispose]();
    whileValid[Symbol.dispose]();
    grant[Symbol.dispose]();
  }
}

/** Answers with an error, unless there is an answer already or nobody to read it. */
function tell(context: GatewayContext, request: GatewayRequest, error: unknown): void {
  if (error !== clientGone && !request.hasAnswered) answerError(context, request, error);
}

const charactersPerToken = 4;

function tellBegun({ observer }: GatewayContext, request: GatewayRequest, task: InferenceTask): void {
  const { id, principal, route, dialect, model } = request;
  if (observer.began === undefined || principal === null || model === null) return;
  observer.began({ id, principal, route, dialect }, model, task.messages());
}
