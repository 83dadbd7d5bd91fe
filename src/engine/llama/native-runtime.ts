// The native runtime as the child's evaluating thread uses it: models loaded, described, asked for logits. Reading a
// malformed model file may end the process; that is why it has its own.
import type { Clock } from '../../base/index.ts';
import type { PromptPiece } from '../../formats/index.ts';
import { createEmbedder, type Embedder } from './embedder.ts';
import {
  type ContextOptions,
  createContext,
  createThreadPool,
  loadAdapters,
  type NativeContext,
} from './ffi/context.ts';
import { createGrammarReader } from './ffi/grammar.ts';
import type { Library } from './ffi/library.ts';
import { llamaCppVersion } from './ffi/library-files.ts';
import { loadModel, type NativeModel, type Vocabulary } from './ffi/model.ts';
import { createSamplers } from './ffi/sampler.ts';
import { createLookupProposer } from './lookup.ts';
import { physicalCores } from './physical-cores.ts';
import { createPromptCache } from './prompt-cache.ts';
import { batchTokens, largeBatchTokens } from './prompt-pace.ts';
import { promptTokens } from './prompt-tokens.ts';
import { mostProposed } from './proposal-length.ts';
import { createDraftProposer, type Proposer } from './proposals.ts';
import type {
  GenerationEvent,
  LoadCommand,
  LogitsCommand,
  RuntimeFacts,
  TokenizeCommand,
} from './protocol.ts';
import { createScheduler, type Scheduler } from './scheduler.ts';
import { createSequences } from './sequences.ts';
import type { SharedState } from './shared-state.ts';
import { createSoloContext } from './solo-context.ts';

/**
 * Below this size a second thread costs more than it wins (measured 75 tokens per second against 2,200), flash attention
 * costs 1.4 to 3.4 times on a CPU, and one cache for all sequences is faster than one for each.
 */
const smallModelBytes = 50e6;
const defaultContextLength = 4096;
/** Tokens of a text that is embedded: the context for it comes on top of what a model was planned to take. */
const longestEmbedded = 512;

export function describeRuntime({ call, binding, device, gpus }: Library): RuntimeFacts {
  const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
  return {
    binding,
    llamaCpp: `v${llamaCppVersion}`,
    gpu: device === 'cpu' ? 'none' : device,
    gpuDevices: gpus.map(({ description }) => description),
    gpuMemory:
      gpus.length === 0
        ? null
        : { total: sum(gpus.map(({ total }) => total)), free: sum(gpus.map(({ free }) => free)) },
    cpuFeatures: [...call.llama_print_system_info().matchAll(/(\w+) = 1/g)].map(
      ([, feature]) => feature as string,
    ),
    physicalCores: physicalCores(),
  };
}

export type LoadedModel = {
  readonly scheduler: Scheduler;
  readonly embedder: Embedder;
  /** How many tokens a prompt has. @throws Error for text that cannot be tokenised */
  readonly count: (prompt: readonly PromptPiece[]) => number;
  readonly contextLength: number;
};

/**
 * Loads a model with one context of as many sequences as there are slots.
 *
 * @throws Error with what the runtime said
 */
export function openModel(
  library: Library,
  command: LoadCommand,
  { abortFlag, mayYieldUntil }: Pick<SharedState, 'abortFlag' | 'mayYieldUntil'>,
  emit: (event: GenerationEvent) => void,
  clock: Clock,
): LoadedModel {
  const { modelPath, adapterPaths, slots } = command;
  const model = loadModel(library, modelPath);
  const { vocabulary } = model;
  const contextLength = Math.min(command.contextLength ?? defaultContextLength, model.trainContextSize);
  const batch = Math.max(isSmall(model) ? batchTokens : largeBatchTokens, 2 * slots);
  const adapters = loadAdapters(library, model, adapterPaths);
  const pool = createThreadPool(library, threadsFor(model));
  const kind = { ...layoutFor(library, model, slots), cacheType: 'F16', abortFlag } as const;
  const hasProposals = command.draftPath !== null || command.lookup;
  const size = { sequences: slots, contextLength, batch };
  const open = (sequences: number): NativeContext =>
    createContext(library, model, pool, {
      ...{ ...kind, ...size, adapters, sequences, unified: kind.unified && sequences > 1 },
      outputs: sequences * (hasProposals ? 1 + mostProposed : 1),
    });
  const hasSolo = kind.unified && library.device === 'cpu';
  const context = hasSolo ? createSoloContext(open(slots), open(1)) : open(slots);
  const promptCache = createPromptCache(context, command.promptCacheBytes);
  const scheduler = createScheduler({
    vocabulary,
    context,
    sequences: createSequences(slots, context, promptCache),
    samplers: createSamplers(library, vocabulary, context),
    grammars: createGrammarReader(library, vocabulary),
    proposer: openProposer(library, vocabulary, command, size, abortFlag),
    contextLength,
    batch,
    fillsGaps: !kind.unified && !model.isRecurrent,
    clock,
    mayYieldFor: (milliseconds) => mayYieldUntil(clock.now() + milliseconds),
    emit,
  });
  const textLength = Math.min(contextLength, longestEmbedded);
  const openEmbedding = (): NativeContext => {
    requireLastState(model);
    return createContext(library, model, pool, {
      ...{
        ...kind,
        adapters,
        sequences: 1,
        contextLength: textLength,
        batch: Math.min(batchTokens, textLength),
      },
      ...{ unified: false, outputs: 'states' },
    });
  };
  const embedder = createEmbedder({
    vocabulary,
    open: openEmbedding,
    contextLength: textLength,
    batch: Math.min(batchTokens, textLength),
    emit,
  });
  const count = (prompt: readonly PromptPiece[]): number => promptTokens(vocabulary, prompt).length;
  return { scheduler, embedder, count, contextLength };
}

