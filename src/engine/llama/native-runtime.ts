// The native runtime, as the child process uses it: llama.cpp through node-llama-cpp, never compiled or downloaded
// here, on the best device there is. Reading a malformed model file may end the process; that is why it has its own.
import {
  getLlama,
  getModuleVersion,
  type Llama,
  LlamaLogLevel,
  type LlamaModel,
  type Token,
} from 'node-llama-cpp';
import type { Clock } from '../../base/index.ts';
import type { PromptPiece } from '../../formats/index.ts';
import { createEmbedder, type Embedder } from './embedder.ts';
import { createEmbeddingContext, openNativeContext } from './native-binding.ts';
import { batchTokens, createPrefillPace, measureChunk, mostTokens } from './prefill-chunk.ts';
import { promptTokens } from './prompt-tokens.ts';
import type { GenerationEvent, LoadCommand, LogitsCommand, RuntimeFacts } from './protocol.ts';
import { createScheduler, type Scheduler } from './scheduler.ts';

/**
 * Below this size a second thread costs more than it wins (measured 75 tokens per second against 2,200), and so does
 * flash attention on a CPU (measured 4.7 ms of processor time a step of 16 sequences against 3.5).
 */
const singleThreadBytes = 50e6;
const defaultContextLength = 4096;
/** Tokens of a text that is embedded: the context for it comes on top of what a model was planned to take. */
const longestEmbedded = 512;

export async function openRuntime(log: (level: string, message: string) => void): Promise<Llama> {
  return await getLlama({
    gpu: 'auto',
    build: 'never',
    skipDownload: true,
    progressLogs: false,
    logLevel: LlamaLogLevel.warn,
    logger: (level, message) => log(level, message.trim()),
  });
}

export async function describeRuntime(llama: Llama): Promise<RuntimeFacts> {
  const { total, free } = await llama.getVramState();
  return {
    binding: await getModuleVersion(),
    llamaCpp: llama.llamaCppRelease.release,
    gpu: llama.gpu === false ? 'none' : llama.gpu,
    gpuDevices: llama.gpu === false ? [] : await llama.getGpuDeviceNames(),
    gpuMemory: llama.gpu === false ? null : { total, free },
    cpuFeatures: [...llama.systemInfo.matchAll(/(\w+) = 1/g)].map(([, feature]) => feature as string),
    physicalCores: llama.cpuMathCores,
  };
}

export type LoadedModel = {
  readonly scheduler: Scheduler;
  readonly embedder: Embedder;
  /** How many tokens a prompt has. @throws Error for text that cannot be tokenised */
  readonly count: (prompt: readonly PromptPiece[]) => number;
  readonly contextLength: number;
};

/** Loads a model with one context of as many sequences as there are slots. */
export async function loadModel(
  llama: Llama,
  { modelPath, adapterPaths, contextLength: wanted, slots }: LoadCommand,
  emit: (event: GenerationEvent) => void,
  clock: Clock,
): Promise<LoadedModel> {
  // Read and not mapped: what is written to the file later changes nothing. On a CPU the weights are stored anew for its
  // kernels besides, and a mapped file beside them would take the memory twice.
  const model = await llama.loadModel({ modelPath, useMmap: false });
  const { size } = model;
  const isSmall = size < singleThreadBytes;
  const threads = isSmall ? 1 : llama.cpuMathCores;
  const contextLength = Math.min(wanted ?? defaultContextLength, model.trainContextSize);
  const context = await model.createContext({
    sequences: slots,
    contextSize: contextLength,
    batchSize: batchTokens,
    threads,
    flashAttention: isSmall && llama.gpu === false ? false : 'auto',
    failedCreationRemedy: false,
    lora: loraOf(adapterPaths),
  });
  const native = openNativeContext(llama, model, context);
  const read = async (count: number): Promise<void> => {
    const tokens = new Array<number>(count).fill(0);
    await native.decode([{ sequence: 0, position: 0, tokens, logits: true }]);
    native.truncate(0, 0);
  };
  const most = mostTokens(contextLength, llama.gpu !== false);
  const chunk = await measureChunk(read, most, clock);
  const scheduler = createScheduler({
    model,
    native,
    slots,
    contextLength,
    prefillPace: createPrefillPace(chunk, most),
    clock,
    emit,
  });
  const textLength = Math.min(contextLength, longestEmbedded);
  const embedder = createEmbedder({
    model,
    open: () => {
      requireLastState(model);
      return createEmbeddingContext(llama, model, {
        contextSize: textLength,
        batchSize: Math.min(chunk, textLength),
        threads,
        failedCreationRemedy: false,
        lora: loraOf(adapterPaths),
      });
    },
    contextLength: textLength,
    chunk,
    emit,
  });
  return { scheduler, embedder, count: (prompt) => promptTokens(model, prompt).length, contextLength };
}

/** At the scale that the files state. */
function loraOf(adapterPaths: readonly string[]): { adapters: { filePath: string }[] } {
  return { adapters: adapterPaths.map((filePath) => ({ filePath })) };
}

/** By llama.cpp's numbers of `pooling_type`: none or the last state. All others need the whole text in one batch. */
const readablePoolings: readonly unknown[] = [undefined, 0, 3];

/** @throws Error for a model that makes its vectors of more than the last state. */
function requireLastState({ fileInfo: { metadata } }: LlamaModel): void {
  const { architecture } = metadata.general;
  const pooling = (metadata as Readonly<Record<string, { readonly pooling_type?: unknown } | undefined>>)[
    architecture
  ]?.pooling_type;
  if (!readablePoolings.includes(pooling))
    throw new Error('the model makes embeddings in a way that is not supported');
}

/**
 * Logits after the last token of each prompt, as the model gives them, in the order of the vocabulary. The cache is
 * kept in F32 and attention computed plainly, so that they can be compared with another implementation.
 */
export async function evaluateLogits(
  llama: Llama,
  { modelPath, adapterPaths, prompts }: LogitsCommand,
): Promise<readonly (readonly number[])[]> {
  const model = await llama.loadModel({ modelPath, gpuLayers: 0 });
  const context = await model.createContext({
    contextSize: Math.max(...prompts.map((prompt) => prompt.length)) + 1,
    batchSize: batchTokens,
    threads: 1,
    flashAttention: false,
    experimentalKvCacheKeyType: 'F32',
    experimentalKvCacheValueType: 'F32',
    lora: loraOf(adapterPaths),
  });
  const sequence = context.getSequence();
  const logits: number[][] = [];
  for (const prompt of prompts) {
    await sequence.clearHistory();
    const last = prompt.length - 1;
    // Temperature 1 and no filter: the values come out as they were before sampling.
    const plain = { temperature: 1, topK: 0, topP: 1, minP: 0, seed: 0 };
    const outputs = await sequence.controlledEvaluate([
      ...(prompt.slice(0, -1) as Token[]),
      [prompt[last] as Token, { generateNext: { logits: true, options: plain } }],
    ]);
    const byToken = outputs[last]?.next.logits;
    if (byToken === undefined) throw new Error('the runtime gave no logits');
    logits.push(Array.from({ length: byToken.size }, (_, id) => byToken.get(id as Token) ?? Number.NaN));
  }
  return logits;
}
