// An engine that plays scripts: set replies, speed, slots and failures, no model. A public test double; the gateway's
// tests and benches run on it. Its tokens are whatever strings the script gives, its prompt tokens four characters.
import { type Clock, systemClock, TiegelError } from '../../base/index.ts';
import type { Engine, EngineEvent, GenerateRequest } from '../engine.ts';
import { createSlots } from '../slots.ts';

/**
 * How a generation goes wrong. `crash` takes every running generation with it, as the death of a child process does;
 * `hang` emits nothing more until the request is aborted; `refuse` is an engine that is being restarted.
 */
export type ScriptedFailure =
  | { readonly type: 'crash'; readonly afterTokens: number }
  | { readonly type: 'hang'; readonly afterTokens: number }
  | { readonly type: 'refuse'; readonly retryAfterMs: number };

export type ScriptedEngineOptions = {
  readonly model: string;
  /** The tokens of the reply. A function of the request alone: the same seed then gives the same tokens. */
  readonly reply: (request: GenerateRequest) => readonly string[];
  /** @default Infinity, which waits for nothing */
  readonly tokensPerSecond?: number;
  /** @default 4 */
  readonly slots?: number;
  /** Tokens of prompt and completion together. @default 4096 */
  readonly contextLength?: number;
  /** Decides by request and by its number, counted from 0, whether it fails. @default never */
  readonly failure?: (request: GenerateRequest, index: number) => ScriptedFailure | undefined;
  readonly clock?: Clock;
};

const charactersPerPromptToken = 4;
/** Without a pause now and then, an engine of infinite speed would keep sockets and timers from being served. */
const tokensPerTurn = 64;

/** @see ScriptedEngineOptions */
export function createScriptedEngine(options: ScriptedEngineOptions): Engine {
  const { model, reply, tokensPerSecond = Number.POSITIVE_INFINITY, clock = systemClock } = options;
  const contextLength = options.contextLength ?? 4096;
  const slots = createSlots(options.slots ?? 4);
  const running = new Set<AbortController>();
  let requests = 0;
  let closed = false;

  const stopAll = (error: TiegelError): void => {
    for (const stop of running) stop.abort(error);
  };

  /** `stop` ends this generation for whatever reason: the client's abort, a crash, the end of the engine. */
  async function* play(request: GenerateRequest, stop: AbortController): AsyncGenerator<EngineEvent> {
    const failure = options.failure?.(request, requests++);
    if (failure?.type === 'refuse') {
      throw new TiegelError('TGL_ENGINE_UNAVAILABLE', { model, retryAfterMs: failure.retryAfterMs });
    }
    const promptTokens = countPromptTokens(request);
    if (promptTokens >= contextLength) {
      throw new TiegelError('TGL_PROMPT_TOO_LONG', { model, received: promptTokens, limit: contextLength });
    }
    yield { type: 'prompt', promptTokens };

    const tokens = reply(request);
    const length = Math.min(tokens.length, request.maxTokens, contextLength - promptTokens);
    const start = clock.monotonic();
    for (let index = 0; index < length; index++) {
      if (failure !== undefined && index === failure.afterTokens) await fail(failure.type, stop.signal);
      const due = start + ((index + 1) * 1000) / tokensPerSecond;
      if (tokensPerSecond < Number.POSITIVE_INFINITY) await wait(due - clock.monotonic(), stop.signal);
      else if (index % tokensPerTurn === tokensPerTurn - 1) await wait(0, stop.signal);
      stop.signal.throwIfAborted();
      yield { type: 'token', text: tokens[index] as string };
    }
    stop.signal.throwIfAborted();
    yield { type: 'end', reason: length < tokens.length ? 'length' : 'stop', completionTokens: length };
  }

  async function fail(type: 'crash' | 'hang', signal: AbortSignal): Promise<void> {
    if (type === 'crash')
      stopAll(new TiegelError('TGL_ENGINE_CRASHED', { model, reason: 'the script says so' }));
    await wait(Number.POSITIVE_INFINITY, signal);
  }

  async function* generate(request: GenerateRequest, signal?: AbortSignal): AsyncGenerator<EngineEvent> {
    if (closed) throw new TiegelError('TGL_ENGINE_CLOSED', { model });
    signal?.throwIfAborted();
    const stop = new AbortController();
    const forward = (): void => stop.abort(signal?.reason);
    signal?.addEventListener('abort', forward, { once: true });
    running.add(stop);
    let slot: number | undefined;
    // The slot is given back by the abort itself, since a consumer that stopped reading never resumes this function.
    const free = (): void => {
      if (slot !== undefined) slots.release(slot);
      slot = undefined;
      running.delete(stop);
      signal?.removeEventListener('abort', forward);
    };
    try {
      slot = await slots.acquire(stop.signal);
      stop.signal.addEventListener('abort', free, { once: true });
      yield* play(request, stop);
    } finally {
      free();
    }
  }

  return {
    model,
    runtimeBuild: 'tiegel-scripted 1',
    capabilities: { tokenIds: false, seed: true, slots: options.slots ?? 4, contextLength },
    state: () => (closed ? 'closed' : 'ready'),
    load: slots.load,
    generate,
    [Symbol.asyncDispose]: async () => {
      closed = true;
      stopAll(new TiegelError('TGL_ENGINE_CLOSED', { model }));
    },
  };
}

function countPromptTokens(request: GenerateRequest): number {
  const characters = request.prompt.reduce((sum, piece) => sum + piece.text.length, 0);
  return Math.ceil(characters / charactersPerPromptToken);
}

/** Waits that many milliseconds, or for ever; at least until the event loop has turned once. Rejects on abort. */
function wait(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const leave = (): void => {
      clearTimeout(timer);
      clearImmediate(turn);
      reject(signal.reason);
    };
    const arrive = (): void => {
      signal.removeEventListener('abort', leave);
      resolve();
    };
    if (signal.aborted) return reject(signal.reason);
    signal.addEventListener('abort', leave, { once: true });
    const timed = milliseconds > 0 && milliseconds < Number.POSITIVE_INFINITY;
    const timer = timed ? setTimeout(arrive, milliseconds) : undefined;
    const turn = milliseconds <= 0 ? setImmediate(arrive) : undefined;
  });
}
