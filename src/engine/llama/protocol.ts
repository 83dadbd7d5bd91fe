// Messages between the engine and its child process. Both sides validate what they receive; the engine trusts the
// child least, because the child has parsed a model file.
import { z } from 'zod';
import type { EngineLayout, LayoutWishes } from '../../base/index.ts';
import type { PromptPiece } from '../../formats/index.ts';
import type { ForcedText, Sampling, TokenAlternative, Watermark } from '../engine.ts';
import { type LayoutChoice, layoutChoiceSchema } from './layout/choose-layout.ts';
import { layoutSchema, layoutWishesSchema } from './layout/layout.ts';

/** What the native runtime is on this machine. */
export type RuntimeFacts = {
  /** Version of koffi, through which it is called. */
  readonly binding: string;
  /** Release of llama.cpp in it. */
  readonly llamaCpp: string;
  /** `none` when everything runs on the CPU. */
  readonly gpu: 'none' | 'cuda' | 'vulkan' | 'metal';
  readonly gpuDevices: readonly string[];
  /** Bytes, of all devices together; null without one. */
  readonly gpuMemory: { readonly total: number; readonly free: number } | null;
  /** Instruction sets of the CPU that the chosen build of llama.cpp uses. */
  readonly cpuFeatures: readonly string[];
  readonly physicalCores: number;
};

export type LoadCommand = {
  readonly type: 'load';
  readonly modelPath: string;
  readonly adapterPaths: readonly string[];
  /** A smaller model that proposes tokens; null for none. */
  readonly draftPath: string | null;
  /** Without a draft: whether earlier text of a sequence proposes tokens to it. */
  readonly lookup: boolean;
  /** Null for the default. */
  readonly contextLength: number | null;
  readonly slots: number;
  /** Of the layout, what is not to be as the table has it. */
  readonly layout: LayoutWishes;
  /** For beginnings of prompts that no sequence holds any more. */
  readonly promptCacheBytes: number;
};

/** What was left out arrives as undefined. */
type SamplingCommand = { readonly [Option in keyof Sampling]: Sampling[Option] | undefined } & {
  readonly temperature: number;
  readonly topP: number;
  readonly seed: number;
};

export type GenerateCommand = {
  readonly type: 'generate';
  readonly generation: number;
  readonly prompt: readonly PromptPiece[];
  readonly maxTokens: number;
  readonly sampling: SamplingCommand;
  /** Null: what is computed is not kept for anybody. */
  readonly cacheScope: string | null;
  /** How many alternatives are wanted; null: no log-probabilities at all. */
  readonly logProbabilities: number | null;
  readonly constraint: { readonly grammar: string; readonly after: string } | null;
  readonly forced: Omit<ForcedText, 'now'> | null;
  readonly watermark: Watermark | null;
  /** Null: control tokens come as the text that they are named by. Otherwise those that are no markers have none. */
  readonly markers: readonly string[] | null;
};

export type EmbedCommand = {
  readonly type: 'embed';
  readonly generation: number;
  readonly text: string;
};

export type CountCommand = {
  readonly type: 'count';
  /** A number of its own, as generations have. */
  readonly generation: number;
  readonly prompt: readonly PromptPiece[];
};

export type LogitsCommand = {
  readonly type: 'logits';
  readonly modelPath: string;
  readonly adapterPaths: readonly string[];
  readonly prompts: readonly (readonly number[])[];
};

/** The tokens that a model's vocabulary has for texts, of which nothing is a control token. */
export type TokenizeCommand = {
  readonly type: 'tokenize';
  readonly modelPath: string;
  readonly texts: readonly string[];
};

export type ChooseLayoutCommand = {
  readonly type: 'choose-layout';
  /** Whether attention stays as it usually is. */
  readonly keepsAttention: boolean;
};

export type ToChild =
  | LoadCommand
  | GenerateCommand
  | EmbedCommand
  | CountCommand
  | LogitsCommand
  | TokenizeCommand
  | { readonly type: 'abort' | 'force'; readonly generation: number }
  | { readonly type: 'ping' | 'describe' }
  | ChooseLayoutCommand;

