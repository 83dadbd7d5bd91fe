import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  chooseVariant,
  isFamily,
  publishedModelOf,
  publishedNames,
  variantOfFamily,
} from './choose-variant.ts';
import { contextShares, type Fit, fitModel, type Machine, requireFit } from './fit-model.ts';
import type { Model } from './memory-needs.ts';
import { publishedShapes } from './published-shapes.ts';
import { quantisedTensors } from './quantised-tensors.ts';

const gibibyte = 2 ** 30;

function machineWith(bytes: number, changes: Partial<Machine> = {}): Machine {
  return {
    memory: { total: bytes, available: bytes, limitedBy: 'machine' },
    gpu: null,
    cpuFeatures: ['AVX2'],
    bytesPerSecond: 20e9,
    ...changes,
  };
}

function published(name: string): Model {
  const found = publishedShapes.get(name)!;
  const { width, heads } = found.configuration;
  return {
    shape: { ...found.configuration, headWidth: width / heads },
    tensors: quantisedTensors(found, 'Q4_K_M'),
  };
}

const small = published('deepseek-r1:1.5b');

function fitting(fit: Fit): Extract<Fit, { fits: true }> {
  return requireFit('test', fit);
}

test('with room enough a model gets the usual slots and context, three quarters of it for thinking', () => {
  const fit = fitting(fitModel(small, machineWith(16 * gibibyte)));
  expect(fit.size).toEqual({ slots: 4, contextLength: 16_384 });
  expect(fit.shares).toEqual({ prompt: 2048, thinking: 12_288, answer: 2048 });
  expect(fit.largestContext).toBeGreaterThan(100_000);
});

test('slots are given up before a useful context, and that before the model', () => {
  const sizes = [4, 2.4, 2.1, 1.85].map(
    (gibibytes) => fitting(fitModel(small, machineWith(gibibytes * gibibyte))).size,
  );
  expect(sizes.map(({ slots }) => slots)).toEqual([4, 3, 1, 1]);
  for (const { contextLength } of sizes.slice(0, 3)) expect(contextLength).toBeGreaterThanOrEqual(8192);
  expect(sizes[3]?.contextLength).toBeLessThan(8192);
});

test('what does not fit with the shortest sensible context is refused with its numbers', () => {
  const fit = fitModel(published('deepseek-r1:14b'), machineWith(8 * gibibyte));
  expect(fit.fits).toBe(false);
  expect(() => requireFit('deepseek-r1:14b', fit)).toThrow(
    expect.objectContaining({
      code: 'TGL_MODEL_TOO_LARGE',
      details: {
        model: 'deepseek-r1:14b',
        needed: Math.round(fit.needs.total),
        budget: 8053063680,
        place: 'cpu',
      },
    }),
  );
});

test('a GPU that holds it all is taken; one that does not shares with the CPU', () => {
  const withGpu = (bytes: number): Machine =>
    machineWith(8 * gibibyte, { gpu: { total: bytes, available: bytes } });
  const whole = fitting(fitModel(published('deepseek-r1:14b'), withGpu(24 * gibibyte)));
  expect(whole).toMatchObject({ place: 'gpu', tokensPerSecond: null });
  const shared = fitting(fitModel(published('deepseek-r1:14b'), withGpu(8 * gibibyte)));
  expect(shared.place).toBe('gpu and cpu');
});

test('what loads have taken moves the estimate by as much as it was wrong', () => {
  const machine = machineWith(3 * gibibyte);
  const plain = fitting(fitModel(small, machine));
  const grownBytes = plain.needs.total + 0.2 * gibibyte;
  const uses = [{ ...plain.size, runtimeBuild: 'test', grownBytes }];
  const corrected = fitting(fitModel(small, machine, { uses }));
  expect(corrected.size.contextLength).toBeLessThan(plain.size.contextLength);
  const saved = plain.needs.cache - corrected.needs.cache + plain.needs.compute - corrected.needs.compute;
  expect(corrected.needs.total).toBeCloseTo(grownBytes - saved, 0);
  expect(corrected.needs.total).toBeLessThanOrEqual(corrected.budget);
});

test('an expected speed is what memory delivers, less a fifth and half a millisecond', () => {
  const fit = fitting(fitModel(small, machineWith(16 * gibibyte)));
  // 980,097,536 bytes of weights and 512 tokens of cache at 16 GB/s.
  expect(fit.tokensPerSecond).toBeCloseTo(1 / ((980_097_536 + 512 * 28_672) / 16e9 + 5e-4), 6);
});

test('whatever is left, a fit stays within the budget and the trained context', () => {
  const models = [...publishedShapes.keys()].map(published);
  fc.assert(
    fc.property(
      fc.constantFrom(...models),
      fc.integer({ min: 1, max: 200 }),
      fc.integer({ min: 1, max: 16 }),
      (model, gibibytes, slots) => {
        const fit = fitModel(model, machineWith(gibibytes * gibibyte), { slots });
        if (!fit.fits) {
          expect(fit.needs.total).toBeGreaterThan(fit.budget);
          return;
        }
        expect(fit.needs.total).toBeLessThanOrEqual(fit.budget);
        expect(fit.size.contextLength).toBeLessThanOrEqual(fit.largestContext);
        expect(fit.largestContext).toBeLessThanOrEqual(model.shape.contextLength);
        const { prompt, thinking, answer } = fit.shares;
        expect(prompt + thinking + answer).toBe(fit.size.contextLength);
      },
    ),
    { numRuns: 50 },
  );
});

