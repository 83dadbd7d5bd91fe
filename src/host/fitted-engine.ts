// Starts the runtime on a model in the size that fits this machine, and remembers what it really took, so that the next
// estimate is better.
import { type EngineLayout, type LayoutWishes, systemClock, TiegelError } from '../base/index.ts';
import {
  type AdmittedVariant,
  filesDigest,
  fitModel,
  type ModelFiles,
  measuredUses,
  readModel,
  rememberUse,
  requireFit,
  type ServingConfiguration,
  type Variant,
} from '../catalog/index.ts';
import {
  createLlamaEngine,
  createLlamaServerEngine,
  type Engine,
  type EngineCapabilities,
  type LayoutChoice,
  type LlamaEngine,
  llamaCapabilities,
  llamaDoctor,
  llamaRuntimeBuild,
  llamaServerBuild,
  llamaServerCapabilities,
  requireLoadable,
  runtimeBuildOf,
  smokeTest,
} from '../engine/index.ts';
import type { Environment } from './environment.ts';
import { exposedEngine } from './exposed-engine.ts';
import { currentMarkKey } from './guard/forensic-keys.ts';
import { machineOf } from './machine.ts';
import { markedEngine } from './marked-engine.ts';
import { layoutInForce } from './model-layout.ts';
import { pepperOf } from './open-store.ts';
import { rememberRuntime } from './remembered-runtime.ts';

/** In which layout the embedded engine runs; the operator's server does not say. */
type LaidOut = { readonly layout?: EngineLayout };

/** Starts the engine that was planned. @throws TGL_ENGINE_START_FAILED */
type StartEngine = () => Promise<Engine & LaidOut>;

/** What an engine will be, before it is started. */
export type EnginePlan = {
  readonly name: string;
  readonly runtimeBuild: string;
  readonly capabilities: EngineCapabilities;
  /** Bytes it will take, and bytes there are for models where it is placed. */
  readonly bytes: number;
  readonly budget: number;
  /** As the served tuple has it. */
  readonly attention?: ServingConfiguration['attention'];
  readonly start: StartEngine;
};

/** What fits of it is taken. */
type SizeWishes = { readonly slots?: number; readonly contextLength?: number };

/** Where the data lie, and what runs models here. */
type LocalRuntime = Pick<
  Environment,
  'home' | 'llamaServer' | 'layout' | 'lookup' | 'watermark' | 'coins' | 'pepper'
>;

/**
 * The `runtimeBuild` of engines on this machine.
 *
 * @throws TGL_ENGINE_START_FAILED
 */
export async function localRuntimeBuild({
  home,
  llamaServer,
}: Pick<LocalRuntime, 'home' | 'llamaServer'>): Promise<string> {
  if (llamaServer !== undefined) return await llamaServerBuild(llamaServer);
  const build = await llamaRuntimeBuild();
  rememberRuntime(home, build);
  return build;
}

/**
 * Plans the engine of a model that may be served, on the runtime for which it was admitted, with the attention that it had then.
 *
 * @throws TGL_MODEL_NOT_ADMITTED where either was exchanged since, and what `planEngine` throws
 */
export async function planAdmitted(
  local: LocalRuntime,
  { variant, files, serving }: AdmittedVariant,
): Promise<EnginePlan> {
  const plan = await planEngine(local, variant, files);
  const refuse = (what: string, now: string, then: string) =>
    new TiegelError('TGL_MODEL_NOT_ADMITTED', {
      ...{ model: plan.name, reason: `${what} is ${now} now; it was admitted for ${then}` },
    });
  if (plan.runtimeBuild !== serving.runtimeBuild)
    throw refuse('the runtime', plan.runtimeBuild, serving.runtimeBuild);
  if (plan.attention !== serving.attention)
    throw refuse('the attention', plan.attention ?? 'the usual one', serving.attention ?? 'the usual one');
  return plan;
}

/**
 * Starts an engine on a file that nobody has used yet: the start tries it in a throwaway child first.
 *
 * @param wishes the size, where it is not to be the usual one
 * @throws TGL_MODEL_TOO_LARGE
 */
export async function fitUntriedEngine(
  local: LocalRuntime,
  variant: Variant,
  files: ModelFiles,
  wishes: SizeWishes = {},
): Promise<StartEngine> {
  const { name: model, runtimeBuild, start } = await planEngine(local, variant, files, wishes);
  const size = { slots: 1, contextLength: trialContext };
  const layout = layoutInForce(local, variant, runtimeBuild).wishes;
  return async () => {
    const trial = await smokeTest(() => startLocal(local, { model, files, runtimeBuild, size, layout }));
    if (!trial.passed) throw new TiegelError('TGL_ENGINE_START_FAILED', { model, reason: trial.reason });
    return await start();
  };
}

const trialContext = 256;

