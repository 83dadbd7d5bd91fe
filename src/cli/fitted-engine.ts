// Starts the runtime on a model in the size that fits this machine, and remembers what it really took, so that the next
// estimate is better.
import {
  fitModel,
  measuredUses,
  readModel,
  rememberUse,
  requireFit,
  type Variant,
} from '../catalog/index.ts';
import { createLlamaEngine, type Engine, llamaDoctor, runtimeBuildOf } from '../engine/index.ts';
import { machineOf } from './machine.ts';

/** Starts the engine that was planned. @throws TGL_ENGINE_START_FAILED */
type StartEngine = () => Promise<Engine>;

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
): Promise<StartEngine> {
  const { digest } = manifest.weights;
  const runtime = await llamaDoctor();
  const runtimeBuild = runtimeBuildOf(runtime);
  const uses = measuredUses(home, digest).filter((use) => use.runtimeBuild === runtimeBuild);
  const { size, place } = requireFit(
    name,
    fitModel(readModel(weightsPath), machineOf(runtime, null), { uses }),
  );
  return async () => {
    const engine = await createLlamaEngine({ model: name, modelPath: weightsPath, ...size });
    return {
      ...engine,
      [Symbol.asyncDispose]: async () => {
        // What lies on a GPU is not part of what the child grows by. A child that is gone has nothing to say.
        const grownBytes = place === 'cpu' ? await engine.grownBytes().catch(() => undefined) : undefined;
        await engine[Symbol.asyncDispose]();
        if (grownBytes !== undefined) rememberUse(home, digest, { ...size, runtimeBuild, grownBytes });
      },
    };
  };
}
