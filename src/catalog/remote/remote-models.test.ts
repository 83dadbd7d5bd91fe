// Models on servers are recognised by their answers; everything else about their admission is as for variants.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type Digest, digestOf, manualClock } from '../../base/index.ts';
import type { AdmittedRemote } from '../admission/admit.ts';
import { placesOf } from '../admission/places.ts';
import type { ServingConfiguration } from '../admission/subject.ts';
import { openCatalog } from '../catalog.ts';
import { catalogWithModel, flipByte, serving, temporaryDirectory } from '../fixture.ts';
import type { Fingerprint, RemoteDescription, RemoteModel } from './remote-manifest.ts';

const description: RemoteDescription = {
  server: 'vllm',
  endpoints: ['http://10.0.0.7:8000/v1/'],
  model: 'deepseek-ai/DeepSeek-R1-Distill-Qwen-7B',
  contextLength: 32_768,
  opensThinking: false,
  keyVariable: 'VLLM_KEY',
  allowPrivate: true,
};

const answers: readonly Digest[] = ['a', 'b', 'c', 'd'].map(digestOf);

function open(home: string, clock = manualClock(Date.UTC(2026, 0, 1))) {
  return openCatalog({ home, clock });
}

function admitted(home: string) {
  const catalog = open(home);
  const remote = catalog.remotes.recordFingerprint(catalog.remotes.add('far', description), answers, key);
  const record = catalog.admissions.record({
    model: 'far',
    subject: catalog.remotes.subjectOf(remote, serving, answers),
    battery: { name: 'remote', version: '1' },
    probes: [{ name: 'fingerprint', verdict: 'pass', reason: 'four answers' }],
    evidence: digestOf('evidence'),
    validDays: 30,
  });
  return { catalog, remote, record };
}

/** Under which its questions were drawn. */
const key = 'ab'.repeat(32);

test('a model on a server is quarantined until it was assessed, and survives reopening', () => {
  using directory = temporaryDirectory();
  const catalog = open(directory.path);
  const remote = catalog.remotes.add('far', description);
  expect(remote.manifest).toMatchObject({ endpoints: ['http://10.0.0.7:8000/v1'], fingerprint: [] });
  expect(catalog.remotes.admit(remote, serving, answers)).toEqual({
    admitted: false,
    state: 'quarantined',
    reason: 'it has not been assessed',
  });
  expect(open(directory.path).remotes.list()).toEqual({ models: [remote], damaged: [] });
  expect(open(directory.path).remotes.find('near')).toBeUndefined();
  expect([catalog.remotes.remove('far'), catalog.remotes.remove('far')]).toEqual([true, false]);
  expect(catalog.remotes.list().models).toEqual([]);
});

test('a recorded one is admitted while it answers as it did', () => {
  using directory = temporaryDirectory();
  const { catalog, remote, record } = admitted(directory.path);
  const admission = catalog.remotes.admit(remote, serving, answers);
  expect(admission).toMatchObject({ admitted: true, remote: { name: 'far', remote, record } });
  const one = [...answers.slice(0, 3), digestOf('turned')];
  expect(catalog.remotes.admit(remote, serving, one)).toMatchObject({ admitted: true });
  const two = [...answers.slice(0, 2), digestOf('turned'), null];
  expect(catalog.remotes.admit(remote, serving, two)).toMatchObject({
    admitted: false,
    reason: 'it gives 2 of 4 answers as it did when it was assessed',
  });
  expect(catalog.remotes.admit(remote, serving, [])).toMatchObject({ admitted: false });
});

test('one is recognised by three of four answers, and not by none', () => {
  using directory = temporaryDirectory();
  const { catalog, remote } = admitted(directory.path);
  const { recognises } = catalog.remotes;
  const turned = (count: number): Fingerprint =>
    answers.map((answer, index) => (index < count ? digestOf('turned') : answer));
  expect([0, 1, 2, 4].map((count) => recognises(remote, turned(count)))).toEqual([true, true, false, false]);
  expect(recognises(remote, [])).toBe(false);
  const vague: Fingerprint = [null, null];
  expect(recognises(catalog.remotes.recordFingerprint(remote, vague, key), vague)).toBe(false);
});

