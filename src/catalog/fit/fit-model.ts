// Whether and how a model fits this machine: on which memory, with how many slots, with how long a context and how much
// of that for thinking, and about how fast. A reasoner whose context ends within its thinking gives no answer, so that
// slots are given up before a useful context is.
import { TiegelError } from '../../base/index.ts';
import type { MachineMemory } from './machine-memory.ts';
import { correctionOf, type MeasuredUse } from './measured.ts';
import {
  cacheBytesPerToken,
  type EngineSize,
  type MemoryNeeds,
  type Model,
  memoryNeeds,
} from './memory-needs.ts';
import { bytesReadPerToken, cpuWeightBytes } from './weight-memory.ts';

export type Machine = {
  readonly memory: MachineMemory;
  /** Bytes of the memory of all GPUs that the runtime can use; null where it can use none. */
  readonly gpu: { readonly total: number; readonly available: number } | null;
  /** Instruction sets as llama.cpp names them. */
  readonly cpuFeatures: readonly string[];
  /** Of the memory of the CPU, measured; null where nobody measured. */
  readonly bytesPerSecond: number | null;
};

export type FitOptions = {
  /** Sequences at the same time; fewer where they do not fit. @default 4 */
  readonly slots?: number;
  /** Context to serve; a shorter one where it does not fit. @default 16,384 */
  readonly contextLength?: number;
  /** What loads of this model by the same runtime have taken. @default none */
  readonly uses?: readonly MeasuredUse[];
  /** Tokens per second of one sequence that were measured with this model, on the runtime it would run on. @default none */
  readonly measuredTokensPerSecond?: number | null | undefined;
  /** Loaded beside it, with as much context. @default none */
  readonly draft?: Model | undefined;
};

/** `gpu and cpu`: the runtime puts as many layers as fit on the GPU. */
export type Place = 'cpu' | 'gpu' | 'gpu and cpu';

/** Tokens of a context. The shares are what a reasoner's requests take, not limits. */
export type ContextShares = { readonly prompt: number; readonly thinking: number; readonly answer: number };

type Common = {
  readonly place: Place;
  readonly size: EngineSize;
  readonly needs: MemoryNeeds;
  /** Bytes that a model may take in that place: what is available without a margin for everything else. */
  readonly budget: number;
};

export type Fit = Common &
  (
    | {
        readonly fits: true;
        /** Of each slot, with as many slots as `size` says. */
        readonly largestContext: number;
        readonly shares: ContextShares;
        /** Of one sequence with a short context; null on a GPU, whose memory is not measured, before a bench. */
        readonly tokensPerSecond: number | null;
        readonly speedFrom: 'bench' | 'bandwidth' | null;
      }
    /** `size` is then the smallest one that would make sense. */
    | { readonly fits: false }
  );

/** A context that leaves room for thinking; R1 distillations think for 2,000 to 8,000 tokens about most problems. */
const usefulContext = 8_192;
/** Below it a reasoner hardly ever comes to an answer. */
const leastContext = 2_048;
const usualContext = 16_384;
const usualSlots = 4;
const contextStep = 256;

/** @returns the best place that holds the model, or the refusal of the largest one. */
export function fitModel(model: Model, machine: Machine, options: FitOptions = {}): Fit {
  const places = placesOf(machine);
  const attempts = places.map((place) => fitPlace(model, machine, place, options));
  return attempts.find(({ fits }) => fits) ?? (attempts.at(-1) as Fit);
}

/**
 * The fit, where there is one.
 *
 * @throws TGL_MODEL_TOO_LARGE
 */
export function requireFit(name: string, fit: Fit): Extract<Fit, { fits: true }> {
  if (fit.fits) return fit;
  throw new TiegelError('TGL_MODEL_TOO_LARGE', {
    model: name,
    needed: Math.round(fit.needs.total),
    budget: Math.round(fit.budget),
    place: fit.place,
  });
}

/** How a reasoner's requests divide a context: an eighth for the prompt, three quarters for thinking, the rest. */
export function contextShares(contextLength: number): ContextShares {
  const prompt = Math.floor(contextLength / 8);
  const thinking = Math.floor((contextLength * 3) / 4);
  return { prompt, thinking, answer: contextLength - prompt - thinking };
}

type PlaceBudget = { readonly place: Place; readonly budget: number };

