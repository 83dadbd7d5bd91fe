// What is said of known models agrees with their names, and what families recommend is found.
import { expect, test } from 'vitest';
import { familySampling, knownModels } from './known-models.ts';

test.each(knownModels)('$name is called as its publisher calls it, and its facts fit together', (model) => {
  const [family, size] = model.name.split(':') as [string, string];
  expect(model.model.toLowerCase()).toContain(family.replace('qwq', 'qwq-').split('-')[0]);
  expect(model.model.toLowerCase()).toContain(`-${size}`);
  expect([model.source.endsWith(model.model), model.repository.includes(model.model)]).toEqual([true, true]);
  expect(model.repository).toMatch(/^[\w.-]+\/[\w.-]+-GGUF$/);
  const architecture = model.model.includes('Llama')
    ? 'llama'
    : model.name.startsWith('qwen3')
      ? 'qwen3'
      : 'qwen2';
  expect(model.architecture).toBe(architecture);
  expect(model.license).toMatch(/^(MIT; base model: |Apache-2\.0$)/);
  expect([32_768, 131_072]).toContain(model.context);
  expect(model.systemPrompt).toBe(model.template === 'deepseek-r1' ? 'avoid' : 'supported');
  expect(model.sampling).toEqual(model.template === 'qwen2.5' ? null : { temperature: 0.6, topP: 0.95 });
});

test('names are told apart', () => {
  expect(new Set(knownModels.map(({ name }) => name)).size).toBe(knownModels.length);
});

test('a file that nobody described is drawn from as its family recommends, where that recommends anything', () => {
  for (const family of ['deepseek-r1', 'qwq', 'qwen3'])
    expect(familySampling(family)).toEqual({ temperature: 0.6, topP: 0.95 });
  for (const family of ['qwen2.5', 'tiegel', undefined]) expect(familySampling(family)).toBeNull();
});
