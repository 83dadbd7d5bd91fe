// What Ollama's clients are told of a model, on this machine and on a server.
import { describe, expect, test } from 'vitest';
import type { AdmittedVariant } from '../../catalog/index.ts';
import type { ServedModel } from '../access/served-model.ts';
import { pretendAdmitted, servedBy } from '../testing.ts';
import { detailsOf, entryOf, manifestOf } from './ollama-facts.ts';

const engine = {} as ServedModel['engine'];

function variant(bytes: number, quantisation: string, more: object = {}): AdmittedVariant {
  const manifest = { architecture: 'qwen2', quantisation, weights: { digest: 'd1', bytes }, ...more };
  return { ...pretendAdmitted(), variant: { manifest } } as unknown as AdmittedVariant;
}

test.each([
  // A block of Q8_0 holds 32 numbers in 34 bytes, one of Q4_K 256 in 144.
  [34, 'Q8_0', '0.0K'],
  [34_000, 'Q8_0', '32.0K'],
  [1_062_500, 'Q8_0', '1.0M'],
  [1_062_499, 'Q8_0', '1000.0K'],
  [562_500_000, 'Q4_K', '1.0B'],
  [4_000_000_000, 'F32', '1.0B'],
  [28_000_000_000, 'F32', '7.0B'],
  [1000, 'Q9_Z', ''],
  [1000, 'constructor', ''],
])('%i bytes of %s are %j parameters', (bytes, quantisation, size) => {
  expect(detailsOf(variant(bytes, quantisation))).toEqual({
    ...{ parent_model: '', format: 'gguf', family: 'qwen2', families: ['qwen2'] },
    ...{ parameter_size: size, quantization_level: quantisation },
  });
});

describe('an entry', () => {
  test('counts the bytes of all files, and is named by its weights', () => {
    const model = servedBy(engine, variant(7, 'F32'));
    const facts = { name: 'm', model: 'm', modified_at: '2023-11-14T22:13:20.000Z', digest: 'd1' };
    expect(entryOf('m', model)).toMatchObject({ ...facts, size: 7 });
    const adapters = [
      { digest: 'd2', bytes: 20 },
      { digest: 'd3', bytes: 300 },
    ];
    expect(entryOf('m', servedBy(engine, variant(7, 'F32', { adapters })))).toMatchObject({
      ...facts,
      size: 327,
    });
  });

  test('of a model on a server has what is known of it', () => {
    const remote = pretendAdmitted();
    expect(manifestOf(remote)).toBeUndefined();
    expect(entryOf('far', servedBy(engine, remote))).toMatchObject({
      ...{ name: 'far', size: 0, digest: '0'.repeat(64) },
      details: {
        ...{ parent_model: '', format: 'remote', family: '', families: [] },
        ...{ parameter_size: '', quantization_level: '' },
      },
    });
  });
});
