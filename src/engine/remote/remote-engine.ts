// An engine that is a server: anything that speaks OpenAI's chat completions, as one or several equal replicas. Another
// replica is asked only while nothing of the reply has been given out; after that a fault ends the generation.
import { type Clock, type Entropy, systemEntropy, TiegelError } from '../../base/index.ts';
import type { Outbound } from '../../outbound/index.ts';
import { requireCapabilities } from '../capabilities.ts';
import {
  type Effort,
  type Engine,
  type EngineCapabilities,
  type EngineEvent,
  type GenerateRequest,
  samplingOptions,
} from '../engine.ts';
import { createRunning } from '../running.ts';
import { createSlots } from '../slots.ts';
import { chatRequest } from './chat-request.ts';
import { type CompletionStreamOptions, completionEvents } from './completion-stream.ts';
import { completionEventsOf } from './non-streaming.ts';
import { prefixNames } from './prefixes.ts';
import { renderedRequest } from './rendered-request.ts';
import { type Assignment, createReplicas, defaultReplicaLimits, type ReplicaLimits } from './replicas.ts';
import { replyLimits } from './reply-limits.ts';
import { type ServerKind, type ServerProfile, serverProfiles } from './server-profile.ts';
import { faultOf, replyType, type Subject, type UpstreamFault } from './upstream-fault.ts';

export type RemoteLimits = ReplicaLimits & {
  readonly connectMs: number;
  readonly firstTokenMs: number;
  /** Between two pieces of a reply. */
  readonly idleMs: number;
  readonly totalMs: number;
  /** Between the reason why a reply ended and what the server counted, or the end of its stream. */
  readonly countMs: number;
  /** For the body of a refusal. */
  readonly refusalMs: number;
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

/** What a replica is asked, and how its reply is read. */
type Sent = Pick<CompletionStreamOptions, 'limits' | 'promptTokens' | 'opensThinking' | 'waitsForCount'> & {
  readonly body: string;
  /** It is wanted in one piece. */
  readonly nonStreaming: boolean;
  readonly firstByteMs: number;
};

/** What is different where prompts are rendered here: the server sees a text and looks for nothing in it. */
const clientSide = {
  promptForm: 'tokens',
  thinkingStop: 'continuation',
  efforts: [],
  templateArguments: false,
  prefill: false,
  tools: false,
  toolChoice: false,
  logProbabilities: 'none',
  constraints: [],
} as const;

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
  const capabilities: EngineCapabilities = {
    promptForm: 'messages',
    tokenIds: false,
    seed: profile.seed,
    slots: slotsPerReplica * endpoints.length,
    contextLength,
    thinkingStop: thinkingStopOf(profile),
    efforts: Object.keys(profile.efforts) as Effort[],
    templateArguments: profile.templateArguments,
    prefill: profile.continuation !== null,
    tools: profile.tools,
    toolChoice: profile.toolChoice,
    logProbabilities: profile.logProbabilities,
    constraints: profile.constraints,
    // A server may reuse prefixes, kept apart by salt where it knows one; nothing here sees whether it did.
    prefixReuse: false,
    embeddings: false,
    stopStrings: true,
    fixedSampling: profile.fixedSampling,
    samplingOptions: samplingOptions.filter((option) => profile.samplingFields[option] !== undefined),
    ...(clientSideTemplate && clientSide),
  };
  const hosts = endpoints.map((endpoint) => URL.parse(endpoint)?.host ?? '');
  const secrets = [options.key ?? '', ...hosts].filter((secret) => secret !== '');
  const subject: Subject = { model, contextLength, secrets };
  const { connectMs, idleMs, totalMs, firstTokenMs } = limits;
  const slots = createSlots(capabilities.slots);
  const running = createRunning();
  const replicas = createReplicas(endpoints.length, clock, limits);
  const stopChecks = endpoints.length > 1 ? checkRegularly(options, limits, replicas.report) : () => {};
  let closed = false;

  const attempt = async (
    endpoint: string,
    { body, nonStreaming, firstByteMs, ...reading }: Sent,
    signal: AbortSignal,
  ): Promise<AsyncIterable<readonly EngineEvent[]> | readonly (readonly EngineEvent[])[]> => {
    const start = clock.monotonic();
    const response = await outbound.request({
      method: 'POST',
      url: `${endpoint}/${path}`,
      headers: {
        'content-type': 'application/json',
        accept: nonStreaming ? 'application/json' : 'text/event-stream',
      },
      credentials,
      body,
      deadlines: { connectMs, idleMs, totalMs, firstByteMs },
      maxBytes: nonStreaming ? reading.limits.documentBytes : reading.limits.streamBytes,
      signal,
    });
    try {
      // Some servers send a document to whom asked for a stream.
      const type = await replyType(response, subject, limits.refusalMs);
      if (type === 'application/json') return [await completionEventsOf(response, { subject, ...reading })];
    } catch (error) {
      response[Symbol.dispose]();
      throw error;
    }
    const left = Math.max(firstTokenMs - (clock.monotonic() - start), 1);
    const { countMs } = limits;
    return completionEvents(response, { subject, firstTokenMs: left, countMs, ...reading });
  };

  async function* generate(
    request: GenerateRequest,
    signal?: AbortSignal,
  ): AsyncGenerator<readonly EngineEvent[]> {
    if (closed) throw new TiegelError('TGL_ENGINE_CLOSED', { model });
    requireCapabilities(model, capabilities, request);
    const nonStreaming = request.nonStreaming === true && profile.nonStreaming && !clientSideTemplate;
    const about = { model, remoteModel, profile, opensThinking, entropy };
    const sent: Sent = {
      body:
        request.turn === undefined
          ? renderedRequest({ ...request, nonStreaming }, about)
          : chatRequest({ ...request, nonStreaming }, about),
      limits: replyLimits(request, contextLength),
      nonStreaming,
      firstByteMs: firstTokenMs + (nonStreaming ? request.maxTokens * limits.tokenMs : 0),
      promptTokens: estimatePromptTokens(request),
      waitsForCount: clientSideTemplate && request.maxTokens === 1,
      opensThinking: opensThinking && !clientSideTemplate && request.turn?.prefill === undefined,
    };
    const prefixes = endpoints.length > 1 ? prefixNames(request) : [];
    signal?.throwIfAborted();
    using run = running.begin(signal);
    using lease = await slots.acquire(run.signal);
    run.signal.throwIfAborted();
    run.signal.addEventListener('abort', () => lease[Symbol.dispose](), { once: true });

    const tried = new Set<number>();
    let fault: UpstreamFault | undefined;
    for (;;) {
      const assignment = replicas.assign(prefixes, tried);
      if ('retryAfterMs' in assignment) {
        const { retryAfterMs } = assignment;
        throw fault?.error ?? new TiegelError('TGL_UPSTREAM_BUSY', { model, retryAfterMs });
      }
      tried.add(assignment.replica);
      run.signal.addEventListener('abort', assignment.abandon, { once: true });
      let begun = false;
      try {
        const endpoint = endpoints[assignment.replica] as string;
        for await (const events of await attempt(endpoint, sent, run.signal)) {
          run.signal.throwIfAborted();
          begun = true;
          yield events;
        }
        assignment.succeed();
        return;
      } catch (cause) {
        run.signal.throwIfAborted();
        fault = faultOf(cause, subject);
        settle(assignment, fault);
        if (begun || fault.blame === 'request' || tried.size >= limits.attempts) throw fault.error;
      } finally {
        // The reader has left in the middle of it.
        assignment.abandon();
      }
    }
  }

  const settle = (assignment: Assignment, { blame, retryAfterMs }: UpstreamFault): void => {
    if (blame === 'replica') assignment.fail();
    else assignment.abandon();
    if (retryAfterMs !== undefined) replicas.pause(assignment.replica, retryAfterMs);
  };

  const state = (): ReturnType<Engine['state']> => {
    if (closed) return 'closed';
    return replicas.states().every(({ breaker }) => breaker === 'open') ? 'restarting' : 'ready';
  };

  return {
    model,
    runtimeBuild: remoteRuntimeBuild(server),
    capabilities,
    state,
    load: slots.load,
    generate,
    [Symbol.asyncDispose]: async () => {
      closed = true;
      stopChecks();
      running.stopAll(new TiegelError('TGL_ENGINE_CLOSED', { model }));
    },
  };
}