/**
 * Finds the fastest layout for a model in a child of its own, which is gone afterwards.
 *
 * @param keepsAttention whether attention stays as it usually is.
 * @throws TGL_MODEL_TOO_LARGE, TGL_ENGINE_START_FAILED
 */
export async function tryLayouts(
  local: LocalRuntime,
  variant: Variant,
  files: ModelFiles,
  keepsAttention: boolean,
): Promise<LayoutChoice> {
  const { name, runtimeBuild, limits } = await planEngine(local, variant, files);
  const size = { slots: 1, contextLength: trialContext };
  await using engine = await startEmbedded(local, {
    ...{ model: name, files, runtimeBuild, size, limits, layout: {} },
  });
  return await engine.chooseLayout(keepsAttention);
}

/** What the child may take over the estimate before it is killed, so that it never takes the machine with it. */
const memoryLimit = { factor: 1.5, spareBytes: 2 ** 30 } as const;

/**
 * Plans an engine for a model; nothing is loaded before the plan is carried out.
 *
 * @param local its data directory keeps what was measured.
 * @throws TGL_MODEL_TOO_LARGE, TGL_CAPABILITY_MISSING, TGL_ENGINE_START_FAILED where the runtime cannot be asked what it is
 */
async function planEngine(
  local: LocalRuntime,
  variant: Variant,
  files: ModelFiles,
  wishes: SizeWishes = {},
): Promise<EnginePlan & { readonly limits: ChildMemory }> {
  const { home, llamaServer } = local;
  const { name } = variant;
  const digest = filesDigest(variant);
  const marked = markingOf(local);
  const runtime = await llamaDoctor();
  const runtimeBuild = llamaServer === undefined ? runtimeBuildOf(runtime) : await localRuntimeBuild(local);
  const uses = measuredUses(home, digest).filter((use) => use.runtimeBuild === runtimeBuild);
  const { weightsPath, adapterPaths, draftPath } = files;
  const draft = draftPath === null ? undefined : readModel(draftPath);
  const { size, place, needs, budget } = requireFit(
    name,
    fitModel(readModel(weightsPath, adapterPaths), machineOf(runtime, null), { ...wishes, uses, draft }),
  );
  const { wishes: layout, attention } = layoutInForce(local, variant, runtimeBuild);
  // What lies on a GPU does not count as memory of the child.
  const residentBytes = needs.total * memoryLimit.factor + memoryLimit.spareBytes;
  const limits = place === 'cpu' ? { residentBytes } : {};
  const start: StartEngine = async () => {
    const request = { model: name, files, runtimeBuild, size, limits, layout };
    const engine = exposedEngine(local, marked(await startLocal(local, request)));
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
  const capabilities =
    llamaServer === undefined ? llamaCapabilities(size) : llamaServerCapabilities(size, files);
  requireLoadable(name, capabilities, files);
  if (local.watermark && capabilities.watermark === undefined)
    throw new TiegelError('TGL_CAPABILITY_MISSING', { model: name, feature: 'a watermark' });
  const planned = { name, runtimeBuild, capabilities, bytes: needs.total, budget, limits, start };
  return attention === undefined ? planned : { ...planned, attention };
}

/** Replies are drawn by the key of the quarter, where the operator wants it. */
function markingOf({ watermark, ...local }: LocalRuntime): <Kind extends Engine>(engine: Kind) => Kind {
  if (!watermark) return (engine) => engine;
  const pepper = pepperOf(local);
  const keyNow = (): string => Buffer.from(currentMarkKey(pepper, systemClock.now()).key).toString('hex');
  return (engine) => markedEngine(engine, keyNow);
}

type ChildMemory = { readonly residentBytes?: number };

type LocalStart = {
  readonly model: string;
  readonly files: ModelFiles;
  readonly runtimeBuild: string;
  readonly size: { readonly slots: number; readonly contextLength: number };
  readonly limits?: ChildMemory;
  readonly layout: LayoutWishes;
};

/** Starts the embedded engine, or the operator's server where one is configured. */
async function startLocal(
  local: LocalRuntime,
  start: LocalStart,
): Promise<Engine & LaidOut & { readonly grownBytes: () => Promise<number> }> {
  if (local.llamaServer === undefined) return await startEmbedded(local, start);
  const { layout: _, ...others } = start;
  return await createLlamaServerEngine({ binary: local.llamaServer, ...optionsOf(others) });
}

async function startEmbedded({ lookup }: LocalRuntime, start: LocalStart): Promise<LlamaEngine> {
  return await createLlamaEngine({ lookup, ...optionsOf(start) });
}

function optionsOf<Start extends Omit<LocalStart, 'layout'>>({ size, files, ...others }: Start) {
  const { weightsPath: modelPath, adapterPaths, draftPath, loaded: compared } = files;
  return { modelPath, adapterPaths, draftPath, compared, ...others, ...size };
}
