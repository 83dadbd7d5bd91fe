// The HTTP server: Fastify 5 on loopback. Every request passes host, origin, drain and key checks, in this order, before
// its body is read; every refusal leaves by one error boundary.
import { createServer } from 'node:http';
import type { Socket } from 'node:net';
import { type FastifyInstance, type FastifyReply, type FastifyRequest, fastify } from 'fastify';
import type { Logger } from 'pino';
import { type Clock, type Entropy, identifierSource, TiegelError } from '../base/index.ts';
import { combineObservers, type RequestObserver } from '../traffic/index.ts';
import type { UnknownFields } from '../wire/index.ts';
import { createAccess, type GatewayKeys } from './access/access.ts';
import { type Check, createGate } from './access/gate.ts';
import type { PermittedPlaces } from './access/permitted-places.ts';
import type { ModelDirectory } from './access/served-model.ts';
import type { Administration } from './administration/administration.ts';
import type { DataPolicies } from './administration/data-policies.ts';
import type { GuardAdministration } from './administration/guard.ts';
import type { Jobs } from './administration/jobs.ts';
import { arrivals } from './arrivals.ts';
import type { ConsoleFiles } from './console/console-files.ts';
import type { GatewayContext } from './context.ts';
import type { ReasoningField } from './dialects/dialect.ts';
import { addressError, boundHost, type ListenAddress, refuseExposure } from './http/address.ts';
import { answerError } from './http/answer-error.ts';
import { crossOrigin } from './http/cross-origin.ts';
import { errorResponse } from './http/error-response.ts';
import { createHeartbeat } from './http/heartbeat.ts';
import { refuseMalformed } from './http/malformed-request.ts';
import { createOutputBuffers } from './http/output-buffers.ts';
import { parseJsonBody } from './http/request-body.ts';
import { hangUpOnStall } from './http/send-json.ts';
import { createWriteBatcher } from './http/write-batcher.ts';
import type { BeginKeyed } from './idempotency.ts';
import { defaultLimits, type GatewayLimits } from './limits.ts';
import { createMetrics, type GatewayMetrics } from './metrics/metrics.ts';
import type { Gauge } from './metrics/prometheus.ts';
import { createOpenRequests } from './open-requests.ts';
import { requestOf } from './request.ts';
import { type LogsJson, requestLog } from './request-log.ts';
import { addRoutes } from './routes/add-routes.ts';
import type { ReadAssessments } from './routes/assessments.ts';
import type { ReadCatalog } from './routes/catalog-models.ts';
import type { ReadLostAndLate } from './routes/lost-and-late.ts';
import type { Meter } from './routes/meter.ts';
import type { FetchModel } from './routes/ollama-pull.ts';
import type { ReadRemaining } from './routes/remaining.ts';
import type { Route } from './routes/route.ts';
import { routesOf } from './routes/routes.ts';
import { unknownRoute } from './routes/unknown-route.ts';
import type { ReadUsage } from './routes/usage.ts';
import type { SignIn } from './sessions/sign-in.ts';
import { createWrongTokens } from './sessions/wrong-tokens.ts';
import { createSettlement, type Settle } from './settlement.ts';
import type { EffortPolicies } from './turn/effort-policy.ts';
import { createRunningRequests } from './turn/running-requests.ts';
import { createSignalFollowers } from './turn/signal-followers.ts';
import type { Checkers } from './turn/spend-samples.ts';

