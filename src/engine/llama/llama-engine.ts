// The embedded engine: llama.cpp in a child process of its own, so that a crash, a leak or a hostile model file costs
// one model's requests and never the API.
import {
  type Clock,
  createShortLivedMap,
  type EngineLayout,
  type Entropy,
  type LayoutWishes,
  systemClock,
  systemEntropy,
  TiegelError,
} from '../../base/index.ts';
import type { LoadedFile } from '../../catalog/index.ts';
import {
  type EngineSize,
  llamaCppCapabilities,
  requireCapabilities,
  type TokenCapabilities,
} from '../capabilities.ts';
import { createConstraintChecker } from '../constraint/checker/constraint-checker.ts';
import {
  type Embedding,
  type Engine,
  type EngineEvent,
  type GenerateRequest,
  type RenderedRequest,
  samplingOptions,
} from '../engine.ts';
import type { HeldFiles } from '../held-files/held-files.ts';
import { createRunning } from '../running.ts';
import { createSlots, type Lease } from '../slots.ts';
import { type EngineLogger, type RestartLimits, superviseChild } from '../supervisor.ts';
import { type ChildLimits, type ChildProcess, firstFreeDescriptor, startChild } from './child-process.ts';
import { createEventStream, type EventStream } from './event-stream.ts';
import type { LayoutChoice } from './layout/choose-layout.ts';
import { runtimeBuildOf } from './llama-runtime.ts';
import type { FromChild, GenerateCommand, GenerationEvent, LoadCommand } from './protocol.ts';
import { mostCandidates } from './token-ranking.ts';

export type LlamaEngineOptions = {
  /** The name of the model, for messages. */
  readonly model: string;
  readonly modelPath: string;
  /** Adapters for it, in the order in which they are applied. @default none */
  readonly adapterPaths?: readonly string[];
  /** A smaller model with the same vocabulary that proposes tokens to it. @default none */
  readonly draftPath?: string | null;
  /** Where there is no such model, earlier text of a prompt and its completion proposes tokens. @default false */
  readonly lookup?: boolean;
  /** Those of its files whose bytes are compared with a digest at every start, shards one by one. */
  readonly compared: readonly LoadedFile[];
  /** Tokens of prompt and completion together. @default 4096; at most what the model was trained for */
  readonly contextLength?: number;
  /** Sequences at the same time; each costs the memory of a whole context. @default 4 */
  readonly slots?: number;
  /** Of its layout in the runtime, what is not to be as the table has it. @default nothing */
  readonly layout?: LayoutWishes;
  /** Memory for beginnings of prompts that no sequence holds any more. @default 256 MiB */
  readonly promptCacheBytes?: number;
  readonly clock?: Clock;
  /** Makes the seeds of requests that name none. */
  readonly entropy?: Entropy;
  /** Gets the runtime's warnings and the restarts. @default nobody */
  readonly logger?: EngineLogger;
  readonly limits?: Partial<ChildLimits & RestartLimits>;
};

export type LlamaEngine = Engine & {
  /** The child's process id, while there is a child. */
  readonly processId: () => number | undefined;
  /**
   * Bytes by which the memory of the child has grown since before the model was loaded.
   * @throws TGL_ENGINE_UNAVAILABLE, TGL_ENGINE_CLOSED
   */
  readonly grownBytes: () => Promise<number>;
  /** The one that it was loaded in. */
  readonly layout: EngineLayout;
  /**
   * Finds the fastest layout by a trial of seconds. Nobody is served meanwhile, and this engine stays in its own.
   * @param keepsAttention whether attention stays as it usually is.
   * @throws TGL_ENGINE_START_FAILED where the trial fails, TGL_ENGINE_UNAVAILABLE, TGL_ENGINE_CLOSED
   */
  readonly chooseLayout: (keepsAttention: boolean) => Promise<LayoutChoice>;
};

/** What the child gives for one command. */
type Result = Extract<GenerationEvent, { readonly type: 'embedding' | 'counted' }>;
type ChildEvent = EngineEvent | Omit<Result, 'generation'>;

/** What the child was asked for, with what is given back once it has answered. */
type Generation = { readonly stream: EventStream<ChildEvent>; readonly lease: Disposable };

type Asked = { readonly child: ChildProcess; readonly id: number; readonly stream: EventStream<ChildEvent> };

const defaultPromptCacheBytes = 256 * 2 ** 20;

/** Counting needs none. */
const noSequence: Disposable = { [Symbol.dispose]: () => {} };

/**
 * Starts the child and loads the model.
 *
 * @throws TGL_ENGINE_START_FAILED with the runtime's reason, TGL_RUNTIME_UNKNOWN, TGL_BLOB_CORRUPT
 */