function thinkingStopOf({ budgetField, continuation }: ServerProfile): EngineCapabilities['thinkingStop'] {
  if (budgetField !== null) return 'server';
  return continuation === null ? 'none' : 'continuation';
}

/** Asks every replica for its list of models now and then; any answer below 500 shows that somebody is there. */
function checkRegularly(
  { endpoints, outbound, key }: RemoteEngineOptions,
  { healthMs, connectMs }: RemoteLimits,
  report: (replica: number, healthy: boolean) => void,
): () => void {
  const credentials = key === undefined ? {} : { authorization: `Bearer ${key}` };
  const deadlines = { connectMs, totalMs: connectMs };
  const check = async (endpoint: string, replica: number): Promise<void> => {
    try {
      using response = await outbound.request({
        url: `${endpoint}/models`,
        credentials,
        deadlines,
        maxBytes: 1024 * 1024,
      });
      report(replica, response.status < 500);
    } catch {
      report(replica, false);
    }
  };
  const timer = setInterval(() => void endpoints.map(check), healthMs);
  timer.unref();
  return () => clearInterval(timer);
}

function estimatePromptTokens({ prompt, turn }: GenerateRequest): number {
  const texts =
    turn === undefined
      ? prompt.map(({ text }) => text)
      : [...turn.messages.map(({ content }) => content), turn.prefill ?? ''];
  const characters = texts.reduce((sum, { length }) => sum + length, 0);
  return Math.max(Math.ceil(characters / charactersPerToken), 1);
}
