// The jax-js side of the teach bench: the same decoder as src/teach/model.ts under `jit`, on its wasm backend, with
// jax-js's own attention and log-softmax. Every use of an array but the last takes `.ref`: that is its memory model.
import { defaultDevice, init, jit, nn, numpy as np, valueAndGrad } from '@jax-js/jax';
import { answerSteps, readProblem } from './problem.ts';

type Tree = Record<string, np.Array>;

const { problem, values, tokens, targets } = readProblem(process.argv[2] ?? '');
const { shape, batch, length } = problem;
const { heads, keyValueHeads, vocabularySize } = shape;
const headWidth = shape.width / heads;
const half = headWidth / 2;

await init('wasm');
defaultDevice('wasm');

const angle = (index: number): number =>
  Math.floor(index / half) * shape.ropeBase ** (-(index % half) / half);
const table = (f: (angle: number) => number): np.Array =>
  np
    .array(Float32Array.from({ length: length * half }, (_, index) => f(angle(index))))
    .reshape([length, 1, half]);
const cosines = table(Math.cos);
const sines = table(Math.sin);

function norm(x: np.Array, weight: np.Array): np.Array {
  const inverse = np.reciprocal(
    np.sqrt(np.mean(np.square(x.ref), -1, { keepdims: true }).add(shape.normEpsilon)),
  );
  return x.mul(inverse).mul(weight);
}

/** x [batch, length, heads, headWidth] */
function rotate(x: np.Array): np.Array {
  const [a, b] = np.split(x, 2, -1) as [np.Array, np.Array];
  const turned = a.ref.mul(cosines.ref).sub(b.ref.mul(sines.ref));
  return np.concatenate([turned, a.mul(sines.ref).add(b.mul(cosines.ref))], -1);
}

function linear(x: np.Array, weight: np.Array): np.Array {
  return np.matmul(x, weight.transpose());
}

function lossOf(P: Tree, x: np.Array, y: np.Array): np.Array {
  const take = (name: string): np.Array => P[name]!.ref;
  let h = np.take(take('token_embd.weight'), x, 0);
  for (let layer = 0; layer < shape.layers; layer++) {
    const block = (name: string): np.Array => take(`blk.${layer}.${name}`);
    const project = (n: np.Array, name: string, count: number): np.Array =>
      linear(n, block(`attn_${name}.weight`))
        .add(block(`attn_${name}.bias`))
        .reshape([batch, length, count, headWidth]);
    const n = norm(h.ref, block('attn_norm.weight'));
    const q = rotate(project(n.ref, 'q', heads));
    const k = rotate(project(n.ref, 'k', keyValueHeads));
    const mixed = nn.dotProductAttention(q, k, project(n, 'v', keyValueHeads), { isCausal: true });
    h = h.add(linear(mixed.reshape([batch * length, shape.width]), block('attn_output.weight')));
    const m = norm(h.ref, block('ffn_norm.weight'));
    const gated = nn.silu(linear(m.ref, block('ffn_gate.weight'))).mul(linear(m, block('ffn_up.weight')));
    h = h.add(linear(gated, block('ffn_down.weight')));
  }
  const logits = linear(norm(h, take('output_norm.weight')), take('token_embd.weight'));
  for (const parameter of Object.values(P)) parameter.dispose();
  return nn
    .logSoftmax(logits, -1)
    .mul(y)
    .sum()
    .mul(-1 / (batch * length));
}

/** One AdamW step: [loss, parameters, first moments, second moments]. */
const train = jit(
  (
    P: Tree,
    M: Tree,
    V: Tree,
    x: np.Array,
    y: np.Array,
    first: np.Array,
    second: np.Array,
  ): [np.Array, Tree, Tree, Tree] => {
    const { learningRate, beta1, beta2, epsilon, weightDecay } = problem;
    const held = Object.fromEntries(Object.entries(P).map(([name, p]) => [name, p.ref]));
    const [loss, G] = valueAndGrad(lossOf)(held, x, y) as [np.Array, Tree];
    const [P1, M1, V1]: [Tree, Tree, Tree] = [{}, {}, {}];
    for (const { name, shape: dimensions } of problem.parameters) {
      const g = G[name]!;
      const m = M[name]!.mul(beta1).add(g.ref.mul(1 - beta1));
      const v = V[name]!.mul(beta2).add(np.square(g).mul(1 - beta2));
      const direction = m.ref.mul(first.ref).div(np.sqrt(v.ref.mul(second.ref)).add(epsilon));
      const decay = dimensions.length > 1 ? learningRate * weightDecay : 0;
      P1[name] = P[name]!.mul(1 - decay).sub(direction.mul(learningRate));
      M1[name] = m;
      V1[name] = v;
    }
    first.dispose();
    second.dispose();
    return [loss, P1, M1, V1];
  },
);

let [P, M, V]: [Tree, Tree, Tree] = [{}, {}, {}];
let start = 0;
for (const { name, shape: dimensions } of problem.parameters) {
  const count = dimensions.reduce((product, dimension) => product * dimension, 1);
  P[name] = np.array(values.slice(start, start + count)).reshape([...dimensions]);
  M[name] = np.zeros([...dimensions]);
  V[name] = np.zeros([...dimensions]);
  start += count;
}
const x = np.array(tokens);
const y = nn.oneHot(np.array(targets), vocabularySize);

await answerSteps('jax-js, wasm', (step) => {
  const correction = (beta: number): np.Array => np.array(1 / (1 - beta ** step));
  const result = train(P, M, V, x.ref, y.ref, correction(problem.beta1), correction(problem.beta2));
  const loss = result[0] as np.Array;
  [P, M, V] = [result[1], result[2], result[3]] as [Tree, Tree, Tree];
  return Number(loss.dataSync()[0]);
});
