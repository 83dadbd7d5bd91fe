import { expect, test } from 'vitest';
import { add } from './operations/add.ts';
import { causalAttention } from './operations/attention.ts';
import { embedding } from './operations/embedding.ts';
import { linear } from './operations/linear.ts';
import { logProbabilityLoss } from './operations/log-probability-loss.ts';
import { rmsNorm } from './operations/rms-norm.ts';
import { createRopeTable, rope } from './operations/rope.ts';
import { swiglu } from './operations/swiglu.ts';
import { createTensorRuntime } from './runtime.ts';
import { createTape, type Tape } from './tape.ts';
import type { Tensor } from './tensor.ts';

const runtime = await createTensorRuntime({ bytes: 8e6 });
const table = createRopeTable(runtime, { positions: 4, headWidth: 8, base: 10000 });
const layout = { heads: 2, keyValueHeads: 1, batch: 1, length: 2 };

test('reset gives all memory back', () => {
  const tape = createTape(runtime);
  const first = tape.allocate('test', [1000, 1000]).offset;
  tape.reset();
  expect(tape.allocate('test', [1000, 1000]).offset).toBe(first);
  tape.reset();
});

test('a tensor that does not fit is an error with operation, shape and room, and the tape stays usable', () => {
  using tape = createTape(runtime);
  const weight = tape.allocate('weight', [4000, 4]);
  const x = tape.allocate('x', [4000, 4]);
  expect(() => linear(tape, x, weight)).toThrowError(
    expect.objectContaining({
      code: 'TGL_TENSOR_MEMORY',
      details: expect.objectContaining({ operation: 'linear', shape: '[4000, 4000]', requested: 64_000_000 }),
    }),
  );
  expect(add(tape, x, x).shape).toEqual([4000, 4]);
});

test('a memory larger than WebAssembly allows is refused', async () => {
  const creation = createTensorRuntime({ bytes: 2 ** 40 });
  await expect(creation).rejects.toMatchObject({ code: 'TGL_TENSOR_MEMORY' });
});

test('memory below an open region is not handed out', () => {
  using tape = createTape(runtime);
  tape.allocate('test', [1]);
  using _region = runtime.openRegion();
  expect(() => tape.allocate('test', [1])).toThrow(/opened later/);
});

test('without recording nothing flows back', () => {
  using tape = createTape(runtime, { recording: false });
  const x = tape.allocate('x', [1]);
  const loss = add(tape, x, x);
  tape.backward(loss);
  expect(tape.gradientTarget(x).accumulate).toBe(false);
});

const mismatches: readonly [string, (tape: Tape) => unknown, RegExp][] = [
  ['linear', (tape) => linear(tape, of(tape, 2, 3), of(tape, 5, 4)), /\[2, 3\].*\[5, 4\]/],
  ['linear', (tape) => linear(tape, of(tape, 2, 4), of(tape, 5, 4), of(tape, 4)), /\[5, 4\].*\[4\]/],
  ['embedding', (tape) => embedding(tape, of(tape, 2, 3), Int32Array.of(0, 2)), /index 2 at row 1/],
  ['embedding', (tape) => embedding(tape, of(tape, 2, 3), Int32Array.of(-1)), /index -1 at row 0/],
  ['rmsNorm', (tape) => rmsNorm(tape, of(tape, 2, 8), of(tape, 4), 1e-6), /\[2, 8\].*\[4\]/],
  ['rmsNorm', (tape) => rmsNorm(tape, of(tape, 2, 6), of(tape, 6), 1e-6), /\[2, 6\]/],
  ['add', (tape) => add(tape, of(tape, 2, 3), of(tape, 3, 2)), /\[2, 3\].*\[3, 2\]/],
  ['swiglu', (tape) => swiglu(tape, of(tape, 2, 12)), /\[2, 12\]/],
  ['rope', (tape) => rope(tape, of(tape, 2, 32), Int32Array.of(0), table, layout), /positions \[1\]/],
  ['rope', (tape) => rope(tape, of(tape, 1, 32), Int32Array.of(4), table, layout), /index 4 at row 0/],
  ['causalAttention', (tape) => causalAttention(tape, of(tape, 3, 32), layout), /\[3, 32\].*batch 1/],
  ['causalAttention', (tape) => causalAttention(tape, of(tape, 2, 24), layout), /\[2, 24\]/],
  ['logProbabilityLoss', (tape) => lossOf(tape, of(tape, 2, 3), [0]), /targets \[1\]/],
  ['logProbabilityLoss', (tape) => lossOf(tape, of(tape, 1, 3), [3]), /index 3 at row 0/],
  ['backward', (tape) => tape.backward(of(tape, 2)), /\[2\]/],
];

test.each(mismatches)('%s names the shapes that do not fit', (operation, apply, message) => {
  using tape = createTape(runtime);
  expect(() => apply(tape)).toThrowError(
    expect.objectContaining({
      code: 'TGL_TENSOR_SHAPE',
      details: expect.objectContaining({ operation }),
      message: expect.stringMatching(message),
    }),
  );
});

test.each([Number.NaN, Number.POSITIVE_INFINITY])(
  'a loss over a logit of %s is an error that names the logits',
  (value) => {
    using tape = createTape(runtime);
    const logits = of(tape, 2, 5);
    logits.values.fill(0)[3] = value;
    const details = expect.objectContaining({ operation: 'logProbabilityLoss', shape: 'test [2, 5]' });
    expect(() => lossOf(tape, logits, [3, 0])).toThrowError(
      expect.objectContaining({ code: 'TGL_TENSOR_NOT_FINITE', details }),
    );
  },
);

function of(tape: Tape, ...shape: number[]): Tensor {
  return tape.allocate('test', shape);
}

function lossOf(tape: Tape, logits: Tensor, targets: readonly number[]): unknown {
  const weights = new Float32Array(targets.length).fill(1);
  return logProbabilityLoss(tape, logits, { targets: Int32Array.from(targets), weights, normaliser: 1 });
}
