import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import type { KernelBuild } from '../kernels.ts';
import { createTensorRuntime, type TensorRuntime } from '../runtime.ts';
import { createTape, type Tape } from '../tape.ts';
import type { Tensor } from '../tensor.ts';
import { chooseTokens } from './choose-tokens.ts';
import { tokenLogProbabilities } from './token-log-probabilities.ts';

const logit = fc.double({ min: -12, max: 12, noNaN: true });
const draw = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });

describe.each<KernelBuild>(['wide', 'relaxed', 'plain'])('the %s build', (build) => {
  let runtime: TensorRuntime;
  beforeAll(async () => {
    runtime = await createTensorRuntime({ bytes: 2 ** 22, build });
  });

  test('draws the token at which the running sum passes the draw, and its log-probability has the bits of training', () => {
    const cases = fc.tuple(
      fc.array(logit, { minLength: 1, maxLength: 40 }),
      draw,
      fc.constantFrom(0.5, 1, 2),
    );
    fc.assert(
      fc.property(cases, ([row, u, temperature]) => {
        using tape = createTape(runtime, { recording: false });
        const logits = rowsOf(tape, [row]);
        const { tokens, logProbabilities } = chooseTokens(tape, logits, Float64Array.of(u), temperature);
        const token = tokens[0]!;
        const { below, own } = cumulated(logits.values, token, temperature);
        expect(u).toBeGreaterThan(below - 1e-5);
        expect(u).toBeLessThan(below + own + 1e-5);
        expect([...logProbabilities]).toEqual([...tokenLogProbabilities(tape, logits, tokens).values]);
      }),
      { numRuns: 300, seed: 1 },
    );
  });

  test('takes the first of the most likely at temperature 0, whatever is drawn', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 1, maxLength: 40 }),
        draw,
        (row, u) => {
          using tape = createTape(runtime, { recording: false });
          const { tokens } = chooseTokens(tape, rowsOf(tape, [row]), Float64Array.of(u), 0);
          expect(tokens[0]).toBe(row.indexOf(Math.max(...row)));
        },
      ),
      { numRuns: 100, seed: 1 },
    );
  });

  test('treats every row by its own draw and takes no token that cannot be', () => {
    using tape = createTape(runtime, { recording: false });
    const rows = [
      [0, 0, 0, 0, 0],
      [0, 0, 0, 0, 0],
      [-200, 0, -200, -200, -200],
    ];
    const draws = Float64Array.of(0, 0.99, 1 - 2 ** -32);
    expect([...chooseTokens(tape, rowsOf(tape, rows), draws, 1).tokens]).toEqual([0, 4, 1]);
  });

  test('refuses draws that do not fit', () => {
    using tape = createTape(runtime, { recording: false });
    const refused = expect.objectContaining({ code: 'TGL_TENSOR_SHAPE' });
    expect(() => chooseTokens(tape, rowsOf(tape, [[1, 2]]), new Float64Array(2), 1)).toThrow(refused);
  });
});

function rowsOf(tape: Tape, rows: readonly (readonly number[])[]): Tensor {
  const logits = tape.allocate('test', [rows.length, rows[0]!.length]);
  logits.values.set(rows.flat());
  return logits;
}

/** The probability of all tokens before this one, and its own. */
function cumulated(
  logits: Float32Array,
  token: number,
  temperature: number,
): { readonly below: number; readonly own: number } {
  const weights = [...logits].map((value) => Math.exp(value / temperature));
  const mass = weights.reduce((sum, weight) => sum + weight, 0);
  const below = weights.slice(0, token).reduce((sum, weight) => sum + weight, 0);
  return { below: below / mass, own: weights[token]! / mass };
}
