// Messages between the engine and its child process. Both sides validate what they receive; the engine trusts the
// child least, because the child has parsed a model file.
import { z } from 'zod';
import type { PromptPiece } from '../../formats/index.ts';

/** What the native runtime is on this machine. */
export type RuntimeFacts = {
  /** Version of the binding, node-llama-cpp. */
  readonly binding: string;
  /** Release of llama.cpp in it. */
  readonly llamaCpp: string;
  /** `none` when everything runs on the CPU. */
  readonly gpu: 'none' | 'cuda' | 'vulkan' | 'metal';
  readonly gpuDevices: readonly string[];
  /** Instruction sets of the CPU that the chosen build of llama.cpp uses. */
  readonly cpuFeatures: readonly string[];
  readonly physicalCores: number;
};

export type LoadCommand = {
  readonly type: 'load';
  readonly modelPath: string;
  /** Null for the default. */
  readonly contextLength: number | null;
  readonly slots: number;
};

export type GenerateCommand = {
  readonly type: 'generate';
  readonly generation: number;
  /** The sequence to use; nobody else gets it until the generation has ended. */
  readonly slot: number;
  readonly prompt: readonly PromptPiece[];
  readonly maxTokens: number;
  readonly temperature: number;
  readonly topP: number;
  /** 32 bits. */
  readonly seed: number;
};

export type LogitsCommand = {
  readonly type: 'logits';
  readonly modelPath: string;
  readonly prompts: readonly (readonly number[])[];
};

export type ToChild =
  | LoadCommand
  | GenerateCommand
  | LogitsCommand
  | { readonly type: 'abort'; readonly generation: number }
  | { readonly type: 'ping' | 'describe' };

/** All but `prompt` and `token` are the last of their generation; its sequence is then empty. */
export type GenerationEvent = { readonly generation: number } & (
  | { readonly type: 'prompt'; readonly promptTokens: number }
  | { readonly type: 'token'; readonly text: string; readonly id: number }
  | { readonly type: 'end'; readonly reason: 'stop' | 'length'; readonly completionTokens: number }
  | { readonly type: 'too-long'; readonly received: number; readonly limit: number }
  | { readonly type: 'fault'; readonly reason: string }
  | { readonly type: 'aborted' }
);

export type FromChild =
  | { readonly type: 'ready'; readonly facts: RuntimeFacts; readonly contextLength: number }
  /** Loading, describing or evaluating failed; the child is of no more use. */
  | { readonly type: 'failed'; readonly reason: string }
  | { readonly type: 'events'; readonly events: readonly GenerationEvent[] }
  | { readonly type: 'facts'; readonly facts: RuntimeFacts }
  | { readonly type: 'logits'; readonly logits: readonly (readonly number[])[] }
  | { readonly type: 'log'; readonly level: string; readonly message: string }
  | { readonly type: 'pong' };

/** @throws ZodError for anything that is not a message to the child. */
export function parseToChild(message: unknown): ToChild {
  return toChildSchema.parse(message);
}

/** @throws ZodError for anything that is not a message from the child. */
export function parseFromChild(message: unknown): FromChild {
  return fromChildSchema.parse(message);
}

const count = z.int().nonnegative();

const toChildSchema: z.ZodType<ToChild> = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('load'),
    modelPath: z.string(),
    contextLength: z.int().positive().nullable(),
    slots: z.int().positive(),
  }),
  z.strictObject({
    type: z.literal('generate'),
    generation: count,
    slot: count,
    prompt: z.array(z.strictObject({ text: z.string(), special: z.boolean() })),
    maxTokens: count,
    temperature: z.number().nonnegative(),
    topP: z.number().min(0).max(1),
    seed: count,
  }),
  z.strictObject({
    type: z.literal('logits'),
    modelPath: z.string(),
    prompts: z.array(z.array(count).min(1)),
  }),
  z.strictObject({ type: z.literal('abort'), generation: count }),
  z.strictObject({ type: z.literal(['ping', 'describe']) }),
]);

const factsSchema: z.ZodType<RuntimeFacts> = z.strictObject({
  binding: z.string(),
  llamaCpp: z.string(),
  gpu: z.enum(['none', 'cuda', 'vulkan', 'metal']),
  gpuDevices: z.array(z.string()),
  cpuFeatures: z.array(z.string()),
  physicalCores: count,
});

const generationEventSchema: z.ZodType<GenerationEvent> = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('token'), generation: count, text: z.string(), id: count }),
  z.strictObject({ type: z.literal('prompt'), generation: count, promptTokens: count }),
  z.strictObject({
    type: z.literal('end'),
    generation: count,
    reason: z.enum(['stop', 'length']),
    completionTokens: count,
  }),
  z.strictObject({ type: z.literal('too-long'), generation: count, received: count, limit: count }),
  z.strictObject({ type: z.literal('fault'), generation: count, reason: z.string() }),
  z.strictObject({ type: z.literal('aborted'), generation: count }),
]);

const fromChildSchema: z.ZodType<FromChild> = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('events'), events: z.array(generationEventSchema) }),
  z.strictObject({ type: z.literal('ready'), facts: factsSchema, contextLength: z.int().positive() }),
  z.strictObject({ type: z.literal('failed'), reason: z.string() }),
  z.strictObject({ type: z.literal('facts'), facts: factsSchema }),
  z.strictObject({ type: z.literal('logits'), logits: z.array(z.array(z.number())) }),
  z.strictObject({ type: z.literal('log'), level: z.string(), message: z.string() }),
  z.strictObject({ type: z.literal('pong') }),
]);
