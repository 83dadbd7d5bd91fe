// An engine that is a server: anything that speaks OpenAI's chat completions, as one or several equal replicas.
import { type Clock, type Entropy, systemEntropy, TiegelError } from '../../base/index.ts';
import type { Outbound } from '../../outbound/index.ts';
import { requireCapabilities } from '../capabilities.ts';
import type { Engine, GenerateRequest } from '../engine.ts';
import { createRunning } from '../running.ts';
import { createSlots, type Lease } from '../slots.ts';
import { createCacheSalts } from './cache-salt.ts';
import { chatRequest } from './chat-request.ts';
import { type ReplicaReading, readWithFailover } from './failover.ts';
import { checkRegularly } from './health-checks.ts';
import { prefixNames } from './prefixes.ts';
import { remoteCapabilities } from './remote-capabilities.ts';
import { renderedRequest } from './rendered-request.ts';
import { askReplica, type RequestLimits, type Sent } from './replica-request.ts';
import { createReplicas, defaultReplicaLimits, type ReplicaLimits } from './replicas.ts';
import { replyLimits } from './reply-limits.ts';
import { type ServerKind, serverProfiles } from './server-profile.ts';
import type { Upstream } from './upstream-fault.ts';

export type RemoteLimits = ReplicaLimits &
  RequestLimits & {
    /** Added to `firstTokenMs` for each token asked for, where a reply comes in one piece and shows no life before. */
    readonly tokenMs: number;
    /** Replicas that are asked for one request. */
    readonly attempts: number;
    /** Between two looks at the replicas, where there are several. */
    readonly healthMs: number;
  };

export type RemoteEngineOptions = {
  /** Our name of the model. */
  readonly model: string;
  /** The server's name of it. */
  readonly remoteModel: string;
  /** Base addresses of equal replicas, such as `http://10.0.0.7:8000/v1`. */
  readonly endpoints: readonly string[];
  readonly server: ServerKind;
  readonly key?: string;
  /** Tokens of prompt and completion together, as the server is set up. */
  readonly contextLength: number;
  /** The server's template opens the think block, so that thinking begins without a tag. @default false */
  readonly opensThinking?: boolean;
  /**
   * Prompts are rendered here and sent as text, so that thinking can be ended on every server that takes them. Such an
   * engine knows neither constraints nor log-probabilities. @default false
   */
  readonly clientSideTemplate?: boolean;
  /** Requests that one replica gets at the same time; further ones wait here. @default 16 */
  readonly slotsPerReplica?: number;
  readonly limits?: Partial<RemoteLimits>;
  /** Stays the caller's; allows the endpoints' addresses. */
  readonly outbound: Outbound;
  readonly clock: Clock;
  readonly entropy?: Entropy;
};

const defaultLimits: RemoteLimits = {
  ...defaultReplicaLimits,
  connectMs: 5_000,
  firstTokenMs: 120_000,
  idleMs: 60_000,
  totalMs: 60 * 60 * 1000,
  countMs: 2_000,
  refusalMs: 5_000,
  tokenMs: 1_000,
  attempts: 3,
  healthMs: 10_000,
};

const charactersPerToken = 4;

/** What a server of this kind counts as: the runtime build of its subject. */
export function remoteRuntimeBuild(server: ServerKind): string {
  return `tiegel-remote 2, ${server}`;
}

/**
 * @see RemoteEngineOptions
 * @throws TGL_CAPABILITY_MISSING where prompts are to be rendered here and this kind of server does not take them
 */