/** To the thread that evaluates; all but what the other one answers itself. */
export type ToWorker =
  | Exclude<ToChild, { readonly type: 'ping' | 'describe' }>
  | { readonly type: 'describe' };

/** Whether the child gets on: the steps it has made, and whether it is at work. */
export type Progress = { readonly steps: number; readonly working: boolean };

/** All but `prompt` and `token` are the last of their generation; its sequence is then free. */
export type GenerationEvent = { readonly generation: number } & (
  | {
      readonly type: 'prompt';
      readonly promptTokens: number;
      readonly reusedTokens: number;
      readonly markerTokens?: readonly string[] | undefined;
    }
  | {
      readonly type: 'token';
      readonly text: string;
      readonly id: number;
      readonly forced?: true | undefined;
      readonly marker?: true | undefined;
      readonly logProbability?: number | undefined;
      readonly alternatives?: readonly TokenAlternative[] | undefined;
    }
  | { readonly type: 'end'; readonly reason: 'stop' | 'length'; readonly completionTokens: number }
  | { readonly type: 'embedding'; readonly vector: readonly number[]; readonly tokens: number }
  | { readonly type: 'counted'; readonly tokens: number }
  | { readonly type: 'too-long'; readonly received: number; readonly limit: number }
  /** The constraint cannot be used. */
  | { readonly type: 'refused'; readonly problem: string }
  | { readonly type: 'fault'; readonly reason: string }
  | { readonly type: 'aborted' }
);

export type FromChild =
  | {
      readonly type: 'ready';
      readonly facts: RuntimeFacts;
      readonly contextLength: number;
      readonly layout: EngineLayout;
      /** Memory of the process before the model was loaded. */
      readonly residentBytesBefore: number;
    }
  /** Loading, describing or evaluating failed; the child is of no more use. */
  | {
      readonly type: 'failed';
      readonly reason: string;
      /** The libraries are of another release of llama.cpp than the engine is written for. */
      readonly release?: { readonly expected: string; readonly received: string } | undefined;
    }
  | { readonly type: 'events'; readonly events: readonly GenerationEvent[] }
  | { readonly type: 'facts'; readonly facts: RuntimeFacts }
  | { readonly type: 'layout'; readonly choice: LayoutChoice }
  | { readonly type: 'tokens'; readonly tokens: readonly (readonly number[])[] }
  | { readonly type: 'logits'; readonly logits: readonly (readonly number[])[] }
  | { readonly type: 'log'; readonly level: string; readonly message: string }
  | (Progress & { readonly type: 'pong'; readonly residentBytes: number });

/** From the thread that evaluates. */
export type FromWorker = FromChild;

/** @throws ZodError for anything that is not a message to the child. */
export function parseToChild(message: unknown): ToChild {
  return toChildSchema.parse(message);
}

/** @throws ZodError for anything that is not a message from the child. */
export function parseFromChild(message: unknown): FromChild {
  return fromChildSchema.parse(message);
}

const count = z.int().nonnegative();

const promptSchema = z.array(z.strictObject({ text: z.string(), special: z.boolean() }));

