// The committed binaries are what the sources compile to, and the faster one is taken where it runs.
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { compileKernels } from '../../scripts/build-kernels.ts';
import type { KernelBuild } from './kernels.ts';
import { createTensorRuntime } from './runtime.ts';

describe.each<KernelBuild>(['relaxed', 'plain'])('%s.wasm', (build) => {
  test('is what its sources compile to', { timeout: 120_000 }, async () => {
    const committed = readFileSync(new URL(`./kernels/build/${build}.wasm`, import.meta.url));
    expect(committed.equals(await compileKernels(build))).toBe(true);
  });
});

test('this Node runs the relaxed build unless told otherwise', async () => {
  expect((await createTensorRuntime({ bytes: 4e6 })).build).toBe('relaxed');
  expect((await createTensorRuntime({ bytes: 4e6, build: 'plain' })).build).toBe('plain');
});
