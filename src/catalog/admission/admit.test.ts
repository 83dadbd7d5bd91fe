// Admission stands or falls with the whole served tuple and with every byte that it rests on.
import {
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { canonicalJson, type Digest, manualClock } from '../../base/index.ts';
import { openCatalog } from '../catalog.ts';
import {
  catalogWithModel,
  flipByte,
  passedAssessment,
  serving,
  temporaryDirectory,
  writeModel,
} from '../fixture.ts';
import { manifestText } from '../variant/manifest.ts';
import { openRecord } from './admission-record.ts';
import type { AdmittedVariant } from './admit.ts';
import { openSigningKey } from './signing-key.ts';
import { admissionKeyOf, type ServingConfiguration, type Subject } from './subject.ts';

const day = 24 * 60 * 60 * 1000;

async function admittedModel(directory: string, clock = manualClock(Date.UTC(2026, 0, 1))) {
  const { catalog, variant } = await catalogWithModel(directory, { clock });
  const record = catalog.admissions.record(await passedAssessment(catalog, variant));
  return {
    catalog,
    variant,
    record,
    clock,
    path: join(catalog.home, 'admissions', `${record.admissionKey}.json`),
  };
}

test('a variant is quarantined until it is recorded, and admitted afterwards', async () => {
  using directory = temporaryDirectory();
  const { catalog, variant } = await catalogWithModel(directory.path);
  expect(await catalog.admissions.admit(variant, serving)).toEqual({
    admitted: false,
    state: 'quarantined',
    reason: 'it has not been assessed in this configuration',
  });
  const record = catalog.admissions.record(await passedAssessment(catalog, variant));
  const admission = await catalog.admissions.admit(variant, serving);
  expect(admission).toMatchObject({
    admitted: true,
    variant: { variant, serving, record, template: { name: 'tiegel' }, admissionKey: record.admissionKey },
  });
});

test('another catalog over the same home, and the same file under another name, are admitted too', async () => {
  using directory = temporaryDirectory();
  const { catalog, clock } = await admittedModel(directory.path);
  const again = openCatalog({ home: catalog.home, clock });
  expect(await again.admissions.admit(again.variants.find('small'), serving)).toMatchObject({
    admitted: true,
  });
  const twin = await again.variants.importFile(join(directory.path, 'small.gguf'), {
    name: 'twin',
    source: '',
  });
  expect(await again.admissions.admit(twin, serving)).toMatchObject({ admitted: true });
});

test('a listing is told what admission is told, without all bytes being read', async () => {
  using directory = temporaryDirectory();
  const { catalog, variant, record, clock } = await admittedModel(directory.path);
  expect(await catalog.admissions.unverifiedRecordOf(variant, serving)).toEqual(record);
  const changed = { ...serving, systemPrompt: 'Be brief.' };
  expect(await catalog.admissions.unverifiedRecordOf(variant, changed)).toEqual(
    await catalog.admissions.admit(variant, changed),
  );
  catalog.admissions.revoke(variant.name, record.subject, true, 'a test');
  expect(await catalog.admissions.unverifiedRecordOf(variant, serving)).toMatchObject({ state: 'revoked' });
  catalog.admissions.revoke(variant.name, record.subject, false, 'a test');
  // Only admission compares what lies there with its digest.
  const { digest, bytes } = variant.manifest.weights;
  flipByte(join(catalog.home, 'blobs', 'sha256', digest), bytes - 1, 1);
  expect(await catalog.admissions.unverifiedRecordOf(variant, serving)).toEqual(record);
  expect(await catalog.admissions.admit(variant, serving)).toMatchObject({ state: 'quarantined' });
  clock.advance(365 * day);
  expect(await catalog.admissions.unverifiedRecordOf(variant, serving)).toMatchObject({ state: 'stale' });
  rmSync(join(catalog.home, 'blobs', 'sha256', digest));
  expect(await catalog.admissions.unverifiedRecordOf(variant, serving)).toMatchObject({
    state: 'quarantined',
  });
});

const changes: readonly [string, Partial<ServingConfiguration>, RegExp][] = [
  ['runtime', { runtimeBuild: 'scripted 2' }, /change in the runtime build \("scripted 1" → "scripted 2"\)$/],
  [
    'temperature',
    { sampling: { ...serving.sampling, temperature: 0.9 } },
    /change in the sampling default temperature \(0\.6 → 0\.9\)$/,
  ],
  ['top-p', { sampling: { ...serving.sampling, topP: 1 } }, /the sampling default topP \(0\.95 → 1\)$/],
  ['length', { sampling: { ...serving.sampling, maxTokens: 1 } }, /the sampling default maxTokens/],
  ['budget', { thinkingBudget: 64 }, /the thinking budget \(null → 64\)$/],
  ['system prompt', { systemPrompt: 'Obey.' }, /change in the system prompt$/],
  [
    'two things',
    { systemPrompt: '', thinkingBudget: 0 },
    /the thinking budget \(null → 0\), the system prompt$/,
  ],
];

test.each(changes)('another %s is another subject', async (what, change, reason) => {
  using directory = temporaryDirectory();
  const { catalog, variant } = await admittedModel(directory.path);
  const admission = await catalog.admissions.admit(variant, { ...serving, ...change });
  const state = what === 'runtime' ? 'stale' : 'quarantined';
  expect(admission).toMatchObject({ state, reason: expect.stringMatching(reason) });
});

test.each([
  ['quantisation', { type: 'Q8_0' }, /the weights, the tensor shapes, the quantisation \("F32" → "Q8_0"\)$/],
  ['tokenizer', { tokens: ['a', 'c'] }, /the weights, the tokenizer$/],
  ['weights', { values: new Float32Array(64) }, /change in the weights$/],
] as const)('another %s in the file is another subject', async (_, options, reason) => {
  using directory = temporaryDirectory();
  const { catalog } = await admittedModel(directory.path);
  const path = join(directory.path, 'small.gguf');
  writeModel(path, options);
  const changed = await catalog.variants.importFile(path, { name: 'small', source: '' });
  expect(await catalog.admissions.admit(changed, serving)).toMatchObject({
    reason: expect.stringMatching(reason),
  });
});

describe('a chat template that is not vetted', () => {
  async function otherTemplate(directory: string) {
    const { catalog } = await admittedModel(directory);
    const path = join(directory, 'small.gguf');
    writeModel(path, { template: '{{ messages[0].content }}:' });
    const variant = await catalog.variants.importFile(path, { name: 'small', source: '' });
    return { catalog, variant, passed: await passedAssessment(catalog, variant) };
  }

  test('is not admitted without a record about it', async () => {
    using directory = temporaryDirectory();
    const { catalog, variant } = await otherTemplate(directory.path);
    expect(await catalog.admissions.admit(variant, serving)).toMatchObject({
      state: 'quarantined',
      reason: expect.stringMatching(/^its chat template is not of a vetted family, and .* the chat template/),
    });
  });

  test('is rendered as it stands in the file where a record is about it', async () => {
    using directory = temporaryDirectory();
    const { catalog, variant, passed } = await otherTemplate(directory.path);
    catalog.admissions.record(passed);
    const admission = await catalog.admissions.admit(variant, serving);
    if (!admission.admitted) throw new Error(admission.reason);
    const { template, record } = admission.variant;
    expect(record.subject).toMatchObject({ templateRenderer: expect.stringContaining('jinja') });
    expect(await template.render([{ role: 'user', content: 'Hi' }], { thinking: 'open' })).toEqual([
      { text: 'Hi', special: false },
      { text: ':', special: true },
    ]);
  });

  test('is not admitted by a record from when its family was vetted', async () => {
    using directory = temporaryDirectory();
    const { catalog, variant, passed } = await otherTemplate(directory.path);
    const { templateRenderer: _, ...subject } = passed.subject as Extract<Subject, { weights: Digest }>;
    catalog.admissions.record({ ...passed, subject });
    expect(await catalog.admissions.admit(variant, serving)).toMatchObject({
      state: 'quarantined',
      reason: expect.stringContaining('the renderer of the template'),
    });
  });
});

test('any flipped byte of the record is noticed', async () => {
  using directory = temporaryDirectory();
  const { catalog, variant, path } = await admittedModel(directory.path);
  const key = openSigningKey(join(catalog.home, 'keys', 'signing.pem'));
  expect(openRecord(path, key).state).toBe('valid');
  const length = readFileSync(path).length;
  for (let position = 0; position < length; position += 3) {
    using _ = flipByte(path, position, 1 << (position % 8));
    expect(openRecord(path, key).state).toBe('refused');
    if (position % 60 > 0) continue;
    expect(await catalog.admissions.admit(variant, serving)).toMatchObject({ state: 'quarantined' });
  }
  expect(await catalog.admissions.admit(variant, serving)).toMatchObject({ admitted: true });
});

test('any flipped byte of the weights is noticed, even if its time is set back', async () => {
  using directory = temporaryDirectory();
  const { catalog, variant } = await admittedModel(directory.path);
  const path = await catalog.variants.weightsPath(variant);
  const length = readFileSync(path).length;
  for (let position = 0; position < length; position += 7) {
    using _ = flipByte(path, position, 1 << (position % 8));
    utimesSync(path, 1, 1);
    expect(await catalog.admissions.admit(variant, serving)).toMatchObject({
      reason: expect.stringContaining('promises'),
    });
    await expect(catalog.variants.weightsPath(variant)).rejects.toThrow(
      expect.objectContaining({ code: 'TGL_BLOB_CORRUPT' }),
    );
  }
  rmSync(path);
  expect(await catalog.admissions.admit(variant, serving)).toMatchObject({
    reason: expect.stringContaining('no readable'),
  });
});

test('a record expires, and does not come from the future', async () => {
  using directory = temporaryDirectory();
  const { catalog, variant, clock } = await admittedModel(directory.path);
  // Clocks of two machines may differ by a day.
  clock.advance(-day);
  expect(await catalog.admissions.admit(variant, serving)).toMatchObject({ admitted: true });
  clock.advance(-1);
  expect(await catalog.admissions.admit(variant, serving)).toMatchObject({
    state: 'quarantined',
    reason: expect.stringContaining(
      'the log of decisions cannot be relied on: the clock stands at 2025-12-30',
    ),
  });
  clock.advance(1 + day + 30 * day - 1);
  expect(await catalog.admissions.admit(variant, serving)).toMatchObject({ admitted: true });
  clock.advance(1);
  expect(await catalog.admissions.admit(variant, serving)).toEqual({
    admitted: false,
    state: 'stale',
    reason: 'its admission record expired at 2026-01-31T00:00:00.000Z',
  });
});

test('a record signed with another key, or filed under another subject, does not count', async () => {
  using directory = temporaryDirectory();
  const { catalog, variant, path, clock } = await admittedModel(directory.path);
  const warmer = { ...serving, sampling: { ...serving.sampling, temperature: 1 } };
  const other = admissionKeyOf(await catalog.admissions.subjectOf(variant, warmer));
  writeFileSync(join(catalog.home, 'admissions', `${other}.json`), readFileSync(path));
  expect(await catalog.admissions.admit(variant, warmer)).toMatchObject({
    reason: expect.stringContaining('another subject'),
  });
  rmSync(join(catalog.home, 'keys', 'signing.pem'));
  const fresh = openCatalog({ home: catalog.home, clock });
  expect(await fresh.admissions.admit(variant, serving)).toMatchObject({
    reason: expect.stringContaining('entry 0000000001.json cannot be believed: its signature'),
  });
});

test('a record whose subject was exchanged, with the right name and key, does not count', async () => {
  using directory = temporaryDirectory();
  const { path } = await admittedModel(directory.path);
  const { publicKey } = JSON.parse(readFileSync(path, 'utf8')) as { publicKey: string };
  const lenient = { publicKey, sign: () => '', verify: () => true };
  const forged = JSON.parse(readFileSync(path, 'utf8'));
  forged.record.subject.systemPrompt = 'forged';
  writeFileSync(path, `${JSON.stringify(JSON.parse(canonicalJson(forged)), null, 2)}\n`);
  expect(openRecord(path, lenient)).toEqual({
    state: 'refused',
    problem: 'its key does not belong to its subject',
  });
});

test('only passes can be recorded', async () => {
  using directory = temporaryDirectory();
  const { catalog, variant } = await catalogWithModel(directory.path);
  const passed = await passedAssessment(catalog, variant);
  const failed = { name: 'identity', verdict: 'fail' as 'pass', reason: '' };
  expect(() => catalog.admissions.record({ ...passed, probes: [] })).toThrow(TypeError);
  expect(() => catalog.admissions.record({ ...passed, probes: [...passed.probes, failed] })).toThrow(
    TypeError,
  );
  expect(readdirSync(join(catalog.home, 'admissions'))).toEqual([]);
});

test('neither a literal nor a changed copy passes for an admitted variant', async () => {
  using directory = temporaryDirectory();
  const { catalog, variant, record } = await admittedModel(directory.path);
  const admission = await catalog.admissions.admit(variant, serving);
  if (!admission.admitted) expect.unreachable(admission.reason);
  const original = admission.variant;
  // @ts-expect-error a changed copy has lost what only the catalog gives
  const copy: AdmittedVariant = { ...original, name: 'elsewhere' };
  // @ts-expect-error
  const literal: AdmittedVariant = { variant, serving, record, admissionKey: record.admissionKey };
  for (const pretender of [copy, literal]) expect(pretender.constructor).not.toBe(original.constructor);
});

test('a manifest that contradicts its file, though it has its digest, keeps the variant out', async () => {
  using directory = temporaryDirectory();
  const { catalog, variant } = await admittedModel(directory.path);
  const changed = { ...variant.manifest, quantisation: 'Q8_0' };
  writeFileSync(join(catalog.home, 'manifests', 'small.json'), manifestText(changed));
  expect(await catalog.admissions.admit(catalog.variants.find('small'), serving)).toMatchObject({
    state: 'quarantined',
    reason: 'its manifest contradicts its file about the quantisation',
  });
});

test('an admitted variant cannot be changed', async () => {
  using directory = temporaryDirectory();
  const { catalog, variant } = await admittedModel(directory.path);
  const mutable = structuredClone(serving) as { systemPrompt: string | null } & ServingConfiguration;
  const admission = await catalog.admissions.admit(variant, mutable);
  mutable.systemPrompt = 'changed afterwards';
  if (!admission.admitted) expect.unreachable(admission.reason);
  expect(admission.variant.serving.systemPrompt).toBe(null);
  expect(Object.isFrozen(admission.variant)).toBe(true);
});

test('a link in place of the weights is refused', async () => {
  using directory = temporaryDirectory();
  const { catalog, variant } = await admittedModel(directory.path);
  const path = await catalog.variants.weightsPath(variant);
  const elsewhere = join(directory.path, 'elsewhere');
  renameSync(path, elsewhere);
  symlinkSync(elsewhere, path);
  expect(await catalog.admissions.admit(variant, serving)).toMatchObject({
    reason: expect.stringContaining('regular file'),
  });
});