export type GatewayOptions = {
  readonly models: ModelDirectory;
  readonly keys: GatewayKeys;
  readonly clock: Clock;
  readonly entropy: Entropy;
  readonly logger: Pick<Logger, 'info' | 'error'> & LogsJson;
  readonly limits?: Partial<GatewayLimits>;
  /** Where measurements go that somebody else reads as well. */
  readonly metrics?: GatewayMetrics;
  /** Who else is told of requests to models. @default nobody */
  readonly observers?: readonly RequestObserver[];
  /** What `/metrics` shows beside what the gateway counts. @default nothing */
  readonly gauges?: () => readonly Gauge[];
  /**
   * Makes the record of each request that passed the gate durable, before the last bytes of its answer leave; of one that was
   * broken off, afterwards. While it fails no request is answered. @default nothing is settled
   */
  readonly settle?: Settle;
  /** Lets one of the requests with the same idempotency key run. @default the header is not heeded */
  readonly beginKeyed?: BeginKeyed;
  /** What a request to a model has to pass besides those of the gateway itself, in this order. @default nothing */
  readonly checks?: readonly Check[];
  /** Which places of a model may answer whom. @default all of them */
  readonly permittedPlaces?: PermittedPlaces;
  /** Where OpenAI's dialects show reasoning. @default both */
  readonly reasoningField?: ReasoningField;
  /** Other origins whose pages may use the server, as `parseOrigin` gives them. @default none */
  readonly allowedOrigins?: readonly string[];
  /** `/metrics` needs no key. @default false */
  readonly openMetrics?: boolean;
  /** What `POST /api/pull` does. @default there is no such route */
  readonly fetchModel?: FetchModel;
  /** What was used and what it cost, for the routes that tell it. @default there are no such routes */
  readonly readUsage?: ReadUsage;
  /** What was lost of it, and what came late. @default there is no such route */
  readonly readLostAndLate?: ReadLostAndLate;
  /** Where limits stand. @default there is no such route */
  readonly readRemaining?: ReadRemaining;
  /** What models there are, admitted or not. @default there is no route that tells */
  readonly readCatalog?: ReadCatalog;
  /** What was found out about models. @default there are no routes that tell */
  readonly readAssessments?: ReadAssessments;
  /** What correct answers cost, and what fleets need. @default there are no routes that tell */
  readonly meter?: Meter;
  /** What an organisation has, for the routes that administer it. @default there are no such routes */
  readonly administration?: Administration;
  /** Data policies and erasures, beside `administration`. @default there are no such routes */
  readonly dataPolicies?: DataPolicies;
  /** Long work, beside `administration`. @default there are no such routes */
  readonly jobs?: Jobs;
  /** What the guard noticed, beside `administration`. @default there are no such routes */
  readonly guard?: GuardAdministration;
  /** How people sign in. @default there are no routes for that */
  readonly signIn?: SignIn;
  /** How answers are checked, for requests that have samples drawn until one is right. @default no answer can be */
  readonly checkers?: Checkers;
  /** What levels of effort stand for. @default tokens of thinking */
  readonly effortPolicies?: EffortPolicies | undefined;
  /** The files of the console. @default there is no console */
  readonly console?: ConsoleFiles;
  /** What becomes of fields of a request that nobody knows; ignored ones are listed in a header. @default refuse */
  readonly unknownFields?: UnknownFields;
};

export type ListenOptions = ListenAddress & {
  /** Names, without port, under which clients reach the server besides `host` and loopback. */
  readonly hostNames?: readonly string[];
};

export type Gateway = AsyncDisposable & {
  /**
   * Starts to listen and returns the base address, such as `http://127.0.0.1:8484`.
   * @throws TGL_ADDRESS_FORBIDDEN beyond loopback without the operator's own key and `allowRemote`; TGL_ADDRESS_IN_USE
   */
  readonly listen: (options: ListenOptions) => Promise<string>;
  /** Refuses new requests, lets running ones finish until the deadline, ends the rest with an error, then closes. */
  readonly drain: (deadlineMs: number) => Promise<void>;
  /** Ends everything at once; the same as a drain without patience. */
  readonly close: () => Promise<void>;
};

/** How long aborted requests, and then their last bytes, may take before the sockets are cut. */
const graceMs = 1000;

/**
 * The gateway over a directory of admitted models. It owns neither the engines nor the keys.
 *
 * @see GatewayOptions
 */
export function createGateway(options: GatewayOptions): Gateway {
  const context = contextOf(options);
  const { openRequests, settlement, access } = context;
  const allowedOrigins = options.allowedOrigins ?? [];
  const app = createApp(context, allowedOrigins);
  addRoutes(app, context);

  const drain = async (deadlineMs: number): Promise<void> => {
    const empty = openRequests.drain();
    const impatient = setTimeout(() => openRequests.abortAll(new TiegelError('TGL_DRAINING')), deadlineMs);
    await within(deadlineMs + graceMs, empty);
    clearTimeout(impatient);
    const cut = setTimeout(() => app.server.closeAllConnections(), graceMs);
    await app.close();
    clearTimeout(cut);
    await settlement.close();
  };
  const close = (): Promise<void> => drain(0);

  return {
    listen: async (address) => {
      refuseExposure(address, options.keys);
      access.listensOn(address.host, address.hostNames ?? [], allowedOrigins);
      await bind(app, address);
      return addressOf(app);
    },
    drain,
    close,
    [Symbol.asyncDispose]: close,
  };
}