export async function createLlamaEngine(options: LlamaEngineOptions): Promise<LlamaEngine> {
  const { model, modelPath, clock = systemClock, entropy = systemEntropy, logger, limits } = options;
  const slotCount = options.slots ?? 4;
  const slots = createSlots(slotCount);
  const running = createRunning();
  /** Those that hold a sequence of the child, until it says that the sequence is empty again. */
  const generations = createShortLivedMap<number, Generation>();
  const checker = createConstraintChecker();
  let nextGeneration = 0;
  let closed = false;

  const finish = (id: number, tell: (stream: EventStream<ChildEvent>) => void): void => {
    const generation = generations.take(id);
    if (generation === undefined) return;
    tell(generation.stream);
    generation.lease[Symbol.dispose]();
  };

  const failAll = (error: TiegelError): void => {
    for (const id of [...generations.keys()]) finish(id, (stream) => stream.fail(error));
  };

  const pass = ({ generation, ...event }: GenerationEvent): void => {
    if (event.type === 'prompt' || event.type === 'token') {
      generations.get(generation)?.stream.push(event as EngineEvent);
      return;
    }
    finish(generation, (stream) => {
      if (event.type === 'end' || event.type === 'embedding' || event.type === 'counted') stream.push(event);
      if (event.type === 'too-long') {
        const { received, limit } = event;
        stream.fail(new TiegelError('TGL_PROMPT_TOO_LONG', { model, received, limit }));
      }
      if (event.type === 'refused') {
        stream.fail(new TiegelError('TGL_CONSTRAINT_INVALID', { problem: event.problem }));
      }
      if (event.type === 'fault') {
        stream.fail(new TiegelError('TGL_ENGINE_CRASHED', { model, reason: event.reason }));
      }
      stream.finish();
    });
  };

  const receive = (message: FromChild): void => {
    if (message.type === 'events') for (const event of message.events) pass(event);
    if (message.type === 'log') logger?.warn({ model, level: message.level }, message.message);
  };
  const loadCommand = ({ pathFor }: HeldFiles): LoadCommand => ({
    type: 'load',
    modelPath: pathFor(modelPath),
    adapterPaths: (options.adapterPaths ?? []).map(pathFor),
    draftPath: options.draftPath ? pathFor(options.draftPath) : null,
    lookup: options.lookup ?? false,
    contextLength: options.contextLength ?? null,
    slots: slotCount,
    layout: options.layout ?? {},
    promptCacheBytes: options.promptCacheBytes ?? defaultPromptCacheBytes,
  });

  const supervisor = await superviseChild({
    model,
    files: options.compared,
    firstDescriptor: firstFreeDescriptor,
    start: (files) => {
      const child = startChild({ model, limits, receive, descriptors: files.descriptors });
      return { child, ready: child.ask(loadCommand(files), 'ready') };
    },
    clock,
    logger,
    limits,
    onEnd: (reason) => failAll(new TiegelError('TGL_ENGINE_CRASHED', { model, reason })),
  });

  const capabilities: TokenCapabilities = llamaCapabilities({
    slots: slotCount,
    contextLength: supervisor.ready.contextLength,
  });

  const servingChild = (): ChildProcess => {
    if (closed) throw new TiegelError('TGL_ENGINE_CLOSED', { model });
    const child = supervisor.child();
    if (child !== undefined) return child;
    throw supervisor.absence();
  };

  async function* generate(
    request: GenerateRequest,
    signal?: AbortSignal,
  ): AsyncGenerator<readonly EngineEvent[]> {
    servingChild();
    requireCapabilities(model, capabilities, request);
    const { constraint, cacheScope = '' } = request;
    const grammar = constraint === undefined ? null : await checker.grammarOf(constraint, cacheScope, signal);
    const command = commandOf(request, grammar, entropy);
    signal?.throwIfAborted();
    using run = running.begin(signal);
    const { child, id, stream } = await begin(run.signal);
    const { now } = request.forced ?? {};
    const force = (): void => child.send({ type: 'force', generation: id });
    child.send({ type: 'generate', generation: id, ...command });
    if (now?.aborted) force();
    else now?.addEventListener('abort', force, { once: true });
    try {
      yield* stream.readBatches() as AsyncGenerator<readonly EngineEvent[]>;
    } finally {
      now?.removeEventListener('abort', force);
      // The reader left early: the child has to stop as well. The slot stays taken until it has.
      if (generations.has(id)) child.send({ type: 'abort', generation: id });
    }
  }

  /** Takes a sequence. */
  const begin = async (signal: AbortSignal): Promise<Asked> => {
    const { child, lease } = await acquireSequence(signal);
    return askOf(child, lease, signal);
  };

  /** The child hears of it when `signal` aborts. */
  const askOf = (child: ChildProcess, lease: Disposable, signal: AbortSignal): Asked => {
    const id = nextGeneration++;
    const stream = createEventStream<ChildEvent>();
    generations.set(id, { stream, lease });
    const abort = (): void => {
      stream.fail(signal.reason);
      child.send({ type: 'abort', generation: id });
    };
    signal.addEventListener('abort', abort, { once: true });
    return { child, id, stream };
  };

  const embedOne = async (text: string, signal: AbortSignal): Promise<Embedding> => {
    const { child, id, stream } = await begin(signal);
    child.send({ type: 'embed', generation: id, text });
    const { vector, tokens } = await resultIn(stream, 'embedding');
    return { vector: Float32Array.from(vector), tokens };
  };

  const acquireSequence = async (signal: AbortSignal): Promise<{ child: ChildProcess; lease: Lease }> => {
    const lease = await slots.acquire(signal);
    try {
      signal.throwIfAborted();
      return { child: servingChild(), lease };
    } catch (error) {
      lease[Symbol.dispose]();
      throw error;
    }
  };

  return {
    model,
    runtimeBuild: runtimeBuildOf(supervisor.ready.facts),
    capabilities,
    state: () => (closed ? 'closed' : supervisor.child() === undefined ? 'restarting' : 'ready'),
    load: slots.load,
    layout: supervisor.ready.layout,
    chooseLayout: async (keepsAttention) =>
      (await servingChild().ask({ type: 'choose-layout', keepsAttention }, 'layout')).choice,
    processId: () => supervisor.child()?.processId,
    grownBytes: async () => {
      const { residentBytes } = await servingChild().ask({ type: 'ping' }, 'pong');
      return residentBytes - supervisor.ready.residentBytesBefore;
    },
    generate,
    readConstraint: async (constraint, cacheScope, signal) => {
      servingChild();
      await checker.grammarOf(constraint, cacheScope, signal);
    },
    countTokens: async (prompt, signal) => {
      signal?.throwIfAborted();
      using run = running.begin(signal);
      const { child, id, stream } = askOf(servingChild(), noSequence, run.signal);
      child.send({ type: 'count', generation: id, prompt });
      return (await resultIn(stream, 'counted')).tokens;
    },
    embed: async (texts, signal) => {
      servingChild();
      signal?.throwIfAborted();
      using run = running.begin(signal);
      const embeddings: Embedding[] = [];
      // One after the other, as the child reads them: a long list holds one slot, and others are served beside it.
      for (const text of texts) embeddings.push(await embedOne(text, run.signal));
      return embeddings;
    },
    [Symbol.asyncDispose]: async () => {
      closed = true;
      checker[Symbol.dispose]();
      running.stopAll(new TiegelError('TGL_ENGINE_CLOSED', { model }));
      await supervisor.close();
    },
  };
}

