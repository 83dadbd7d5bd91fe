// An engine that plays scripts: set replies, speed, slots and failures, no model. A public test double; the gateway's
// tests and benches run on it. Its tokens are whatever strings the script gives, its prompt tokens four characters.
import { type Clock, systemClock, TiegelError } from '../../base/index.ts';
import type { PromptPiece } from '../../formats/index.ts';
import { requireCapabilities } from '../capabilities.ts';
import type { EndReason, Engine, EngineCapabilities, EngineEvent, GenerateRequest } from '../engine.ts';
import { createRunning } from '../running.ts';
import { createSlots } from '../slots.ts';
import { charactersPerToken, playScript, type ScriptedToken } from './script.ts';

/**
 * How a generation goes wrong. `crash` takes every running generation with it, as the death of a child process does;
 * `hang` emits nothing more until the request is aborted; `refuse` is an engine that is being restarted.
 */
type ScriptedFailure =
  | { readonly type: 'crash'; readonly afterTokens: number }
  | { readonly type: 'hang'; readonly afterTokens: number }
  | { readonly type: 'refuse'; readonly retryAfterMs: number };

export type ScriptedEngineOptions = {
  readonly model: string;
  /** The tokens of the reply. A function of the request alone: the same seed then gives the same tokens. */
  readonly reply: (request: GenerateRequest) => readonly string[];
  /** How the reply ends where it comes to its end. @default stop */
  readonly endReason?: (request: GenerateRequest) => EndReason;
  /** How many tokens of a prompt it says were computed before. @default 0 */
  readonly reusedTokens?: (request: GenerateRequest) => number;
  /** @default Infinity, which waits for nothing */
  readonly tokensPerSecond?: number;
  /** @default 4 */
  readonly slots?: number;
  /** Tokens of prompt and completion together. @default 4096 */
  readonly contextLength?: number;
  /** Decides by request and by its number, counted from 0, whether it fails. @default never */
  readonly failure?: (request: GenerateRequest, index: number) => ScriptedFailure | undefined;
  /**
   * What it claims to do or not to do. A script is trusted to obey constraints. @default forced text,
   * log-probabilities (each token is certain) and nothing else
   */
  readonly capabilities?: Partial<Omit<EngineCapabilities, 'slots' | 'contextLength'>>;
  /**
   * Its vocabulary has every marker that a request names as a token of its own: a token of the script that is one of them
   * is that token, and the same text within other tokens is not. @default false: nothing is known of the vocabulary
   */
  readonly markerTokens?: boolean;
  /** Most events that it gives at once. @default 256; fewer where it is paced */
  readonly maxBatchEvents?: number;
  readonly clock?: Clock;
};

/** Without a pause now and then, an engine of infinite speed would keep sockets and timers from being served. */
const tokensPerTurn = 256;

