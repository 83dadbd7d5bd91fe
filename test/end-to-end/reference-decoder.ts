// A decoder as its papers define it, in double precision and without any of the program's own parts: what a converted
// checkpoint has to compute in llama.cpp. Names and row order are those of transformers, whose RoPE turns halves of a head.
export type ReferenceShape = {
  readonly width: number;
  readonly layers: number;
  readonly heads: number;
  readonly keyValueHeads: number;
  readonly headWidth: number;
  readonly ropeBase: number;
  readonly normEpsilon: number;
  /** Whether a layer has RoPE. @default every one has */
  readonly hasRope?: (layer: number) => boolean;
};

export type Weights = ReadonlyMap<string, Float32Array>;

/** Logits [vocabulary] of the token after `tokens`. Biases, norms of heads and an own output projection are used where there. */
export function referenceLogits(
  shape: ReferenceShape,
  weights: Weights,
  tokens: readonly number[],
): number[] {
  const { width, layers, normEpsilon } = shape;
  const weight = (name: string): Float32Array => weights.get(name)!;
  const embedding = weight('model.embed_tokens.weight');
  let states = tokens.map((token) => [...embedding.subarray(token * width, (token + 1) * width)]);
  for (let layer = 0; layer < layers; layer++) {
    const part = (name: string): string => `model.layers.${layer}.${name}`;
    const normed = states.map((x) => normalised(x, weight(part('input_layernorm.weight')), normEpsilon));
    const attended = attention(shape, layer, normed, (name) => weights.get(part(`self_attn.${name}`)));
    states = states.map((x, position) => plus(x, attended[position]!));
    states = states.map((x) => {
      const y = normalised(x, weight(part('post_attention_layernorm.weight')), normEpsilon);
      const gate = times(weight(part('mlp.gate_proj.weight')), y);
      const up = times(weight(part('mlp.up_proj.weight')), y);
      const inner = gate.map((value, index) => (value / (1 + Math.exp(-value))) * up[index]!);
      return plus(x, times(weight(part('mlp.down_proj.weight')), inner));
    });
  }
  const last = normalised(states.at(-1)!, weight('model.norm.weight'), normEpsilon);
  return times(weights.get('lm_head.weight') ?? embedding, last);
}

function attention(
  { heads, keyValueHeads, headWidth, ropeBase, normEpsilon, hasRope = () => true }: ReferenceShape,
  layer: number,
  inputs: readonly number[][],
  of: (name: string) => Float32Array | undefined,
): number[][] {
  const project = (name: 'q' | 'k' | 'v', x: number[], position: number): number[][] => {
    const bias = of(`${name}_proj.bias`);
    const rows = times(of(`${name}_proj.weight`)!, x).map((value, row) => value + (bias?.[row] ?? 0));
    const norm = name === 'v' ? undefined : of(`${name}_norm.weight`);
    return Array.from({ length: rows.length / headWidth }, (_, head) => {
      const own = rows.slice(head * headWidth, (head + 1) * headWidth);
      const scaled = norm === undefined ? own : normalised(own, norm, normEpsilon);
      return name === 'v' || !hasRope(layer) ? scaled : turned(scaled, position, ropeBase);
    });
  };
  const [queries, keys, values] = (['q', 'k', 'v'] as const).map((name) =>
    inputs.map((x, position) => project(name, x, position)),
  ) as [number[][][], number[][][], number[][][]];
  return inputs.map((_, position) => {
    const mixed = Array.from({ length: heads }, (_, head) => {
      const shared = Math.floor(head / (heads / keyValueHeads));
      const scores = Array.from(
        { length: position + 1 },
        (_, at) => dot(queries[position]![head]!, keys[at]![shared]!) / Math.sqrt(headWidth),
      );
      const shares = softmax(scores);
      return Array.from({ length: headWidth }, (_, element) =>
        shares.reduce((sum, share, at) => sum + share * values[at]![shared]![element]!, 0),
      );
    });
    return times(of('o_proj.weight')!, mixed.flat());
  });
}

function turned(x: readonly number[], position: number, base: number): number[] {
  const half = x.length / 2;
  return x.map((value, index) => {
    const pair = index % half;
    const angle = position * base ** ((-2 * pair) / x.length);
    const other = index < half ? -x[index + half]! : x[index - half]!;
    return value * Math.cos(angle) + other * Math.sin(angle);
  });
}

function normalised(x: readonly number[], weight: Float32Array, epsilon: number): number[] {
  const scale = 1 / Math.sqrt(dot(x, x) / x.length + epsilon);
  return x.map((value, index) => value * scale * weight[index]!);
}

function softmax(scores: readonly number[]): number[] {
  const highest = Math.max(...scores);
  const powers = scores.map((score) => Math.exp(score - highest));
  const sum = powers.reduce((a, b) => a + b, 0);
  return powers.map((power) => power / sum);
}

/** A matrix [rows, x.length] times a vector. */
function times(matrix: Float32Array, x: readonly number[]): number[] {
  return Array.from({ length: matrix.length / x.length }, (_, row) =>
    x.reduce((sum, value, column) => sum + value * matrix[row * x.length + column]!, 0),
  );
}

const dot = (a: readonly number[], b: readonly number[]): number =>
  a.reduce((sum, value, index) => sum + value * b[index]!, 0);
const plus = (a: readonly number[], b: readonly number[]): number[] =>
  a.map((value, index) => value + b[index]!);
