import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readGenerationConfiguration } from './generation-configuration.ts';

function read(file?: unknown) {
  const directory = mkdtempSync(join(tmpdir(), 'tiegel-generation-'));
  try {
    if (file !== undefined) writeFileSync(join(directory, 'generation_config.json'), JSON.stringify(file));
    return readGenerationConfiguration(directory);
  } finally {
    rmSync(directory, { recursive: true });
  }
}

const recommended = (temperature: number, topP: number) => [
  ['general.sampling.temp', { type: 'float32', value: Math.fround(temperature) }],
  ['general.sampling.top_p', { type: 'float32', value: Math.fround(topP) }],
];

test('temperature and top-p are recommended under the keys of GGUF', () => {
  const file = { do_sample: true, temperature: 0.6, top_p: 0.95, top_k: 20, eos_token_id: [2, 3] };
  expect(read(file)).toEqual({ ends: [2, 3], sampling: recommended(0.6, 0.95) });
});

test.each([
  ['no file', undefined],
  ['no top-p', { temperature: 0.6 }],
  ['a file that says not to sample', { do_sample: false, temperature: 0.6, top_p: 0.95 }],
  ['a temperature that no request can have', { temperature: 3, top_p: 0.9 }],
  ['null', { temperature: null, top_p: null }],
])('nothing is recommended by %s', (_, file) => {
  expect(read(file).sampling).toEqual([]);
});

test.each([
  ['an end that is no id', { eos_token_id: -1 }],
  ['a search over beams', { num_beams: 4 }],
  ['a rule that changes probabilities', { suppress_tokens: [5] }],
])('%s is refused', (_, file) => {
  expect(() => read(file)).toThrow(expect.objectContaining({ code: 'TGL_CONVERSION_REFUSED' }));
});
