// Fingerprints of the shipped model: by the runtime that serves it, and as plain data.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createLlamaEngine, createScriptedEngine } from '../../engine/index.ts';
import {
  openGguf,
  tensorStretches,
  tiegelTemplate,
  type WritableType,
  writeGguf,
} from '../../formats/index.ts';
import {
  fingerprintDistance,
  maxDistance,
  type ProbabilityFingerprint,
  takeProbabilities,
} from './probability-fingerprint.ts';

const shipped = fileURLToPath(new URL('../../../models/tiegel-nano/tiegel-nano.q8_0.gguf', import.meta.url));

let directory: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'tiegel-fingerprint-'));
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

/** The shipped model in another type, or with other weights. */
function variant(type: WritableType, change: (name: string, weights: Float32Array) => void): string {
  using gguf = openGguf(shipped);
  const path = join(directory, `${type}-${change.name}.gguf`);
  const tensors = gguf.tensors.map((tensor) => {
    const data = Float32Array.from([...tensorStretches(gguf, tensor)].flatMap((stretch) => [...stretch]));
    change(tensor.name, data);
    return { name: tensor.name, shape: tensor.shape, type, data };
  });
  writeGguf(path, { metadata: gguf.metadata, tensors });
  return path;
}

async function fingerprintOf(modelPath: string): Promise<ProbabilityFingerprint> {
  await using engine = await createLlamaEngine({
    model: 'nano',
    modelPath,
    compared: [],
    slots: 1,
    contextLength: 256,
  });
  return (await takeProbabilities(engine, tiegelTemplate)) as ProbabilityFingerprint;
}

test('two runs of one file are the same; F32 and a tampered copy are told from it and from each other', async () => {
  const unchanged = (): void => {};
  const oneNorm = (name: string, weights: Float32Array): void => {
    if (name === 'output_norm.weight') weights[weights.length - 1] = 1;
  };
  const files = [shipped, shipped, variant('F32', unchanged), variant('Q8_0', oneNorm)];
  const fingerprints: ProbabilityFingerprint[] = [];
  for (const file of files) fingerprints.push(await fingerprintOf(file));
  const [once, again, wide, tampered] = fingerprints as [
    ProbabilityFingerprint,
    ProbabilityFingerprint,
    ProbabilityFingerprint,
    ProbabilityFingerprint,
  ];
  expect(fingerprintDistance(once, again)).toMatchObject({ distance: 0, same: true });
  for (const [one, other] of [
    [once, wide],
    [once, tampered],
    [wide, tampered],
  ] as const) {
    const { distance, compared, same } = fingerprintDistance(one, other);
    expect(same).toBe(false);
    expect(distance).toBeGreaterThan(2 * maxDistance);
    expect(compared).toBeGreaterThan(500);
  }
}, 180_000);

describe('the distance', () => {
  const place = (first: number) => [['a', -first] as const, ['b', -2 - first] as const];
  const along = (first: number): ProbabilityFingerprint => [Array.from({ length: 60 }, () => place(first))];

  test('is the mean difference of what both hold', () => {
    expect(fingerprintDistance(along(0.5), along(0.5)).distance).toBe(0);
    expect(fingerprintDistance(along(0.5), along(0.7)).distance).toBeCloseTo(0.2, 10);
    expect(fingerprintDistance(along(0.5), along(0.505))).toMatchObject({ compared: 120, same: true });
  });

  test('goes no further than the first other token', () => {
    const strayed: ProbabilityFingerprint = [[[...place(0.5)].reverse(), ...along(9)[0]!]];
    expect(fingerprintDistance(along(0.5), strayed)).toMatchObject({ distance: 0, compared: 2, same: false });
  });

  test('is infinite to nothing', () => {
    expect(fingerprintDistance(along(1), [])).toMatchObject({
      distance: Number.POSITIVE_INFINITY,
      same: false,
    });
  });
});

test('there is none without the log-probabilities of the model itself', async () => {
  await using engine = createScriptedEngine({ model: 'x', reply: () => ['a'] });
  expect(await takeProbabilities(engine, tiegelTemplate)).toBeNull();
});
