// The native runtime as the child's evaluating thread uses it: models loaded, described, asked for logits. Reading a
// malformed model file may end the process; that is why it has its own.
import type { Clock, EngineLayout } from '../../base/index.ts';
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
import { type LayoutChoice, notMeasured } from './layout/choose-layout.ts';
import { isSmallModel, layoutWith, usualLayout } from './layout/layout.ts';
import { contextOpener, hasSolo, isUnified, openServing } from './layout/open-contexts.ts';
import { tryLayouts, watchMachine } from './layout/try-layouts.ts';
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
  readonly layout: EngineLayout;
  /** By a trial, for as long as `longestTrialMs`. @throws Error with what the runtime said */
  readonly chooseLayout: (keepsAttention: boolean) => LayoutChoice;
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
  const wasDisturbed = watchMachine();
  const model = loadModel(library, modelPath);
  const { vocabulary } = model;
  const contextLength = Math.min(command.contextLength ?? defaultContextLength, model.trainContextSize);
  const batch = Math.max(isSmallModel(model.size) ? batchTokens : largeBatchTokens, 2 * slots);
  const usual = usualLayoutOf(library, model);
  const layout = layoutWith(usual, command.layout);
  const adapters = loadAdapters(library, model, adapterPaths);
  const hasProposals = command.draftPath !== null || command.lookup;
  const size = { sequences: slots, contextLength, batch };
  const open = contextOpener(library, model, { adapters, abortFlag });
  const outputs = slots * (hasProposals ? 1 + mostProposed : 1);
  const context = openServing(open, layout, { ...size, outputs }, hasSolo(library, model));
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
    fillsGaps: !isUnified(layout, slots) && !model.isRecurrent,
    clock,
    mayYieldFor: (milliseconds) => mayYieldUntil(clock.now() + milliseconds),
    emit,
  });
  const textLength = Math.min(contextLength, longestEmbedded);
  const openEmbedding = (): NativeContext => {
    requireLastState(model);
    const batch = Math.min(batchTokens, textLength);
    return open(layout, { sequences: 1, contextLength: textLength, batch, outputs: 'states' });
  };
  const embedder = createEmbedder({
    vocabulary,
    open: openEmbedding,
    contextLength: textLength,
    batch: Math.min(batchTokens, textLength),
    emit,
  });
  const count = (prompt: readonly PromptPiece[]): number => promptTokens(vocabulary, prompt).length;
  const chooseLayout = (keepsAttention: boolean): LayoutChoice =>
    wasDisturbed()
      ? notMeasured(usual, 'disturbed')
      : tryLayouts(library, model, { usual, keepsAttention, open, clock });
  return { scheduler, embedder, count, contextLength, layout, chooseLayout };
}

function usualLayoutOf({ device }: Library, { size }: NativeModel): EngineLayout {
  return usualLayout({ bytes: size, hasGpu: device !== 'cpu' }, physicalCores());
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
  const open = contextOpener(library, model, { adapters: [], abortFlag });
  const context = open(usualLayoutOf(library, model), { ...size, outputs: size.sequences });
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