/** @see ScriptedEngineOptions */
export function createScriptedEngine(options: ScriptedEngineOptions): Engine {
  const { model, reply, tokensPerSecond = Number.POSITIVE_INFINITY, clock = systemClock } = options;
  const capabilities: EngineCapabilities = {
    tokenIds: false,
    seed: true,
    slots: options.slots ?? 4,
    contextLength: options.contextLength ?? 4096,
    promptForm: 'tokens',
    thinkingStop: 'engine',
    logProbabilities: 'post-sampling',
    constraints: [],
    prefixReuse: false,
    embeddings: false,
    stopStrings: false,
    tokenCounts: true,
    ...options.capabilities,
  };
  const { contextLength } = capabilities;
  const { maxBatchEvents = tokensPerTurn } = options;
  const paced = tokensPerSecond < Number.POSITIVE_INFINITY;
  const slots = createSlots(capabilities.slots);
  const running = createRunning();
  let requests = 0;
  let closed = false;

  async function* generate(
    request: GenerateRequest,
    outside?: AbortSignal,
  ): AsyncGenerator<readonly EngineEvent[]> {
    if (closed) throw new TiegelError('TGL_ENGINE_CLOSED', { model });
    requireCapabilities(model, capabilities, request);
    outside?.throwIfAborted();
    using run = running.begin(outside);
    const { signal } = run;
    using lease = await slots.acquire(signal);
    signal.throwIfAborted();
    // The abort itself gives the slot back, since a consumer that stopped reading never resumes this function.
    signal.addEventListener('abort', () => lease[Symbol.dispose](), { once: true });

    const failure = options.failure?.(request, requests++);
    if (failure?.type === 'refuse') {
      throw new TiegelError('TGL_ENGINE_UNAVAILABLE', { model, retryAfterMs: failure.retryAfterMs });
    }
    const promptTokens = promptLength(request.prompt ?? []);
    if (promptTokens >= contextLength) {
      throw new TiegelError('TGL_PROMPT_TOO_LONG', { model, received: promptTokens, limit: contextLength });
    }
    const markers = options.markerTokens === true ? request.markers : undefined;
    const nextToken = playScript(reply(request), request.forced, markers);
    const length = Math.min(request.maxTokens, contextLength - promptTokens);
    const pause = createPause(signal);
    const start = clock.monotonic();
    let batch: EngineEvent[] = [promptEvent(promptTokens, options.reusedTokens?.(request), markers)];
    for (let index = 0; ; index++) {
      const failing = failure !== undefined && index === failure.afterTokens;
      const pausing = paced || index % tokensPerTurn === tokensPerTurn - 1;
      if (batch.length >= maxBatchEvents || (batch.length > 0 && (failing || pausing))) {
        yield batch;
        signal.throwIfAborted();
        batch = [];
      }
      const token = nextToken();
      if (token === undefined || index === length) {
        const reason = token === undefined ? (options.endReason?.(request) ?? 'stop') : 'length';
        batch.push({ type: 'end', reason, completionTokens: index });
        return yield batch;
      }
      if (failing) await fail(failure.type, pause);
      if (pausing) {
        const due = paced ? start + ((index + 1) * 1000) / tokensPerSecond : 0;
        await pause(due - clock.monotonic());
      }
      const wanted = request.logProbabilities;
      batch.push(wanted === undefined ? token : withCertainty(token, wanted));
    }
  }

  async function fail(type: 'crash' | 'hang', pause: (milliseconds: number) => Promise<void>): Promise<void> {
    const reason = 'the script says so';
    if (type === 'crash') running.stopAll(new TiegelError('TGL_ENGINE_CRASHED', { model, reason }));
    await pause(Number.POSITIVE_INFINITY);
  }

  return {
    model,
    runtimeBuild: 'tiegel-scripted 1',
    capabilities,
    state: () => (closed ? 'closed' : 'ready'),
    load: slots.load,
    generate,
    ...(capabilities.tokenCounts && {
      countTokens: async (prompt: readonly PromptPiece[], signal?: AbortSignal): Promise<number> => {
        if (closed) throw new TiegelError('TGL_ENGINE_CLOSED', { model });
        signal?.throwIfAborted();
        return promptLength(prompt);
      },
    }),
    [Symbol.asyncDispose]: async () => {
      closed = true;
      running.stopAll(new TiegelError('TGL_ENGINE_CLOSED', { model }));
    },
  };
}

function promptEvent(
  promptTokens: number,
  reusedTokens: number | undefined,
  markerTokens: readonly string[] | undefined,
): EngineEvent {
  const reused = reusedTokens === undefined ? {} : { reusedTokens };
  return { type: 'prompt', promptTokens, ...reused, ...(markerTokens !== undefined && { markerTokens }) };
}

function promptLength(prompt: readonly PromptPiece[]): number {
  return Math.ceil(prompt.reduce((sum, piece) => sum + piece.text.length, 0) / charactersPerToken);
}

function withCertainty(token: ScriptedToken, alternatives: number): ScriptedToken {
  if (token.forced) return token;
  const itself = { text: token.text, logProbability: 0 };
  return { ...token, logProbability: 0, alternatives: alternatives > 0 ? [itself] : [] };
}

/**
 * Waits that many milliseconds, or for ever; at least until the event loop has turned once. Rejects on abort, for which
 * it listens once and not at every wait.
 */
function createPause(signal: AbortSignal): (milliseconds: number) => Promise<void> {
  let leave: () => void = () => {};
  signal.addEventListener('abort', () => leave(), { once: true });
  return (milliseconds) =>
    new Promise((resolve, reject) => {
      if (signal.aborted) return reject(signal.reason);
      const timed = milliseconds > 0 && milliseconds < Number.POSITIVE_INFINITY;
      const timer = timed ? setTimeout(resolve, milliseconds) : undefined;
      const turn = milliseconds <= 0 ? setImmediate(resolve) : undefined;
      leave = () => {
        clearTimeout(timer);
        clearImmediate(turn);
        reject(signal.reason);
      };
    });
}