async function resultIn<Type extends Result['type']>(
  stream: EventStream<ChildEvent>,
  wanted: Type,
): Promise<Extract<Result, { readonly type: Type }>> {
  const events = (await Array.fromAsync(stream.readBatches())).flat();
  return events.find(({ type }) => type === wanted) as Extract<Result, { readonly type: Type }>;
}

/** What a llama engine of a size can do, before it is started. */
export function llamaCapabilities(size: EngineSize): TokenCapabilities {
  return {
    ...llamaCppCapabilities(size),
    tokenIds: true,
    embeddings: true,
    draftModels: true,
    watermark: { candidates: mostCandidates },
    samplingOptions,
  };
}

function commandOf(
  {
    prompt,
    maxTokens,
    sampling,
    cacheScope,
    logProbabilities,
    constraint,
    forced,
    watermark,
    markers,
  }: RenderedRequest,
  grammar: string | null,
  entropy: Entropy,
): Omit<GenerateCommand, 'type' | 'generation'> {
  const { seed = unpredictableSeed(entropy) } = sampling;
  return {
    prompt,
    maxTokens,
    sampling: { ...sampling, seed },
    cacheScope: cacheScope ?? null,
    logProbabilities: logProbabilities ?? null,
    constraint: grammar === null ? null : { grammar, after: constraint?.after ?? '' },
    forced:
      forced === undefined
        ? null
        : { text: forced.text, afterTokens: forced.afterTokens, unless: forced.unless },
    watermark: watermark ?? null,
    markers: markers ?? null,
  };
}

function unpredictableSeed(entropy: Entropy): number {
  return Buffer.from(entropy(4)).readUInt32LE();
}
