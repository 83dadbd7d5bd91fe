// RoPE of a checkpoint in both forms of transformers: `rope_theta` with `rope_scaling` (4 and earlier), and
// `rope_parameters` (5), where each kind of layer may have its own. Scaling follows Chen et al. 2023 (linear), Peng et al.
// 2023 (YaRN) and Llama 3.1's rule. What llama.cpp computes otherwise, or not at all for the architecture, is refused.

import { z } from 'zod';
import { isRecord } from '../../base/index.ts';
import type { Architecture } from '../architecture/decoder.ts';
import { float32, type GgufValue } from '../gguf/gguf.ts';

export type RopeScaling =
  | { readonly type: 'none' }
  | { readonly type: 'linear'; readonly factor: number }
  | {
      readonly type: 'yarn';
      readonly factor: number;
      /** Positions that the model was trained on before its frequencies were scaled. */
      readonly originalContextLength: number;
      /** By what cosines and sines are multiplied. */
      readonly attentionFactor: number;
      /** Turns within the original context above which a frequency stays as it is, and below which it is divided. */
      readonly betaFast: number;
      readonly betaSlow: number;
    };

export type Rope = {
  readonly base: number;
  readonly scaling: RopeScaling;
  /** float32 [headWidth / 2]: by how much Llama 3.1 slows each frequency down. */
  readonly factors: Float32Array | undefined;
};

/** What config.json says that bears on RoPE. */
export type RopeKeys = {
  readonly rope_theta?: number | null | undefined;
  readonly rope_scaling?: unknown;
  readonly rope_parameters?: unknown;
  readonly max_position_embeddings: number;
};

type Refuse = (problem: string, key: string) => Error;

/** Kinds of layers that every layer of these architectures is of; settings of other kinds are without effect. */
export const knownLayerType = 'full_attention';

/** Of models that have neither form: transformers' own for all of these architectures. */
const defaultBase = 10_000;

const count = z.int().min(1);
const base = z.number().min(1).max(1e12);
const factor = z.number().min(1).max(1024);
const common = {
  rope_theta: base.nullish(),
  partial_rotary_factor: z.literal(1, 'RoPE on a part of a head is not known').nullish(),
};

const original = count.nullish();

const settings = z.discriminatedUnion('rope_type', [
  // Without scaling, what scaling would begin from is without effect.
  z.strictObject({ ...common, rope_type: z.literal('default'), original_max_position_embeddings: original }),
  z.strictObject({
    ...common,
    rope_type: z.literal('linear'),
    factor,
    original_max_position_embeddings: original,
  }),
  z.strictObject({
    ...common,
    rope_type: z.literal('yarn'),
    factor,
    original_max_position_embeddings: original,
    attention_factor: z.number().gt(0).max(100).nullish(),
    attn_factor: z.number().gt(0).max(100).nullish(),
    beta_fast: z.number().gt(0).max(1e4).nullish(),
    beta_slow: z.number().gt(0).max(1e4).nullish(),
    mscale: z.number().gt(0).max(100).nullish(),
    mscale_all_dim: z.number().gt(0).max(100).nullish(),
    truncate: z.literal(true, 'YaRN without rounding is not known').nullish(),
  }),
  z.strictObject({
    ...common,
    rope_type: z.literal('llama3'),
    factor,
    low_freq_factor: z.number().gt(0),
    high_freq_factor: z.number().gt(0),
    original_max_position_embeddings: count,
  }),
]);

type Settings = z.infer<typeof settings>;

/**
 * @param refuse makes the error of a problem at a key
 * @throws what `refuse` makes for what is not known, contradicts itself or is not computed by llama.cpp
 */
export function readRope(
  keys: RopeKeys,
  model: { readonly architecture: Architecture; readonly headWidth: number },
  refuse: Refuse,
): Rope {
  const { rope_theta: topBase, rope_scaling: scaling, rope_parameters: parameters } = keys;
  const isNew = parameters !== undefined && parameters !== null;
  const isOld = scaling !== undefined && scaling !== null;
  if (isNew && isOld && canonical(parameters) !== canonical(scaling)) {
    throw refuse(`it contradicts rope_scaling, ${shown(scaling)}`, 'rope_parameters');
  }
  const key = isNew ? 'rope_parameters' : 'rope_scaling';
  const given = readSettings(isNew ? ofFullAttention(parameters, refuse) : scaling, key, refuse);
  const ownBase = given.rope_theta ?? undefined;
  if (ownBase !== undefined && typeof topBase === 'number' && ownBase !== topBase) {
    throw refuse(`rope_theta is ${ownBase} there and ${topBase} beside it`, key);
  }
  if (isNew && ownBase === undefined && typeof topBase !== 'number') {
    throw refuse(`${shown(parameters)} names no rope_theta`, key);
  }
  const ropeBase = ownBase ?? topBase ?? defaultBase;
  if (given.rope_type === 'llama3') {
    if (model.architecture !== 'llama') {
      throw refuse(`llama.cpp does not scale the frequencies of ${model.architecture} as llama3 says`, key);
    }
    return {
      base: ropeBase,
      scaling: { type: 'none' },
      factors: llama3Factors(given, model.headWidth, ropeBase),
    };
  }
  return { base: ropeBase, scaling: scalingOf(given, keys.max_position_embeddings), factors: undefined };
}

/** The settings of the one kind of layers there is, where they stand apart by kind. */
function ofFullAttention(parameters: unknown, refuse: Refuse): unknown {
  if (!isRecord(parameters)) return parameters;
  const entries = Object.entries(parameters);
  if (entries.length === 0 || !entries.every(([name]) => /_attention$/.test(name))) return parameters;
  const own = Object.hasOwn(parameters, knownLayerType) ? parameters[knownLayerType] : undefined;
  if (own === undefined)
    throw refuse(`${shown(parameters)} does not say ${knownLayerType}`, 'rope_parameters');
  return own;
}

