// An engine that is loaded when somebody asks it for something: what a pool holds, behind the interface of an engine.
import { TiegelError } from '../base/index.ts';
import type { PromptPiece } from '../formats/index.ts';
import { requireCapabilities } from './capabilities.ts';
import type { Constraint, Engine, EngineCapabilities, EngineEvent, GenerateRequest } from './engine.ts';
import type { EngineLease, EnginePool } from './engine-pool.ts';
import { createRunning } from './running.ts';

export type PooledEngineOptions<Model> = {
  readonly pool: EnginePool<Model>;
  /** What the pool starts. */
  readonly model: Model;
  /** Its name, for messages. */
  readonly name: string;
  readonly runtimeBuild: string;
  /** Those that the started engine will have. */
  readonly capabilities: EngineCapabilities;
};

/**
 * Requests wait while the engine starts. Disposing it ends its generations; the engine itself belongs to the pool.
 * `generate` throws what `EnginePool.lease` throws, too.
 */
export function createPooledEngine<Model>(options: PooledEngineOptions<Model>): Engine {
  const { pool, model, name, runtimeBuild, capabilities } = options;
  const running = createRunning();
  let starting = 0;
  let leased: Engine | undefined;
  let leases = 0;
  let closed = false;

  const lease = async (signal: AbortSignal): Promise<EngineLease> => {
    starting++;
    try {
      const held = await pool.lease(model, signal);
      leased = held.engine;
      leases++;
      let open = true;
      const release = (): void => {
        if (!open) return;
        open = false;
        if (--leases === 0) leased = undefined;
        held[Symbol.dispose]();
      };
      // A consumer that stopped reading after an abort never resumes the function that would give it back.
      signal.addEventListener('abort', release, { once: true });
      return { engine: held.engine, [Symbol.dispose]: release };
    } finally {
      starting--;
    }
  };

  /** The engine stays leased as long as somebody reads. */
  async function* generate(
    request: GenerateRequest,
    signal?: AbortSignal,
  ): AsyncGenerator<readonly EngineEvent[]> {
    if (closed) throw new TiegelError('TGL_ENGINE_CLOSED', { model: name });
    requireCapabilities(name, capabilities, request);
    signal?.throwIfAborted();
    using run = running.begin(signal);
    using held = await lease(run.signal);
    yield* held.engine.generate(request, run.signal);
  }

  /** What is asked of the engine once and not read piece by piece. */
  const once = async <Answer>(
    signal: AbortSignal | undefined,
    ask: (engine: Engine, signal: AbortSignal) => Promise<Answer>,
  ): Promise<Answer> => {
    if (closed) throw new TiegelError('TGL_ENGINE_CLOSED', { model: name });
    signal?.throwIfAborted();
    using run = running.begin(signal);
    using held = await lease(run.signal);
    return await ask(held.engine, run.signal);
  };

  return {
    model: name,
    runtimeBuild,
    capabilities,
    state: () => (closed ? 'closed' : (leased?.state() ?? 'ready')),
    load: () => {
      const { active, waiting } = leased?.load() ?? { active: 0, waiting: 0 };
      return { active, waiting: waiting + starting };
    },
    generate,
    ...(capabilities.constraints.length > 0 && {
      readConstraint: (constraint: Constraint, cacheScope: string, signal?: AbortSignal) =>
        once(
          signal,
          async ({ readConstraint }, stop) => await readConstraint?.(constraint, cacheScope, stop),
        ),
    }),
    ...(capabilities.embeddings && {
      embed: (texts: readonly string[], signal?: AbortSignal) =>
        once(signal, async ({ embed }, stop) => {
          if (embed === undefined)
            throw new TiegelError('TGL_CAPABILITY_MISSING', { model: name, feature: 'embeddings' });
          return await embed(texts, stop);
        }),
    }),
    ...(capabilities.tokenCounts && {
      countTokens: (prompt: readonly PromptPiece[], signal?: AbortSignal) =>
        once(signal, async ({ countTokens }, stop) => {
          if (countTokens === undefined)
            throw new TiegelError('TGL_CAPABILITY_MISSING', { model: name, feature: 'counting tokens' });
          return await countTokens(prompt, stop);
        }),
    }),
    [Symbol.asyncDispose]: async () => {
      closed = true;
      running.stopAll(new TiegelError('TGL_ENGINE_CLOSED', { model: name }));
    },
  };
}
