// Draft models: which pairs are allowed, and that model and draft are a subject of their own.
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { manualClock } from '../../base/index.ts';
import { type Catalog, openCatalog } from '../catalog.ts';
import { passedAssessment, serving, temporaryDirectory, writeModel } from '../fixture.ts';
import type { Variant } from './manifest.ts';

const letters = ['a', 'b', 'c', 'd'];

async function imported(
  directory: string,
  models: Readonly<Record<string, Parameters<typeof writeModel>[1]>>,
): Promise<{ readonly catalog: Catalog; readonly variants: readonly Variant[] }> {
  const catalog = openCatalog({ home: join(directory, 'home'), clock: manualClock(Date.UTC(2026, 0, 1)) });
  const variants: Variant[] = [];
  for (const [name, options] of Object.entries(models)) {
    const path = join(directory, `${name}.gguf`);
    writeModel(path, { tokens: letters, ...options });
    variants.push(await catalog.variants.importFile(path, { name, source: 'a test' }));
  }
  return { catalog, variants };
}

test('a model with a draft is admitted for itself, and neither without nor with another one', async () => {
  using directory = temporaryDirectory();
  const { catalog, variants } = await imported(directory.path, {
    large: {},
    small: { type: 'Q8_0' },
    other: { values: new Float32Array(64) },
  });
  const [large, small, other] = variants as [Variant, Variant, Variant];
  const drafted = await catalog.variants.withDraft(large, small);
  const passed = await passedAssessment(catalog, drafted);
  expect(passed.subject).toMatchObject({ draft: small.manifest.weights.digest });
  catalog.admissions.record(passed);
  expect(await catalog.admissions.admit(drafted, serving)).toMatchObject({
    admitted: true,
    variant: { files: { draftPath: await catalog.variants.weightsPath(small) } },
  });
  for (const wrong of [large, await catalog.variants.withDraft(large, other)]) {
    expect(await catalog.admissions.admit(wrong, serving)).toMatchObject({
      admitted: false,
      reason: expect.stringContaining('a change in the draft model'),
    });
  }
  catalog.admissions.revoke('small', await catalog.admissions.subjectOf(small, serving), true, 'it lies');
  expect(await catalog.admissions.admit(drafted, serving)).toMatchObject({ state: 'revoked' });
});

const bos = (value: number) => ({ 'tokenizer.ggml.bos_token_id': { type: 'uint32', value } as const });

test.each([
  ['other tokens', { tokens: ['a', 'b', 'x', 'd'] }, 'differ from token 2 on'],
  ['many more tokens', { tokens: [...letters, ...Array.from({ length: 129 }, (_, id) => `p${id}`)] }, '133'],
  ['another begin of text', { metadata: bos(1) }, 'tokenizer.ggml.bos_token_id'],
])('%s make a model unfit to draft', async (_, options, problem) => {
  using directory = temporaryDirectory();
  const { catalog, variants } = await imported(directory.path, { large: {}, small: options });
  const [large, small] = variants as [Variant, Variant];
  await expect(catalog.variants.withDraft(large, small)).rejects.toMatchObject({
    code: 'TGL_DRAFT_UNSUITABLE',
    details: { model: 'large', draft: 'small', problem: expect.stringContaining(problem) },
  });
});

test.each([1, 128])('padding of %i tokens at the end of a vocabulary does not', async (padding) => {
  using directory = temporaryDirectory();
  const { catalog, variants } = await imported(directory.path, {
    large: { tokens: [...letters, ...Array.from({ length: padding }, (_, id) => `[PAD${id}]`)] },
    small: {},
  });
  const [large, small] = variants as [Variant, Variant];
  expect(await catalog.variants.withDraft(large, small)).toEqual({ ...large, draft: small });
});