function readSettings(given: unknown, key: string, refuse: Refuse): Settings {
  if (given === undefined || given === null) return { rope_type: 'default' };
  if (!isRecord(given)) throw refuse(`${shown(given)} is no object`, key);
  // Before transformers 4.43 the type stood under `type`; files of later versions have both.
  const { type, rope_type: ropeType = type, ...rest } = given;
  if (type !== undefined && type !== ropeType) {
    throw refuse(`type is ${shown(type)} and rope_type ${shown(ropeType)}`, key);
  }
  const result = settings.safeParse({ ...rest, rope_type: ropeType ?? 'default' });
  if (result.success) return result.data;
  const [issue] = result.error.issues as [z.core.$ZodIssue];
  if (issue.code === 'invalid_union') {
    const known = 'default, linear, yarn and llama3';
    throw refuse(`RoPE scaling of type ${shown(ropeType)} is not known; known are ${known}`, key);
  }
  if (issue.code === 'unrecognized_keys') {
    const [name] = issue.keys as [string];
    throw refuse(`${name}: ${shown(given[name])} is not known for RoPE of type ${shown(ropeType)}`, key);
  }
  throw refuse(`${issue.message} at ${issue.path.join('.')} of ${shown(given)}`, key);
}

function scalingOf(given: Exclude<Settings, { rope_type: 'llama3' }>, contextLength: number): RopeScaling {
  if (given.rope_type === 'default' || given.factor === 1) return { type: 'none' };
  if (given.rope_type === 'linear') return { type: 'linear', factor: given.factor };
  return {
    type: 'yarn',
    factor: given.factor,
    originalContextLength: given.original_max_position_embeddings ?? contextLength,
    attentionFactor: attentionFactorOf(given),
    betaFast: given.beta_fast ?? 32,
    betaSlow: given.beta_slow ?? 1,
  };
}

/**
 * `attn_factor` stands in the file of DeepSeek-R1-0528-Qwen3-8B and multiplies YaRN's own magnitude, to 1 there, as vLLM and SGLang
 * compute it; transformers warns and passes it over (issue 684 of DeepSeek-R1).
 */
function attentionFactorOf(given: Extract<Settings, { rope_type: 'yarn' }>): number {
  const {
    factor: by,
    attention_factor: stated,
    attn_factor: correction,
    mscale,
    mscale_all_dim: ofAll,
  } = given;
  if (typeof stated === 'number') return stated;
  if (typeof mscale === 'number' && typeof ofAll === 'number') {
    return yarnMagnitude(by, mscale) / yarnMagnitude(by, ofAll);
  }
  return yarnMagnitude(by, 1) * (correction ?? 1);
}

/** Equation 22 of Peng et al., with DeepSeek's weight of the logarithm. */
function yarnMagnitude(by: number, weight: number): number {
  return 0.1 * weight * Math.log(by) + 1;
}

/** Llama 3.1's rule: long waves are slowed down by the factor, short ones not, those between by a share of it. */
function llama3Factors(
  given: Extract<Settings, { rope_type: 'llama3' }>,
  headWidth: number,
  ropeBase: number,
): Float32Array {
  const { factor: by, low_freq_factor: low, high_freq_factor: high } = given;
  const context = given.original_max_position_embeddings;
  return Float32Array.from({ length: headWidth / 2 }, (_, pair) => {
    const wave = 2 * Math.PI * ropeBase ** ((2 * pair) / headWidth);
    if (wave < context / high) return 1;
    if (wave > context / low) return by;
    const smooth = (context / wave - low) / (high - low);
    return 1 / ((1 - smooth) / by + smooth);
  });
}

/**
 * The `rope.*` keys of GGUF, without the architecture's name in front. llama.cpp multiplies cosines and sines by
 * `attn_factor` and by YaRN's own magnitude, so that only what departs from the latter is written.
 */
export function ropeMetadata({ base: ropeBase, scaling }: Rope): readonly (readonly [string, GgufValue])[] {
  const keys: (readonly [string, GgufValue])[] = [['rope.freq_base', float32(ropeBase)]];
  if (scaling.type === 'none') return keys;
  keys.push(
    ['rope.scaling.type', { type: 'string', value: scaling.type }],
    ['rope.scaling.factor', float32(scaling.factor)],
  );
  if (scaling.type === 'linear') return keys;
  const { originalContextLength, attentionFactor, betaFast, betaSlow } = scaling;
  keys.push(['rope.scaling.original_context_length', { type: 'uint32', value: originalContextLength }]);
  const correction = attentionFactor / yarnMagnitude(scaling.factor, 1);
  if (Math.abs(correction - 1) > 1e-6) keys.push(['rope.scaling.attn_factor', float32(correction)]);
  if (betaFast !== 32) keys.push(['rope.scaling.yarn_beta_fast', float32(betaFast)]);
  if (betaSlow !== 1) keys.push(['rope.scaling.yarn_beta_slow', float32(betaSlow)]);
  return keys;
}

/** The same text for the same settings, in whatever order and under whichever name of the type. */
function canonical(value: unknown): string {
  if (!isRecord(value)) return JSON.stringify(value);
  const { type, rope_type = type, rope_theta: _, ...rest } = value;
  return JSON.stringify(Object.entries({ ...rest, rope_type }).sort(([a], [b]) => (a < b ? -1 : 1)));
}

function shown(value: unknown): string {
  return (JSON.stringify(value) ?? 'undefined').slice(0, 200);
}
