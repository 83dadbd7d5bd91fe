// Starts the runtime on a model in the size that fits this machine, and remembers what it really took, so that the next
// estimate is better.
import { TiegelError } from '../base/index.ts';
import {
  fitModel,
  measuredUses,
  readModel,
  rememberUse,
  requireFit,
  type Variant,
} from '../catalog/index.ts';
import {
  createLlamaEngine,
  type Engine,
  type EngineCapabilities,
  llamaCapabilities,
  llamaDoctor,
  runtimeBuildOf,
  tryModel,
} from '../engine/index.ts';
import { machineOf } from './machine.ts';

/** Starts the engine that was planned. @throws TGL_ENGINE_START_FAILED */
type StartEngine = () => Promise<Engine>;

/** What an engine will be, before it is started. */
export type EnginePlan = {
  readonly name: string;
  readonly runtimeBuild: string;
  readonly capabilities: EngineCapabilities;
  /** Bytes it will take, and bytes there are for models where it is placed. */
  readonly bytes: number;
  readonly budget: number;
  readonly start: StartEngine;
};

/** `planEngine` for who needs nothing but the start. @throws TGL_MODEL_TOO_LARGE */
export async function fitEngine(home: string, variant: Variant, weightsPath: string): Promise<StartEngine> {
  return (await planEngine(home, variant, weightsPath)).start;
}

/**
 * The same for a file that nobody has used yet: the start tries it in a throwaway child first.
 *
 * @throws TGL_MODEL_TOO_LARGE
 */
export async function fitUntriedEngine(
  home: string,
  variant: Variant,
  weightsPath: string,
): Promise<StartEngine> {
  const { name: model, start } = await planEngine(home, variant, weightsPath);
  return async () => {
    const trial = await tryModel({ model, modelPath: weightsPath, contextLength: trialContext });
    if (!trial.passed) throw new TiegelError('TGL_ENGINE_START_FAILED', { model, reason: trial.reason });
    return await start();
  };
}

const trialContext = 256;

/** What the child may take over the estimate before it is killed, so that it never takes the machine with it. */
const memoryLimit = { factor: 1.5, spareBytes: 2 ** 30 } as const;

/**
 * Plans an engine for a model; nothing is loaded before the plan is carried out.
 *
 * @param home the data directory, where measured uses are kept.
 * @param weightsPath a verified file.
 * @throws TGL_MODEL_TOO_LARGE
 */
export async function planEngine(
  home: string,
  { name, manifest }: Variant,
  weightsPath: string,
): Promise<EnginePlan> {
  const { digest } = manifest.weights;
  const runtime = await llamaDoctor();
  const runtimeBuild = runtimeBuildOf(runtime);
  const uses = measuredUses(home, digest).filter((use) => use.runtimeBuild === runtimeBuild);
  const { size, place, needs, budget } = requireFit(
    name,
    fitModel(readModel(weightsPath), machineOf(runtime, null), { uses }),
  );
  const start: StartEngine = async () => {
    // What lies on a GPU does not count as memory of the child.
    const residentBytes = needs.total * memoryLimit.factor + memoryLimit.spareBytes;
    const limits = place === 'cpu' ? { residentBytes } : {};
    const engine = await createLlamaEngine({ model: name, modelPath: weightsPath, ...size, limits });
    return {
      ...engine,
      [Symbol.asyncDispose]: async () => {
        // A child that is gone has nothing to say.
        const grownBytes = place === 'cpu' ? await engine.grownBytes().catch(() => undefined) : undefined;
        await engine[Symbol.asyncDispose]();
        if (grownBytes !== undefined) rememberUse(home, digest, { ...size, runtimeBuild, grownBytes });
      },
    };
  };
  const capabilities = llamaCapabilities(size);
  return { name, runtimeBuild, capabilities, bytes: needs.total, budget, start };
}