export function createRemoteEngine(options: RemoteEngineOptions): Engine {
  const { model, remoteModel, endpoints, server, outbound, clock, entropy = systemEntropy } = options;
  const { contextLength, opensThinking = false, clientSideTemplate = false, slotsPerReplica = 16 } = options;
  const limits = { ...defaultLimits, ...options.limits };
  const profile = serverProfiles[server];
  const credentials = options.key === undefined ? {} : { authorization: `Bearer ${options.key}` };
  if (clientSideTemplate && profile.renderedPrompts === null)
    throw new TiegelError('TGL_CAPABILITY_MISSING', { model, feature: 'a prompt that is rendered already' });
  const path = clientSideTemplate ? 'completions' : 'chat/completions';
  const size = { slots: slotsPerReplica * endpoints.length, contextLength };
  const capabilities = remoteCapabilities(profile, size, clientSideTemplate);
  const hosts = endpoints.map((endpoint) => URL.parse(endpoint)?.host ?? '');
  const secrets = [options.key ?? '', ...hosts].filter((secret) => secret !== '');
  const upstream: Upstream = { model, contextLength, secrets };
  const asking = { path, upstream, limits, credentials, outbound, clock };
  const slots = createSlots(capabilities.slots);
  const running = createRunning();
  const replicas = createReplicas(endpoints.length, clock, limits);
  const { report } = replicas;
  const checks = { endpoints, outbound, credentials, limits, report };
  const stopChecks = endpoints.length > 1 ? checkRegularly(checks) : () => {};
  let closed = false;

  const about = { model, remoteModel, profile, opensThinking, cacheSalt: createCacheSalts(entropy) };
  const sentFor = (request: GenerateRequest): Sent => {
    const nonStreaming = request.nonStreaming === true && profile.nonStreaming && !clientSideTemplate;
    return {
      body:
        request.turn === undefined
          ? renderedRequest({ ...request, nonStreaming }, about)
          : chatRequest({ ...request, nonStreaming }, about),
      limits: replyLimits(request, contextLength),
      nonStreaming,
      firstByteMs: limits.firstTokenMs + (nonStreaming ? request.maxTokens * limits.tokenMs : 0),
      promptTokens: estimatePromptTokens(request),
      waitsForCount: clientSideTemplate && request.maxTokens === 1,
      opensThinking: opensThinking && !clientSideTemplate && request.turn?.prefill === undefined,
    };
  };

  const begin = async (
    excluded: ReadonlySet<number>,
    request: GenerateRequest,
    signal: AbortSignal | undefined,
  ): Promise<ReplicaReading> => {
    if (closed) throw new TiegelError('TGL_ENGINE_CLOSED', { model });
    requireCapabilities(model, capabilities, request);
    const sent = sentFor(request);
    const prefixes = endpoints.length > 1 ? prefixNames(request) : [];
    signal?.throwIfAborted();
    const run = running.begin(signal);
    let lease: Lease | undefined;
    const leave = (): void => {
      lease?.[Symbol.dispose]();
      run[Symbol.dispose]();
    };
    try {
      lease = await slots.acquire(run.signal);
      run.signal.throwIfAborted();
    } catch (error) {
      leave();
      throw error;
    }
    run.signal.addEventListener('abort', leave, { once: true });

    const ask = (replica: number): ReturnType<typeof askReplica> =>
      askReplica(endpoints[replica] as string, sent, run.signal, asking);
    const { attempts } = limits;
    return {
      ...{ ask, replicas, prefixes, attempts, excluded, upstream, signal: run.signal },
      [Symbol.dispose]: leave,
    };
  };

  const state = (): ReturnType<Engine['state']> => {
    if (closed) return 'closed';
    return replicas.states().every(({ breaker }) => breaker === 'open') ? 'restarting' : 'ready';
  };

  const engine: Engine = {
    model,
    runtimeBuild: remoteRuntimeBuild(server),
    capabilities,
    state,
    load: slots.load,
    generate: (request, signal) => readWithFailover(() => begin(none, request, signal)),
    within: (allowed) => {
      const excluded = new Set(endpoints.keys().filter((replica) => !allowed.includes(replica)));
      return {
        ...engine,
        generate: (request, signal) => readWithFailover(() => begin(excluded, request, signal)),
      };
    },
    [Symbol.asyncDispose]: async () => {
      closed = true;
      stopChecks();
      running.stopAll(new TiegelError('TGL_ENGINE_CLOSED', { model }));
    },
  };
  return engine;
}

const none: ReadonlySet<number> = new Set();

function estimatePromptTokens({ prompt, turn }: GenerateRequest): number {
  const texts =
    turn === undefined
      ? prompt.map(({ text }) => text)
      : [...turn.messages.map(({ content }) => content), turn.prefill ?? ''];
  const characters = texts.reduce((sum, { length }) => sum + length, 0);
  return Math.max(Math.ceil(characters / charactersPerToken), 1);
}