test.each([0, -1, 0.5, Number.NaN])('none has a context of %d tokens', (contextLength) => {
  using directory = temporaryDirectory();
  const { remotes } = open(directory.path);
  expect(() => remotes.add('far', { ...description, contextLength })).toThrow('context');
  expect(remotes.add('far', { ...description, contextLength: 1 }).manifest.contextLength).toBe(1);
});

test('prompts to which the answers differ are no part of the comparison, and they alone are none', () => {
  using directory = temporaryDirectory();
  const { catalog, remote } = admitted(directory.path);
  const vague: Fingerprint = [null, null, null, null];
  const unsure = catalog.remotes.recordFingerprint(remote, vague, key);
  expect(catalog.remotes.admit(unsure, serving, vague)).toMatchObject({ reason: 'it has not been assessed' });
});

const changes: readonly [string, Partial<RemoteDescription>, Partial<ServingConfiguration>][] = [
  ['server', { server: 'sglang' }, {}],
  ['endpoints', { endpoints: ['http://10.0.0.8:8000/v1'] }, {}],
  ['model', { model: 'another' }, {}],
  ['contextLength', { contextLength: 4096 }, {}],
  ['opensThinking', { opensThinking: true }, {}],
  ['template', { template: digestOf('a template') }, {}],
  ['declared places', { places: [{ region: 'DE' }] }, {}],
  ['runtime build', {}, { runtimeBuild: 'tiegel-remote 2' }],
  ['system prompt', {}, { systemPrompt: 'Obey.' }],
];

test.each(changes)(
  'another %s is another subject, and the reason names it',
  (what, change, configuration) => {
    using directory = temporaryDirectory();
    const { catalog } = admitted(directory.path);
    const changed = catalog.remotes.add('far', { ...description, ...change });
    const known = catalog.remotes.recordFingerprint(changed, answers, key);
    expect(catalog.remotes.admit(known, { ...serving, ...configuration }, answers)).toMatchObject({
      admitted: false,
      reason: expect.stringContaining(what),
    });
  },
);

test('a fingerprint that was exchanged in the manifest admits nothing', () => {
  using directory = temporaryDirectory();
  const { catalog, remote } = admitted(directory.path);
  const others = ['w', 'x', 'y', 'z'].map(digestOf);
  const forged = catalog.remotes.recordFingerprint(remote, others, key);
  expect(catalog.remotes.admit(forged, serving, others)).toMatchObject({
    reason: expect.stringContaining('a change in the fingerprint'),
  });
});

test('any flipped byte of the manifest is noticed', () => {
  using directory = temporaryDirectory();
  const { catalog } = admitted(directory.path);
  const path = join(directory.path, 'remotes', 'far.json');
  for (let position = 0; position < readFileSync(path).length; position += 5) {
    using _ = flipByte(path, position, 1);
    expect(() => catalog.remotes.find('far')).toThrow(
      expect.objectContaining({ code: 'TGL_MANIFEST_INVALID' }),
    );
  }
  expect(catalog.remotes.find('far')).toMatchObject({ name: 'far' });
  writeFileSync(join(directory.path, 'remotes', 'near.json'), readFileSync(path));
  expect(() => catalog.remotes.find('near')).toThrow(/belongs to far/);
  const { models, damaged } = catalog.remotes.list();
  expect([models.map(({ name }) => name), damaged.map(({ name }) => name)]).toEqual([['far'], ['near']]);
});

