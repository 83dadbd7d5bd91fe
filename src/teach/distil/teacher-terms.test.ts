import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { buildVocabulary, createTokenizer, type Tokenizer } from '../../formats/index.ts';
import { exportModel } from '../export.ts';
import { parameterCount } from '../model-shape.ts';
import { loadRecipe, parseRecipe } from '../recipe.ts';
import type { RemoteTeacher } from '../stages/distil-stage.ts';
import { taskTokenizer } from '../vocabulary.ts';
import { openLocalTeacher } from './local-teacher.ts';
import { permittedTeacher } from './teacher-terms.ts';

const shipped = 'models/tiegel-nano/tiegel-nano.q8_0.gguf';
const openAi: RemoteTeacher = {
  endpoint: 'https://api.openai.com/v1',
  model: 'some-model',
  server: 'compatible',
  contextLength: 8192,
};

describe('a teacher', () => {
  test('under an open licence may be learned from; the record names its weights', async () => {
    const record = await permittedTeacher({ from: shipped });
    expect(record).toMatchObject({ name: shipped, licence: 'apache-2.0', permitted: true, permission: null });
    expect(record.digest).toMatch(/^[0-9a-f]{64}$/);
    await expect(
      permittedTeacher({ ...openAi, endpoint: 'http://127.0.0.1:8484/v1', licence: 'MIT' }),
    ).resolves.toMatchObject({ licence: 'MIT', permitted: true, digest: null });
  });

  test('whose terms forbid it is refused, whatever licence is stated', async () => {
    await expect(permittedTeacher({ ...openAi, licence: 'MIT' })).rejects.toMatchObject({
      code: 'TGL_TEACHER_FORBIDS',
      message: expect.stringContaining('Terms of Use of OpenAI'),
    });
  });

  test('of which nothing is known is refused', async () => {
    const unknown = { ...openAi, endpoint: 'https://models.example/v1' };
    await expect(permittedTeacher(unknown)).rejects.toThrow('its licence is not known');
    await expect(permittedTeacher({ ...unknown, licence: 'llama3.1' })).rejects.toThrow('llama3.1');
  });

  test('is accepted on the operator’s word, which is recorded beside the terms', async () => {
    const permission = 'Contract 17 of 2026-10-01 permits it.';
    const record = await permittedTeacher({ ...openAi, permission });
    expect(record).toMatchObject({ permitted: false, permission });
    expect(record.terms).toContain('forbid');
  });
});

describe('weights that are here', () => {
  const recipe = loadRecipe('distil');
  const [, distil] = recipe.stages;

  test('are opened in their own shape, from beside the program where the recipe means the shipped model', () => {
    const teacher = openLocalTeacher(recipe, taskTokenizer())!;
    expect(teacher.shape.width).toBe(128);
    expect(teacher.parameters).toBe(850_048);
    expect(new Float32Array(teacher.values).some((value) => value !== 0)).toBe(true);
  });

  test('are refused with another vocabulary, token by token', () => {
    const other: Tokenizer = createTokenizer(buildVocabulary([' other']));
    const shape = {
      ...openLocalTeacher(recipe, taskTokenizer())!.shape,
      vocabularySize: other.vocabulary.length,
    };
    const directory = mkdtempSync(join(tmpdir(), 'tiegel-teacher-'));
    const values = new Float32Array(parameterCount(shape));
    const from = exportModel({ values, shape, tokenizer: other, name: 'other' }, 'F32', directory);
    const stages = [{ ...distil, teacher: { from } }];
    expect(() => openLocalTeacher(parseRecipe('other', { ...recipe, stages }), taskTokenizer())).toThrow(
      expect.objectContaining({ code: 'TGL_TEACHER_INVALID' }),
    );
  });

  test('are those of one teacher in a run', () => {
    const stages = [distil, { ...distil, name: 'second', teacher: { from: 'elsewhere.gguf' } }];
    expect(() => openLocalTeacher(parseRecipe('two', { ...recipe, stages }), taskTokenizer())).toThrow(
      'a run holds one',
    );
  });
});