test('shares always sum up to the context', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 2 ** 20 }), (length) => {
      const { prompt, thinking, answer } = contextShares(length);
      expect(prompt + thinking + answer).toBe(length);
      expect(Math.min(prompt, thinking, answer)).toBeGreaterThanOrEqual(0);
    }),
  );
});

test('of a family the largest model that is fast enough is picked, in its most precise form', () => {
  const pick = (bytes: number, bytesPerSecond: number): string => {
    const { picked } = chooseVariant(publishedNames('deepseek-r1'), machineWith(bytes, { bytesPerSecond }));
    return picked === null ? 'none' : `${picked.name} ${picked.quantisation}`;
  };
  expect(pick(64 * gibibyte, 400e9)).toBe('deepseek-r1:70b Q6_K');
  expect(pick(16 * gibibyte, 50e9)).toBe('deepseek-r1:8b Q6_K');
  expect(pick(16 * gibibyte, 15e9)).toBe('deepseek-r1:1.5b Q8_0');
  expect(pick(16 * gibibyte, 1e9)).toBe('deepseek-r1:1.5b Q4_K_M');
  expect(pick(gibibyte, 50e9)).toBe('none');
});

test('a family without a size is what would be picked of it; a name with a size is left alone', () => {
  const machine = machineWith(16 * gibibyte, { bytesPerSecond: 50e9 });
  expect(variantOfFamily('deepseek-r1', machine)).toEqual({
    reference: 'deepseek-r1:8b-q6_k',
    reason: chooseVariant(publishedNames('deepseek-r1'), machine).reason,
  });
  expect(publishedModelOf('deepseek-r1:8b-q6_k')?.tensors.length).toBeGreaterThan(200);
  expect(() => variantOfFamily('deepseek-r1', machineWith(gibibyte))).toThrow(
    expect.objectContaining({
      code: 'TGL_PULL_REFERENCE',
      message: expect.stringContaining('nothing of this family'),
    }),
  );
  for (const other of ['deepseek-r1:7b', 'deepseek-r1:7b-q8_0', 'hf:a/b', 'constructor', 'gpt-5', ''])
    expect([isFamily(other), variantOfFamily(other, machine)]).toEqual([false, undefined]);
});

test('a choice says why', () => {
  const names = publishedNames('deepseek-r1:1.5b');
  expect(names).toEqual(['deepseek-r1:1.5b']);
  expect(chooseVariant(names, machineWith(gibibyte)).reason).toMatch(/None of them fits/);
  expect(chooseVariant(names, machineWith(8 * gibibyte, { bytesPerSecond: 1e9 })).reason).toMatch(/fastest/);
  expect(chooseVariant(names, machineWith(8 * gibibyte)).reason).toMatch(/largest/);
  expect(publishedNames('gpt')).toEqual([]);
});

test.each([
  ['qwen3:0.6b', 0.596],
  ['qwen3:1.7b', 1.72],
  ['qwen3:4b', 4.02],
  ['qwen3:8b', 8.19],
  ['qwen3:14b', 14.77],
  ['qwen3:32b', 32.76],
  ['deepseek-r1:1.5b', 1.777],
])('%s has %d billion parameters, as its publisher says', (name, billions) => {
  const parameters = publishedModelOf(name)!.tensors.reduce(
    (sum, { shape }) => sum + shape.reduce((product, dimension) => product * dimension, 1),
    0,
  );
  expect(parameters / 1e9).toBeCloseTo(billions, 2);
});

test('every shape belongs to a known name, which can be pulled', () => {
  for (const name of publishedShapes.keys()) {
    const small = publishedModelOf(name);
    expect(small?.shape.layers, name).toBe(publishedShapes.get(name)?.configuration.layers);
    expect(publishedModelOf(`${name}-q8_0`)?.tensors.length).toBe(small?.tensors.length);
  }
  expect(publishedModelOf('deepseek-r1:7b-iq1_s')).toBeUndefined();
  expect(publishedModelOf('hf:owner/name')).toBeUndefined();
});

test('a speed that was measured takes the place of the estimate, on a GPU too', () => {
  const estimated = fitting(fitModel(small, machineWith(16 * gibibyte)));
  expect([estimated.speedFrom, typeof estimated.tokensPerSecond]).toEqual(['bandwidth', 'number']);
  const onGpu = machineWith(16 * gibibyte, { gpu: { total: 24 * gibibyte, available: 24 * gibibyte } });
  expect(fitting(fitModel(small, onGpu))).toMatchObject({ speedFrom: null, tokensPerSecond: null });
  for (const machine of [machineWith(16 * gibibyte), onGpu])
    expect(fitting(fitModel(small, machine, { measuredTokensPerSecond: 42 }))).toMatchObject({
      speedFrom: 'bench',
      tokensPerSecond: 42,
    });
});

test('what was measured of a variant decides with the estimates of the others', () => {
  const machine = machineWith(16 * gibibyte, { bytesPerSecond: 50e9 });
  const asked: string[] = [];
  const speedOf = (reference: string): number | undefined => {
    asked.push(reference);
    return reference.startsWith('deepseek-r1:8b') ? 2 : undefined;
  };
  const { picked, candidates } = chooseVariant(publishedNames('deepseek-r1'), machine, { speedOf });
  expect(picked?.name).toBe('deepseek-r1:7b');
  expect(variantOfFamily('deepseek-r1', machine, { speedOf })?.reference).toMatch(/^deepseek-r1:7b-/);
  expect(asked).toContain('deepseek-r1:1.5b-q4_k_m');
  const measured = candidates.filter(({ fit }) => fit.fits && fit.speedFrom === 'bench');
  expect(new Set(measured.map(({ name }) => name))).toEqual(new Set(['deepseek-r1:8b']));
});