test.each([
  ['no endpoint', { endpoints: [] }],
  ['another scheme', { endpoints: ['file:///etc/passwd'] }],
  ['a key in the address', { endpoints: ['https://key@example.com/v1'] }],
  ['a query', { endpoints: ['https://example.com/v1?key=1'] }],
  ['no context', { contextLength: 0 }],
  ['a template without its digest', { template: 'chatml' as Digest }],
  ['a key instead of its variable', { keyVariable: 'sk-0123' }],
  ['a variable that begins with a digit', { keyVariable: '1KEY' }],
  ['a variable with more behind it', { keyVariable: 'KEY=1' }],
  ['a variable with more before it', { keyVariable: '$KEY' }],
  ['more places than endpoints', { places: [{ region: 'DE' }, { region: 'FR' }] }],
  ['a region that is none', { places: [{ region: 'EU' }] }],
  ['an operator of no country', { places: [{ operator: { name: 'Far Ltd', country: '' } }] }],
  [
    'own hardware of somebody else',
    { places: [{ operator: { name: 'A', country: 'DE' }, ownHardware: true }] },
  ],
  ['a place with a member that nobody knows', { places: [{ planet: 'Mars' } as object] }],
] as const)('%s is refused', (_, change) => {
  using directory = temporaryDirectory();
  expect(() => open(directory.path).remotes.add('far', { ...description, ...change })).toThrow(
    expect.objectContaining({ code: 'TGL_REMOTE_INVALID' }),
  );
});

test('what is added again as it is stays admitted; a damaged one, or one that is described otherwise, is replaced', () => {
  using directory = temporaryDirectory();
  const { catalog, remote } = admitted(directory.path);
  expect(catalog.remotes.add('far', description)).toEqual(remote);
  expect(catalog.remotes.find('far')).toEqual(remote);
  expect(catalog.remotes.add('far', { ...description, model: 'another' }).manifest.fingerprint).toEqual([]);
  writeFileSync(join(directory.path, 'remotes', 'far.json'), 'damaged');
  expect(catalog.remotes.add('far', description).manifest.fingerprint).toEqual([]);
});

test('each endpoint has the place that was declared of it, and an undeclared one none', () => {
  using directory = temporaryDirectory();
  const { remotes } = open(directory.path);
  const operator = { name: 'Far Ltd', country: 'IE' };
  const endpoints = ['https://one.example/v1', 'http://10.0.0.7:8000/v1'];
  const far = remotes.add('far', {
    ...{ ...description, endpoints, places: [{ region: 'IE', operator }, { ownHardware: true }] },
  });
  expect(open(directory.path).remotes.find('far')).toEqual(far);
  expect(placesOf(remotes.subjectOf(far, serving, answers))).toEqual([
    { region: 'IE', operator, ownHardware: false, host: 'one.example' },
    { region: null, operator: null, ownHardware: true, host: '10.0.0.7:8000' },
  ]);
  const near = remotes.add('near', description);
  expect(placesOf(remotes.subjectOf(near, serving, answers))).toEqual([
    { region: null, operator: null, ownHardware: false, host: '10.0.0.7:8000' },
  ]);
});

test('the name of a variant cannot be taken', async () => {
  using directory = temporaryDirectory();
  const { catalog } = await catalogWithModel(directory.path);
  expect(() => catalog.remotes.add('small', description)).toThrow(/a model on this machine has the name/);
});

test('neither a literal nor a changed copy passes for an admitted one', () => {
  using directory = temporaryDirectory();
  const { catalog, remote, record } = admitted(directory.path);
  const admission = catalog.remotes.admit(remote, serving, answers);
  if (!admission.admitted) expect.unreachable(admission.reason);
  const elsewhere: RemoteModel = { name: 'far', manifest: { ...remote.manifest, model: 'worse' } };
  // @ts-expect-error a changed copy has lost what only the catalog gives
  const copy: AdmittedRemote = { ...admission.remote, remote: elsewhere };
  // @ts-expect-error
  const literal: AdmittedRemote = { name: 'far', remote, serving, record, admissionKey: record.admissionKey };
  for (const pretender of [copy, literal])
    expect(pretender.constructor).not.toBe(admission.remote.constructor);
});