/** What the handlers share, with the defaults of the options. */
function contextOf(options: GatewayOptions): GatewayContext {
  const { models, keys, clock, logger } = options;
  const limits = { ...defaultLimits, ...options.limits };
  const newIdentifier = identifierSource(clock, options.entropy);
  const metrics = options.metrics ?? createMetrics();
  const openRequests = createOpenRequests();
  const routes = routesOf(options);
  const settlement = createSettlement({
    ...{ settle: options.settle, settleMs: limits.settleMs, retryMs: limits.settleRetryMs, logger },
  });
  return {
    ...{ routes, models, clock, newIdentifier, metrics, limits, logger, openRequests, settlement },
    batchWrites: createWriteBatcher(),
    outputBuffers: createOutputBuffers({
      replyBytes: limits.replyBufferBytes,
      allBytes: limits.outputBufferBytes,
    }),
    heartbeat: createHeartbeat(clock, limits.silenceMs),
    runningRequests: createRunningRequests(),
    signalFollowers: createSignalFollowers(),
    reasoningField: options.reasoningField ?? 'both',
    unknownFields: options.unknownFields ?? 'refuse',
    gate: createGate({
      checks: [openRequests.requireServing, settlement.requireWorking, ...(options.checks ?? [])],
      ...limits,
      clock,
    }),
    permittedPlaces: options.permittedPlaces,
    beginKeyed: options.beginKeyed,
    checkers: options.checkers ?? new Map(),
    effortPolicies: options.effortPolicies,
    gauges: options.gauges ?? (() => []),
    observer: combineObservers([metrics, requestLog(logger), ...(options.observers ?? [])]),
    access: createAccess(keys),
    wrongTokens: createWrongTokens(clock),
    answerTo: (error, requestId) => {
      const answer = errorResponse(error, requestId, limits.bodyBytes);
      if (answer.hidden !== undefined) logger.error({ requestId, err: answer.hidden }, 'unexpected error');
      return answer;
    },
  };
}

/** The server without its routes: what is alike for all of them. */
function createApp(context: GatewayContext, allowedOrigins: readonly string[]): FastifyInstance {
  const { limits, routes, newIdentifier } = context;
  const sendError = (error: unknown, request: FastifyRequest, reply: FastifyReply): void => {
    reply.hijack();
    answerError(context, requestOf(request.raw), error);
  };
  const app: FastifyInstance = fastify({
    logger: false,
    bodyLimit: limits.bodyBytes,
    genReqId: (raw) => requestOf(raw).id,
    exposeHeadRoutes: true,
    frameworkErrors: sendError,
    serverFactory: (others) =>
      createServer(
        {
          maxHeaderSize: limits.headerBytes,
          headersTimeout: limits.headerMs,
          requestTimeout: limits.bodyMs,
          keepAliveTimeout: limits.keepAliveMs,
          // Node looks at its deadlines this often; a quarter keeps them near what they say.
          connectionsCheckingInterval: Math.ceil(Math.min(limits.headerMs, limits.bodyMs) / 4),
        },
        crossOrigin(allowedOrigins, methodsOf(routes), arrivals(context, others)),
      ).on('clientError', (error, socket) => refuseMalformed(error, socket as Socket, newIdentifier('req'))),
  });

  app.addHook('onRequest', (_, reply, next) => {
    reply.raw.once('prefinish', () => hangUpOnStall(reply.raw, limits.writeStallMs));
    next();
  });
  app.setErrorHandler(sendError);
  app.setNotFoundHandler((request) => {
    throw unknownRoute(routes, request);
  });
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('application/json', { parseAs: 'buffer' }, async (_: unknown, body: Buffer) =>
    body.length === 0 ? undefined : parseJsonBody(body),
  );
  return app;
}

/** What the server answers to, with what comes of itself. */
function methodsOf(routes: readonly Route[]): readonly string[] {
  return [...new Set([...routes.map(({ method }) => method), 'HEAD', 'OPTIONS'])];
}

async function bind(app: FastifyInstance, address: ListenOptions): Promise<void> {
  try {
    await app.listen({ host: boundHost(address.host), port: address.port });
  } catch (cause) {
    throw addressError(address, cause);
  }
}

function addressOf(app: FastifyInstance): string {
  const { address, port, family } = app.addresses()[0] as { address: string; port: number; family: string };
  return `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`;
}

/** Waits for `done`, but not longer than that. */
async function within(milliseconds: number, done: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, milliseconds);
  });
  await Promise.race([done, late]);
  clearTimeout(timer);
}