function isSmall({ size }: NativeModel): boolean {
  return size < smallModelBytes;
}

function threadsFor(model: NativeModel): number {
  return isSmall(model) ? 1 : physicalCores();
}

function layoutFor(
  { device }: Library,
  model: NativeModel,
  sequences: number,
): Pick<ContextOptions, 'flashAttention' | 'unified'> {
  const flashAttention = isSmall(model) && device === 'cpu' ? 'off' : 'automatic';
  return { flashAttention, unified: isSmall(model) && sequences > 1 };
}

/** What proposes tokens, where something should. @throws Error with what the runtime said */
export function openProposer(
  library: Library,
  vocabulary: Pick<Vocabulary, 'size'>,
  { draftPath, lookup }: Pick<LoadCommand, 'draftPath' | 'lookup'>,
  size: DraftSize,
  abortFlag: Uint8Array,
): Proposer | undefined {
  if (draftPath !== null) return openDraft(library, vocabulary, draftPath, size, abortFlag);
  return lookup ? createLookupProposer() : undefined;
}

type DraftSize = Pick<ContextOptions, 'sequences' | 'contextLength' | 'batch'>;

/**
 * A smaller model beside the one that answers; the vocabularies were compared when it was chosen.
 *
 * @param vocabulary of the larger model.
 * @throws Error with what the runtime said
 */
function openDraft(
  library: Library,
  vocabulary: Pick<Vocabulary, 'size'>,
  path: string,
  size: DraftSize,
  abortFlag: Uint8Array,
): Proposer {
  const model = loadModel(library, path);
  const { call } = library;
  const context = createContext(library, model, createThreadPool(library, threadsFor(model)), {
    ...{ ...layoutFor(library, model, size.sequences), ...size, cacheType: 'F16', adapters: [], abortFlag },
    outputs: size.sequences,
  });
  const greedy = call.llama_sampler_chain_init({ no_perf: true });
  call.llama_sampler_chain_add(greedy, call.llama_sampler_init_greedy());
  return createDraftProposer({
    context,
    likeliest: (index) => call.llama_sampler_sample(greedy, context.pointer(), index),
    endsGeneration: model.vocabulary.endsGeneration,
    vocabularySize: Math.min(vocabulary.size, model.vocabulary.size),
    batch: size.batch,
  });
}

/** By llama.cpp's numbers of `pooling_type`: none or the last state. All others need the whole text in one batch. */
const readablePoolings: readonly unknown[] = [undefined, '0', '3'];

/** @throws Error for a model that makes its vectors of more than the last state. */
function requireLastState({ metadata }: NativeModel): void {
  if (!readablePoolings.includes(metadata(`${metadata('general.architecture')}.pooling_type`)))
    throw new Error('the model makes embeddings in a way that is not supported');
}

/**
 * Logits after the last token of each prompt, as the model gives them, in the order of the vocabulary. The cache is
 * kept in F32 and attention computed plainly, so that they can be compared with another implementation.
 *
 * @throws Error with what the runtime said
 */
export function evaluateLogits(
  library: Library,
  { modelPath, adapterPaths, prompts }: LogitsCommand,
  { abortFlag }: Pick<SharedState, 'abortFlag'>,
): readonly (readonly number[])[] {
  const model = loadModel(library, modelPath, { gpuLayers: 0 });
  const context = createContext(library, model, createThreadPool(library, 1), {
    sequences: 1,
    contextLength: Math.max(...prompts.map((prompt) => prompt.length)) + 1,
    batch: batchTokens,
    flashAttention: 'off',
    unified: false,
    outputs: 1,
    cacheType: 'F32',
    adapters: loadAdapters(library, model, adapterPaths),
    abortFlag,
  });
  return prompts.map((prompt) => {
    context.cut(0, 0);
    for (let from = 0; from < prompt.length; from += batchTokens) {
      const to = Math.min(prompt.length, from + batchTokens);
      context.add(0, from, prompt, from, to, to === prompt.length ? 'last' : 'none');
      context.decode();
    }
    return Array.from(context.logits(0));
  });
}

/** Only the vocabulary of the model is loaded. @throws Error with what the runtime said */
export function tokenizeTexts(
  library: Library,
  { modelPath, texts }: TokenizeCommand,
): readonly (readonly number[])[] {
  using model = loadModel(library, modelPath, { vocabularyOnly: true });
  return texts.map((text) => model.vocabulary.tokenize(text, false));
}