/** Best first. */
function placesOf({ memory, gpu }: Machine): readonly PlaceBudget[] {
  const cpu = memory.available - marginOf(memory.total);
  if (gpu === null) return [{ place: 'cpu', budget: cpu }];
  const onGpu = gpu.available - marginOf(gpu.total);
  return [
    { place: 'gpu', budget: onGpu },
    { place: 'gpu and cpu', budget: cpu + Math.max(0, onGpu) },
  ];
}

/** For everything else that runs, the child process itself (90 MB) and what a cache takes when sequences are copied. */
function marginOf(total: number): number {
  return Math.max(512 * 2 ** 20, total / 20);
}

function fitPlace(model: Model, machine: Machine, { place, budget }: PlaceBudget, options: FitOptions): Fit {
  const { slots: wished = usualSlots, contextLength = usualContext, uses = [], draft } = options;
  const trained = model.shape.contextLength;
  // A GPU keeps tensors in the form of the file, as a CPU without special instructions does.
  const features = place === 'gpu' ? [] : machine.cpuFeatures;
  const estimate = (size: EngineSize): MemoryNeeds => {
    const needs = [model, ...(draft === undefined ? [] : [draft])].map((loaded) =>
      memoryNeeds(loaded.shape, cpuWeightBytes(loaded.tensors, features), size),
    );
    return needs.reduce(addNeeds);
  };
  const correction = correctionOf(uses, (size) => estimate(size).total);
  const needsOf = (size: EngineSize): MemoryNeeds => {
    const needs = estimate(size);
    const runtime = needs.runtime + correction(size);
    return { ...needs, runtime, total: needs.total - needs.runtime + runtime };
  };
  const attempts = [
    ...Array.from({ length: wished }, (_, fewer) => ({ slots: wished - fewer, least: usefulContext })),
    { slots: 1, least: leastContext },
  ];
  for (const { slots, least } of attempts) {
    const largestContext = largestBelow(
      trained,
      (length) => needsOf({ slots, contextLength: length }).total <= budget,
    );
    if (largestContext < Math.min(least, trained)) continue;
    const size = { slots, contextLength: Math.min(contextLength, largestContext) };
    const shares = contextShares(size.contextLength);
    const estimated = place === 'gpu' ? null : decodeSpeed(model, machine.bytesPerSecond);
    const { measuredTokensPerSecond: seen } = options;
    const tokensPerSecond = seen ?? estimated;
    const speedFrom = seen != null ? 'bench' : estimated === null ? null : 'bandwidth';
    return {
      fits: true,
      place,
      size,
      needs: needsOf(size),
      budget,
      largestContext,
      shares,
      tokensPerSecond,
      speedFrom,
    };
  }
  const size = { slots: 1, contextLength: Math.min(leastContext, trained) };
  return { fits: false, place, size, needs: needsOf(size), budget };
}

function addNeeds(one: MemoryNeeds, other: MemoryNeeds): MemoryNeeds {
  const names = ['weights', 'cache', 'compute', 'runtime', 'total'] as const;
  return Object.fromEntries(names.map((name) => [name, one[name] + other[name]])) as MemoryNeeds;
}

/** The longest context that holds, a multiple of 256 or all of `trained`; 0 where none does. */
function largestBelow(trained: number, holds: (contextLength: number) => boolean): number {
  if (holds(trained)) return trained;
  let low = 0;
  let high = Math.ceil(trained / contextStep);
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (holds(middle * contextStep)) low = middle;
    else high = middle;
  }
  return low * contextStep;
}

/** Of what the memory could deliver, measured with 0.5 B and 1.5 B models: 0.71 to 0.87. */
const decodeEfficiency = 0.8;
/** Seconds of a token that no weights are read in: choosing it, text, messages. Measured with a tiny model. */
const secondsPerToken = 5e-4;
/** The cache is read as well; a few hundred tokens are usual while a reply begins. */
const cachedTokens = 512;

function decodeSpeed({ shape, tensors }: Model, bytesPerSecond: number | null): number | null {
  if (bytesPerSecond === null) return null;
  const bytes = bytesReadPerToken(tensors, shape.experts) + cachedTokens * cacheBytesPerToken(shape);
  return 1 / (bytes / (bytesPerSecond * decodeEfficiency) + secondsPerToken);
}
