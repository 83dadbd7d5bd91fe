// A second local engine: an operator's own llama-server, started here as a child process, with the abilities of the
// embedded engine but for token ids. It is never searched for or downloaded.
import { statSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import {
  type Clock,
  type Entropy,
  reasonOf,
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
import type { Engine, EngineEvent, GenerateRequest, RenderedRequest } from '../engine.ts';
import type { HeldFiles } from '../held-files/held-files.ts';
import { batchTokens } from '../llama/prompt-pace.ts';
import { createRunning } from '../running.ts';
import { createSlots } from '../slots.ts';
import { type EngineLogger, type RestartLimits, superviseChild } from '../supervisor.ts';
import { createContinuations } from './continuations.ts';
import { estimatedBatch } from './estimated-batch.ts';
import { createMarkerTokens, type MarkerTokens } from './marker-tokens.ts';
import { binaryIn } from './server-build.ts';
import { isConnectionFault, type ServerConnection, ServerRefusal } from './server-connection.ts';
import { firstFreeDescriptor, residentBytesOf, type ServerLimits, startServer } from './server-process.ts';
import { createSlotTable } from './slot-table.ts';

export type LlamaServerOptions = {
  /** Path of the llama-server binary. */
  readonly binary: string;
  /** What `llamaServerBuild` says of the binary. */
  readonly runtimeBuild: string;
  /** The name of the model, for messages. */
  readonly model: string;
  readonly modelPath: string;
  /** Adapters for it, in the order in which they are applied. @default none */
  readonly adapterPaths?: readonly string[];
  /** A model of the same vocabulary that proposes tokens. @default none */
  readonly draftPath?: string | null;
  /**
   * Those of its files whose bytes are compared with a digest at every start, shards one by one. The binary is compared
   * as well, where `runtimeBuild` holds its digest.
   */
  readonly compared: readonly LoadedFile[];
  /** Tokens of prompt and completion together. @default 4096; at most what the model was trained for */
  readonly contextLength?: number;
  /** Sequences at the same time; each costs the memory of a finished context. @default 4 */
  readonly slots?: number;
  readonly clock?: Clock;
  readonly entropy?: Entropy;
  /** @default nobody */
  readonly logger?: EngineLogger;
  readonly limits?: Partial<ServerLimits & RestartLimits>;
};

export type LlamaServerEngine = Engine & {
  /** The server's process id, while there is one. */
  readonly processId: () => number | undefined;
  /**
   * Bytes of memory that the server takes, all of them: without a model it takes next to nothing.
   * @throws TGL_ENGINE_UNAVAILABLE, TGL_ENGINE_CLOSED, Error where the system does not tell.
   */
  readonly grownBytes: () => Promise<number>;
};

/** A server that has loaded the model. */
type LoadedServer = {
  readonly connection: ServerConnection;
  readonly endTokens: ReadonlySet<number>;
  readonly markerTokens: MarkerTokens;
  /** Tokens of a slot. */
  readonly slotContext: number;
  /** Aborts with TGL_ENGINE_CRASHED when it is gone. */
  readonly gone: AbortSignal;
};

/** As in the embedded engine: below this size one thread is faster, and plain attention. */
const singleThreadBytes = 50e6;
const defaultContextLength = 4096;
/** llama.cpp makes contexts in multiples of it. */
const contextGrain = 256;
const slotPauseMs = 10;
/** Not to be waited for longer at a time; the heartbeat decides whether the server is alive. */
const slotAnswerMs = 1_000;
/** A broken connection is told before the end of the process that broke it. */
const farewellMs = 1_000;

/**
 * Starts the server and waits until it has loaded the model.
 *
 * @throws TGL_ENGINE_START_FAILED with the server's reason, TGL_BLOB_CORRUPT
 */
export async function createLlamaServerEngine(options: LlamaServerOptions): Promise<LlamaServerEngine> {
  const { binary, model, runtimeBuild, clock = systemClock, entropy = systemEntropy } = options;
  const { logger, limits } = options;
  const slotCount = options.slots ?? 4;
  const slots = createSlots(slotCount);
  const table = createSlotTable(slotCount);
  const running = createRunning();
  const checker = createConstraintChecker();
  let closed = false;

  const supervisor = await superviseChild({
    model,
    files: options.compared,
    firstDescriptor: firstFreeDescriptor,
    program: binaryIn(runtimeBuild, binary),
    start: ({ descriptors, pathFor }) => {
      const flags = flagsOf(options, pathFor);
      const { child, ready } = startServer({
        model,
        binary,
        arguments: flags,
        descriptors,
        limits,
        clock,
        entropy,
      });
      const gone = new AbortController();
      child.ended.then((reason) => gone.abort(new TiegelError('TGL_ENGINE_CRASHED', { model, reason })));
      const load = async (connection: ServerConnection): Promise<LoadedServer> => {
        const [endTokens, slotContext] = [await connection.endTokens(), await connection.slotContext()];
        table.clear();
        const markerTokens = createMarkerTokens(connection);
        return { connection, endTokens, markerTokens, slotContext, gone: gone.signal };
      };
      return { child, ready: ready.then(load) };
    },
    clock,
    logger,
    limits,
  });
  const contextLength = Math.min(options.contextLength ?? defaultContextLength, supervisor.ready.slotContext);
  const capabilities: TokenCapabilities = llamaServerCapabilities(
    { slots: slotCount, contextLength },
    options,
  );

  const servingServer = (): LoadedServer => {
    if (closed) throw new TiegelError('TGL_ENGINE_CLOSED', { model });
    const loaded = supervisor.loaded();
    if (loaded !== undefined) return loaded;
    throw supervisor.absence();
  };

  async function* generate(
    request: GenerateRequest,
    signal?: AbortSignal,
  ): AsyncGenerator<readonly EngineEvent[]> {
    servingServer();
    requireCapabilities(model, capabilities, request);
    const { constraint, cacheScope = null, sampling, maxTokens } = request;
    const grammar =
      constraint === undefined ? undefined : await checker.grammarOf(constraint, cacheScope ?? '', signal);
    signal?.throwIfAborted();
    using run = running.begin(signal);
    const lease = await slots.acquire(run.signal);
    let occupied: { readonly slot: number; readonly free: () => void } | undefined;
    let server: LoadedServer | undefined;
    let finished = false;
    let released = false;
    /** The server notices a closed connection a moment later; until then the slot stays taken. */
    const release = async (): Promise<void> => {
      if (released) return;
      released = true;
      if (!finished && server !== undefined && occupied !== undefined)
        await becomesIdle(server, occupied.slot);
      occupied?.free();
      lease[Symbol.dispose]();
    };
    run.signal.addEventListener('abort', release, { once: true });
    try {
      run.signal.throwIfAborted();
      server = servingServer();
      const { connection, endTokens, markerTokens, gone } = server;
      const end = AbortSignal.any([run.signal, gone]);
      const prompt = await tokenised(connection, request.prompt);
      const markers = await markerTokens(request);
      end.throwIfAborted();
      const received = prompt.length;
      if (received >= contextLength)
        throw new TiegelError('TGL_PROMPT_TOO_LONG', { model, received, limit: contextLength });
      const { slot, reusable, free } = table.place(prompt, cacheScope);
      const { seed = Buffer.from(entropy(4)).readUInt32LE() } = sampling;
      const limit = Math.min(maxTokens, contextLength - received);
      const about = { connection, slot, reusable, prompt, markers, endTokens };
      const task = { ...about, limit, seed, grammar, signal: end };
      const continuations = createContinuations(request, task);
      let begun = false;
      occupied = { slot, free: () => free(continuations.tokens(), begun ? cacheScope : null) };
      for await (const events of continuations.events()) {
        end.throwIfAborted();
        begun = true;
        yield events;
      }
      finished = true;
    } catch (cause) {
      run.signal.throwIfAborted();
      throw await faultOf(cause, server, request);
    } finally {
      void release();
    }
  }

  /** What went wrong, in the engine's terms. */
  const faultOf = async (
    cause: unknown,
    server: LoadedServer | undefined,
    { constraint }: Pick<GenerateRequest, 'constraint'>,
  ): Promise<unknown> => {
    if (isConnectionFault(cause)) await aborts(server?.gone, farewellMs);
    if (server?.gone.aborted) return server.gone.reason;
    if (TiegelError.isInstance(cause) && !isConnectionFault(cause)) return cause;
    const reason = reasonOf(cause);
    // Requests differ in nothing else that the server could refuse.
    return cause instanceof ServerRefusal && cause.status === 400 && constraint !== undefined
      ? new TiegelError('TGL_CONSTRAINT_INVALID', { problem: reason })
      : new TiegelError('TGL_ENGINE_CRASHED', { model, reason });
  };

  return {
    model,
    runtimeBuild,
    capabilities,
    state: () => (closed ? 'closed' : supervisor.loaded() === undefined ? 'restarting' : 'ready'),
    load: slots.load,
    processId: () => supervisor.child()?.processId,
    grownBytes: async () => {
      servingServer();
      const bytes = residentBytesOf(supervisor.child()?.processId);
      if (bytes === undefined) throw new Error('the system does not tell how much memory a process takes');
      return bytes;
    },
    generate,
    readConstraint: async (constraint, cacheScope, signal) => {
      servingServer();
      await checker.grammarOf(constraint, cacheScope, signal);
    },
    countTokens: async (prompt, signal) => {
      signal?.throwIfAborted();
      using run = running.begin(signal);
      const server = servingServer();
      const gone = AbortSignal.any([run.signal, server.gone]);
      try {
        const tokens = await Promise.race([tokenised(server.connection, prompt), rejectedBy(gone)]);
        return tokens.length;
      } catch (cause) {
        run.signal.throwIfAborted();
        throw await faultOf(cause, server, {});
      }
    },
    [Symbol.asyncDispose]: async () => {
      closed = true;
      checker[Symbol.dispose]();
      running.stopAll(new TiegelError('TGL_ENGINE_CLOSED', { model }));
      await supervisor.close();
    },
  };
}

/** What an engine over a llama-server can do, before it is started. */
export function llamaServerCapabilities(
  size: EngineSize,
  { draftPath = null }: Pick<LlamaServerOptions, 'draftPath'> = {},
): TokenCapabilities {
  return {
    ...llamaCppCapabilities(size),
    // The server keeps back those that only begin a character.
    tokenIds: false,
    embeddings: false,
    draftModels: true,
    // It tells none of tokens that were proposed.
    ...(draftPath !== null && { logProbabilities: 'none' }),
  };
}

/** Every way in which prompts of one cache scope could show in another's are off, and so is all that reaches outside. */
function flagsOf(options: LlamaServerOptions, pathFor: HeldFiles['pathFor']): string[] {
  const { modelPath, adapterPaths = [], draftPath = null, slots = 4 } = options;
  const { contextLength = defaultContextLength } = options;
  const { size } = statSync(modelPath);
  const isSmall = size < singleThreadBytes;
  const padded = Math.ceil(contextLength / contextGrain) * contextGrain;
  const batch = Math.max(slots, isSmall ? batchTokens : estimatedBatch(size, availableParallelism()));
  const values = {
    '--model': pathFor(modelPath),
    '--parallel': slots,
    '--ctx-size': padded * slots,
    '--batch-size': batch,
    '--ubatch-size': batch,
    // A mapped file would lie in memory beside the weights as the kernels store them anew.
    '--load-mode': 'none',
    '--cache-ram': 0,
    '--slot-prompt-similarity': 0,
    // The template in the file is not looked at: prompts come as tokens.
    '--chat-template': 'chatml',
    ...(isSmall && { '--threads': 1, '--flash-attn': 'off' }),
    ...(draftPath !== null && { '--spec-draft-model': pathFor(draftPath), '--spec-type': 'draft-simple' }),
    ...(adapterPaths.length > 0 && { '--lora': adapterPaths.map((path) => listed(pathFor(path))).join() }),
  };
  const switches = ['--no-kv-unified', '--special', '--slots', '--no-webui', '--offline'];
  return [...Object.entries(values).flatMap(([name, value]) => [name, String(value)]), ...switches];
}

/** An element of a list with commas. */
function listed(path: string): string {
  return `"${path.replaceAll('"', '""')}"`;
}

/** Pieces are read one by one: control tokens of people's text must not come about at a seam. */
async function tokenised(
  connection: ServerConnection,
  prompt: RenderedRequest['prompt'],
): Promise<readonly number[]> {
  const pieces = await Promise.all(
    prompt.map(async ({ text, special }) => (text === '' ? [] : await connection.tokenise(text, special))),
  );
  return pieces.flat().map(({ id }) => id);
}

function rejectedBy(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason);
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
}

async function becomesIdle({ connection, gone }: LoadedServer, slot: number): Promise<void> {
  while (!gone.aborted) {
    const busy = await connection.busySlots(slotAnswerMs).catch(() => undefined);
    if (busy !== undefined && !busy.has(slot)) return;
    await aborts(gone, slotPauseMs);
  }
}

/** Waits until a signal aborts, for so long at most. */
function aborts(signal: AbortSignal | undefined, limitMs: number): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, limitMs);
    signal?.addEventListener('abort', done, { once: true });
    if (signal?.aborted) done();
  });
}