const toChildSchema: z.ZodType<ToChild> = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('load'),
    modelPath: z.string(),
    adapterPaths: z.array(z.string()),
    draftPath: z.string().nullable(),
    lookup: z.boolean(),
    contextLength: z.int().positive().nullable(),
    slots: z.int().positive(),
    layout: layoutWishesSchema,
    promptCacheBytes: count,
  }),
  z.strictObject({
    type: z.literal('generate'),
    generation: count,
    prompt: promptSchema,
    maxTokens: count,
    sampling: z.strictObject({
      temperature: z.number().nonnegative(),
      topP: z.number().min(0).max(1),
      seed: count,
      topK: z.int().positive().optional(),
      minP: z.number().min(0).max(1).optional(),
      repetitionPenalty: z.number().positive().optional(),
      presencePenalty: z.number().optional(),
      frequencyPenalty: z.number().optional(),
      logitBias: z.array(z.tuple([count, z.number()])).optional(),
    }),
    cacheScope: z.string().nullable(),
    logProbabilities: count.nullable(),
    constraint: z.strictObject({ grammar: z.string(), after: z.string() }).nullable(),
    forced: z
      .strictObject({ text: z.string(), afterTokens: count.nullable(), unless: z.string() })
      .nullable(),
    watermark: z
      .strictObject({
        key: z.string().regex(/^[0-9a-f]{64}$/),
        window: z.int().min(1).max(16),
        share: z.number().gt(0).max(1).exactOptional(),
      })
      .nullable(),
    markers: z.array(z.string()).nullable(),
  }),
  z.strictObject({ type: z.literal('embed'), generation: count, text: z.string() }),
  z.strictObject({ type: z.literal('count'), generation: count, prompt: promptSchema }),
  z.strictObject({
    type: z.literal('logits'),
    modelPath: z.string(),
    adapterPaths: z.array(z.string()),
    prompts: z.array(z.array(count).min(1)),
  }),
  z.strictObject({ type: z.literal('tokenize'), modelPath: z.string(), texts: z.array(z.string()) }),
  z.strictObject({ type: z.literal(['abort', 'force']), generation: count }),
  z.strictObject({ type: z.literal(['ping', 'describe']) }),
  z.strictObject({ type: z.literal('choose-layout'), keepsAttention: z.boolean() }),
]);

const factsSchema: z.ZodType<RuntimeFacts> = z.strictObject({
  binding: z.string(),
  llamaCpp: z.string(),
  gpu: z.enum(['none', 'cuda', 'vulkan', 'metal']),
  gpuDevices: z.array(z.string()),
  gpuMemory: z.strictObject({ total: count, free: count }).nullable(),
  cpuFeatures: z.array(z.string()),
  physicalCores: count,
});

const generationEventSchema: z.ZodType<GenerationEvent> = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('token'),
    generation: count,
    text: z.string(),
    id: count,
    forced: z.literal(true).optional(),
    marker: z.literal(true).optional(),
    logProbability: z.number().nonpositive().optional(),
    alternatives: z
      .array(z.strictObject({ text: z.string(), logProbability: z.number().nonpositive() }))
      .optional(),
  }),
  z.strictObject({
    type: z.literal('prompt'),
    generation: count,
    promptTokens: count,
    reusedTokens: count,
    markerTokens: z.array(z.string()).optional(),
  }),
  z.strictObject({
    type: z.literal('end'),
    generation: count,
    reason: z.enum(['stop', 'length']),
    completionTokens: count,
  }),
  z.strictObject({
    type: z.literal('embedding'),
    generation: count,
    vector: z.array(z.number()),
    tokens: count,
  }),
  z.strictObject({ type: z.literal('counted'), generation: count, tokens: count }),
  z.strictObject({ type: z.literal('too-long'), generation: count, received: count, limit: count }),
  z.strictObject({ type: z.literal('refused'), generation: count, problem: z.string() }),
  z.strictObject({ type: z.literal('fault'), generation: count, reason: z.string() }),
  z.strictObject({ type: z.literal('aborted'), generation: count }),
]);

const fromChildSchema: z.ZodType<FromChild> = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('events'), events: z.array(generationEventSchema) }),
  z.strictObject({
    type: z.literal('ready'),
    facts: factsSchema,
    contextLength: z.int().positive(),
    layout: layoutSchema,
    residentBytesBefore: count,
  }),
  z.strictObject({
    type: z.literal('failed'),
    reason: z.string(),
    release: z.strictObject({ expected: z.string(), received: z.string() }).optional(),
  }),
  z.strictObject({ type: z.literal('facts'), facts: factsSchema }),
  z.strictObject({ type: z.literal('layout'), choice: layoutChoiceSchema }),
  z.strictObject({ type: z.literal('tokens'), tokens: z.array(z.array(count)) }),
  z.strictObject({ type: z.literal('logits'), logits: z.array(z.array(z.number())) }),
  z.strictObject({ type: z.literal('log'), level: z.string(), message: z.string() }),
  z.strictObject({ type: z.literal('pong'), steps: count, working: z.boolean(), residentBytes: count }),
]);
