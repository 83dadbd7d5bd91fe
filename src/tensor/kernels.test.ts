// The committed binaries are what the sources compile to, and the faster one is taken where it runs.
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compileKernels } from '../../scripts/build-kernels.ts';
import { seededRandom } from '../base/index.ts';
import type { KernelBuild } from './kernels.ts';
import { createTensorRuntime } from './runtime.ts';

describe.each<KernelBuild>(['wide', 'relaxed', 'plain'])('%s.wasm', (build) => {
  test('is what its sources compile to', { timeout: 120_000 }, async () => {
    const committed = readFileSync(new URL(`./kernels/build/${build}.wasm`, import.meta.url));
    expect(committed.equals(await compileKernels(build))).toBe(true);
  });
});

test('this Node runs the widest build that its processor is made for, unless told otherwise', async () => {
  const fastest = process.arch === 'x64' ? 'wide' : 'relaxed';
  expect((await createTensorRuntime({ bytes: 4e6 })).build).toBe(fastest);
  expect((await createTensorRuntime({ bytes: 4e6, build: 'plain' })).build).toBe('plain');
});

describe.each<KernelBuild>(['wide', 'relaxed', 'plain'])('the %s build', (build) => {
  test('multiplies by a packed weight to the bits of the product that packs it itself', async () => {
    const multiplier = await createMultiplier(build);
    const size = fc.integer({ min: 1, max: 70 });
    const depth = fc.oneof(size, fc.integer({ min: 250, max: 600 }));
    fc.assert(
      fc.property(size, size, depth, fc.boolean(), (m, n, k, biased) => {
        const expected = multiplier.product(m, n, k, biased);
        expect(multiplier.packedProduct(m, n, k, biased)).toEqual(expected);
      }),
      { numRuns: 60, seed: 3, examples: [[5, 1030, 300, true]] },
    );
  });
});

test('the wide and the relaxed build compute the same bits', async () => {
  const [wide, relaxed] = [await createMultiplier('wide'), await createMultiplier('relaxed')];
  for (const [m, n, k] of [
    [1, 7, 5],
    [6, 16, 32],
    [97, 49, 300],
  ] as const) {
    expect(wide.product(m, n, k, false)).toEqual(relaxed.product(m, n, k, false));
  }
});

type Multiplier = Record<
  'product' | 'packedProduct',
  (m: number, n: number, k: number, biased: boolean) => Float32Array
>;

/** a[m, k] · b[n, k]ᵀ (+ bias) of the same random numbers, both ways. */
async function createMultiplier(build: KernelBuild): Promise<Multiplier> {
  const { kernels, permanent, floats, workspace } = await createTensorRuntime({ bytes: 2 ** 24, build });
  const room = (): number => permanent.allocate('test', [400_000]);
  const [a, b, c, packed, bias] = [room(), room(), room(), room(), room()];
  const random = seededRandom(1);
  for (const operand of [a, b, bias])
    for (let index = 0; index < 400_000; index++) floats[operand / 4 + index] = random.next() - 0.5;
  return {
    product: (m, n, k, biased) => {
      kernels.gemm(a, k, false, b, k, true, c, n, m, n, k, biased ? bias : 0, 0, workspace);
      return floats.slice(c / 4, c / 4 + m * n);
    },
    packedProduct: (m, n, k, biased) => {
      expect(kernels.packedWeightBytes(n, k)).toBeLessThanOrEqual(4 * 400_000);
      kernels.packWeight(b, k, n, k, packed);
      kernels.gemmPacked(a, k, packed, c, n, m, n, k, biased ? bias : 0, 0, workspace);
      return floats.slice(c / 4, c / 4 + m * n);
    },
  };
}
