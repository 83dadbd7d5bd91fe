// The reasoner: a Qwen2-style decoder (RMSNorm, rotary positions, grouped-query attention with q/k/v biases, SwiGLU,
// tied embedding) after nanoGPT's plan. Parameter names are those of GGUF, so that export is a copy.
import type { Random } from '../base/index.ts';
import type { TransformerConfiguration } from '../formats/index.ts';
import {
  add,
  causalAttention,
  createParameters,
  createRopeTable,
  embedding,
  joinParameters,
  linear,
  type Parameter,
  type ParameterShape,
  type Parameters,
  packWeight,
  type Region,
  type RopeTable,
  rmsNorm,
  rope,
  swiglu,
  type Tape,
  type Tensor,
  type TensorRuntime,
} from '../tensor/index.ts';

/** Shape of a trainable decoder: the width of a head is a multiple of 8, that of the feed-forward part of 4. */
export type ModelShape = TransformerConfiguration;

type Block = {
  readonly attentionNorm: Parameter;
  /** Query, key and value weights as one matrix: one product instead of three. */
  readonly qkvWeight: Parameter;
  readonly qkvBias: Parameter;
  readonly attentionOutput: Parameter;
  readonly feedForwardNorm: Parameter;
  /** Gate and up weights as one matrix. */
  readonly gateUp: Parameter;
  readonly down: Parameter;
};

export type Model = {
  readonly runtime: TensorRuntime;
  readonly shape: ModelShape;
  readonly parameters: Parameters;
  /** [vocabularySize, width]; also the output projection (tied weights). */
  readonly tokenEmbedding: Parameter;
  readonly blocks: readonly Block[];
  readonly outputNorm: Parameter;
  readonly rope: RopeTable;
};

/** Names (GGUF) and shapes in their order in memory; weights that are used as one matrix are neighbours. */
export function parameterShapes(shape: ModelShape): readonly ParameterShape[] {
  const { vocabularySize, width, layers, heads, keyValueHeads, feedForward } = shape;
  const keyValueWidth = (width / heads) * keyValueHeads;
  const matrix = (name: string, outputs: number, inputs: number): ParameterShape => ({
    name: `${name}.weight`,
    shape: [outputs, inputs],
    decay: true,
  });
  const vector = (name: string, length: number): ParameterShape => ({ name, shape: [length], decay: false });
  const block = (layer: number): ParameterShape[] => {
    const prefix = `blk.${layer}`;
    return [
      vector(`${prefix}.attn_norm.weight`, width),
      matrix(`${prefix}.attn_q`, width, width),
      matrix(`${prefix}.attn_k`, keyValueWidth, width),
      matrix(`${prefix}.attn_v`, keyValueWidth, width),
      vector(`${prefix}.attn_q.bias`, width),
      vector(`${prefix}.attn_k.bias`, keyValueWidth),
      vector(`${prefix}.attn_v.bias`, keyValueWidth),
      matrix(`${prefix}.attn_output`, width, width),
      vector(`${prefix}.ffn_norm.weight`, width),
      matrix(`${prefix}.ffn_gate`, feedForward, width),
      matrix(`${prefix}.ffn_up`, feedForward, width),
      matrix(`${prefix}.ffn_down`, width, feedForward),
    ];
  };
  return [
    matrix('token_embd', vocabularySize, width),
    ...Array.from({ length: layers }, (_, layer) => block(layer)).flat(),
    vector('output_norm.weight', width),
  ];
}

/**
 * Allocates a model whose parameters are all zero; see `initialise`.
 *
 * @throws TGL_TENSOR_SHAPE unless width / heads is a multiple of 8; TGL_TENSOR_MEMORY
 */
export function createModel(runtime: TensorRuntime, shape: ModelShape): Model {
  const table = {
    positions: shape.contextLength,
    headWidth: shape.width / shape.heads,
    base: shape.ropeBase,
  };
  const ropeTable = createRopeTable(runtime, table);
  const parameters = createParameters(runtime, parameterShapes(shape));
  const block = (layer: number): Block => {
    const named = (name: string): string => `blk.${layer}.${name}`;
    const joined = (...names: string[]): Parameter => joinParameters(parameters, names.map(named));
    return {
      attentionNorm: parameters.get(named('attn_norm.weight')),
      qkvWeight: joined('attn_q.weight', 'attn_k.weight', 'attn_v.weight'),
      qkvBias: joined('attn_q.bias', 'attn_k.bias', 'attn_v.bias'),
      attentionOutput: parameters.get(named('attn_output.weight')),
      feedForwardNorm: parameters.get(named('ffn_norm.weight')),
      gateUp: joined('ffn_gate.weight', 'ffn_up.weight'),
      down: parameters.get(named('ffn_down.weight')),
    };
  };
  return {
    runtime,
    shape,
    parameters,
    tokenEmbedding: parameters.get('token_embd.weight'),
    blocks: Array.from({ length: shape.layers }, (_, layer) => block(layer)),
    outputNorm: parameters.get('output_norm.weight'),
    rope: ropeTable,
  };
}

/** The model with its weights packed in `region`, for many passes over a few rows until the weights change. */
export function packModel(model: Model, region: Region): Model {
  const pack = (weight: Parameter): Parameter => packWeight(model.runtime, region, weight);
  return {
    ...model,
    tokenEmbedding: pack(model.tokenEmbedding),
    blocks: model.blocks.map((block) => ({
      ...block,
      qkvWeight: pack(block.qkvWeight),
      attentionOutput: pack(block.attentionOutput),
      gateUp: pack(block.gateUp),
      down: pack(block.down),
    })),
  };
}

/** GPT-2's start: normal with deviation 0.02, less for what is added to the residual stream; norms 1, biases 0. */
export function initialise(model: Model, random: Random): void {
  const residual = 0.02 / Math.sqrt(2 * model.shape.layers);
  for (const { name, values } of model.parameters.tensors.values()) {
    if (name.endsWith('norm.weight')) values.fill(1);
    else if (name.endsWith('.bias')) values.fill(0);
    else fillNormal(values, /attn_output|ffn_down/.test(name) ? residual : 0.02, random);
  }
}

/** Independent normal numbers (Box and Muller 1958). */
function fillNormal(values: Float32Array, deviation: number, random: Random): void {
  for (let i = 0; i < values.length; i++) {
    const radius = Math.sqrt(-2 * Math.log(1 - random.next()));
    values[i] = deviation * radius * Math.cos(2 * Math.PI * random.next());
  }
}

/**
 * Logits [batch·length, vocabularySize] of whole sequences. tokens [batch·length], short sequences padded on the right
 * with any token.
 *
 * @throws TGL_TENSOR_SHAPE, TGL_TENSOR_MEMORY
 */
export function forward(tape: Tape, model: Model, tokens: Int32Array, batch: number, length: number): Tensor {
  return unembed(tape, model, hiddenOf(tape, model, { tokens, rows: batch, length }));
}

/** Right-padded sequences, tokens [rows·length]. */
type Sequences = { readonly tokens: Int32Array; readonly rows: number; readonly length: number };

/**
 * Logits [predictionIndices, vocabularySize] at the given indices only, which saves the largest product for all others.
 *
 * @throws TGL_TENSOR_SHAPE, TGL_TENSOR_MEMORY
 */
export function forwardAt(
  tape: Tape,
  model: Model,
  sequences: Sequences,
  predictionIndices: Int32Array,
): Tensor {
  return unembed(tape, model, embedding(tape, hiddenOf(tape, model, sequences), predictionIndices));
}

function hiddenOf(tape: Tape, model: Model, { tokens, rows: batch, length }: Sequences): Tensor {
  const positions = Int32Array.from(tokens, (_, row) => row % length);
  const layout = { batch, length, heads: model.shape.heads, keyValueHeads: model.shape.keyValueHeads };
  return transform(tape, model, tokens, positions, (qkv) => causalAttention(tape, qkv, layout));
}

/** The blocks, with the attention left open: whole sequences here, a cache in the decoder. → [rows, width] */
export function transform(
  tape: Tape,
  model: Model,
  tokens: Int32Array,
  positions: Int32Array,
  attend: (qkv: Tensor, layer: number) => Tensor,
): Tensor {
  const { shape, blocks } = model;
  const norm = (x: Tensor, weight: Parameter): Tensor => rmsNorm(tape, x, weight, shape.normEpsilon);
  let x = embedding(tape, model.tokenEmbedding, tokens);
  for (const [layer, block] of blocks.entries()) {
    const qkv = linear(tape, norm(x, block.attentionNorm), block.qkvWeight, block.qkvBias);
    const attended = attend(rope(tape, qkv, positions, model.rope, shape), layer);
    x = add(tape, x, linear(tape, attended, block.attentionOutput));
    const gated = swiglu(tape, linear(tape, norm(x, block.feedForwardNorm), block.gateUp));
    x = add(tape, x, linear(tape, gated, block.down));
  }
  return norm(x, model.outputNorm);
}

/** Logits by the embedding itself (tied weights). */
export function unembed(tape: Tape, model: Model, hidden: Tensor): Tensor {
  return linear(tape, hidden, model.tokenEmbedding);
}
