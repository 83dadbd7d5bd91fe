// What assessments leave behind: records with and without a policy, and rejections.
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { canonicalJson, digestOf, digestOfJson, manualClock } from '../../base/index.ts';
import { openCatalog } from '../catalog.ts';
import { catalogWithModel, passedAssessment, serving, temporaryDirectory } from '../fixture.ts';
import { openLayout } from '../storage/layout.ts';
import { strictJson } from '../storage/strict-json.ts';
import { admissionRecord, openRecord } from './admission-record.ts';
import { openAttestation } from './attestations.ts';
import { rejectionTarget, revocationText, revokedError } from './revocation.ts';
import { openSigningKey } from './signing-key.ts';
import { admissionKeyOf, remoteSubjectFrom } from './subject.ts';

const policy = { name: 'general', version: '2', digest: digestOf('general') };
/** The policy that rejects, of which {@link policy} is as strong a one. */
const strict = { name: 'strict', digest: digestOf('strict'), document: { name: 'strict' } };
const asStrong = { ...policy, asStrongAs: [strict.digest] };
const invariable = { publicKey: 'a key', sign: () => 'signed', verify: () => true };

async function assessedModel(directory: string) {
  const { catalog, variant } = await catalogWithModel(directory);
  return { catalog, variant, passed: await passedAssessment(catalog, variant) };
}

test('a policy rejects one configuration, by name, until the same or one as strong admits it', async () => {
  using directory = temporaryDirectory();
  const { catalog, variant, passed } = await assessedModel(directory.path);
  const { admissions } = catalog;
  admissions.record({ ...passed, policy });
  const rejection = admissions.reject('small', passed.subject, strict, 'it helped');
  expect(rejection).toEqual({
    ...{ model: 'small', reason: 'it helped', revoked: true, policy: 'strict' },
    rejectedBy: { digest: strict.digest, document: strict.document },
    time: '2026-01-01T00:00:00.000Z',
  });
  expect(admissions.revocationOf(passed.subject)).toEqual(rejection);
  expect(await admissions.admit(variant, serving)).toEqual({
    ...{ admitted: false, state: 'rejected', revocation: rejection },
    reason: 'it was rejected at 2026-01-01T00:00:00.000Z: it helped',
  });
  const another = await admissions.subjectOf(variant, { ...serving, systemPrompt: 'Be kind.' });
  expect(admissions.revocationOf(another)).toBeNull();

  admissions.record(passed);
  expect(await admissions.admit(variant, serving)).toMatchObject({ state: 'rejected' });
  admissions.record({ ...passed, policy });
  expect(await admissions.admit(variant, serving)).toMatchObject({ state: 'rejected' });
  expect(admissions.standingAgainst(passed.subject, policy)).toEqual(rejection);
  admissions.record({ ...passed, policy: asStrong });
  expect(admissions.revocationOf(passed.subject)).toBeNull();
  expect(await admissions.admit(variant, serving)).toMatchObject({ admitted: true });
});

test('a policy that admits lifts no revocation by a person, and leaves no trace where nothing was rejected', async () => {
  using directory = temporaryDirectory();
  const { catalog, variant, passed } = await assessedModel(directory.path);
  catalog.admissions.record({ ...passed, policy });
  const path = join(catalog.home, 'revocations', `${rejectionTarget(passed.subject)}.json`);
  expect(() => readFileSync(path)).toThrow('ENOENT');
  catalog.admissions.revoke('small', passed.subject, true, 'by hand');
  catalog.admissions.record({ ...passed, policy });
  expect(await catalog.admissions.admit(variant, serving)).toMatchObject({ state: 'revoked' });
});

test('a pass without a policy replaces no valid record by one, and every other record', async () => {
  using directory = temporaryDirectory();
  const clock = manualClock(Date.UTC(2026, 0, 1));
  const { catalog, variant } = await catalogWithModel(directory.path, { clock });
  const passed = await passedAssessment(catalog, variant);
  const { admissions } = catalog;
  const plain = admissions.record(passed);
  expect(plain).not.toHaveProperty('policy');
  const decided = admissions.record({ ...passed, policy });
  expect(decided).toMatchObject({ policy });
  expect(admissions.record(passed)).toEqual(decided);
  expect(await admissions.admit(variant, serving)).toMatchObject({ variant: { record: decided } });
  clock.advance(31 * 24 * 60 * 60 * 1000);
  const later = admissions.record(passed);
  expect(later).not.toHaveProperty('policy');
  expect(await admissions.admit(variant, serving)).toMatchObject({ variant: { record: later } });
});

test('a record has no members for what there is none of, and lasts for the days it says', async () => {
  using directory = temporaryDirectory();
  const { passed } = await assessedModel(directory.path);
  const record = admissionRecord({ ...passed, validDays: 2, conditions: [] }, Date.UTC(2026, 0, 1));
  expect(Object.keys(record).sort()).toEqual(
    [
      ...['admissionKey', 'battery', 'evidence', 'expires', 'issued', 'model'],
      ...['probes', 'schema', 'subject', 'verdict'],
    ].sort(),
  );
  expect(record).toMatchObject({ verdict: 'pass', expires: '2026-01-03T00:00:00.000Z' });
});

test.each<[string, (record: ReturnType<typeof admissionRecord>) => object]>([
  ['its verdict is not a pass', (record) => ({ ...record, verdict: 'fail' })],
  [
    'the content filter filter that it requires is not in its subject',
    (record) => ({ ...record, conditions: [{ filter: 'filter', digest: digestOf('x') }] }),
  ],
])('a signed record is refused where %s', async (problem, change) => {
  using directory = temporaryDirectory();
  const { passed } = await assessedModel(directory.path);
  const record = admissionRecord(passed, 0);
  const path = join(directory.path, 'record.json');
  const write = (sealed: object): void => writeFileSync(path, strictJson(sealed as never));
  const sealed = { publicKey: invariable.publicKey, signature: 'signed' };
  write({ ...sealed, record });
  expect(openRecord(path, invariable)).toEqual({ state: 'valid', record });
  write({ ...sealed, record: change(record) });
  expect(openRecord(path, invariable)).toEqual({ state: 'refused', problem });
  write({ ...sealed, record, more: 1 });
  expect(openRecord(path, invariable).state).toBe('refused');
  expect(openRecord(join(directory.path, 'none.json'), invariable)).toEqual({ state: 'absent' });
});

test('a record of another schema admits nothing and asks to assess again, under its own key as under another one', async () => {
  using directory = temporaryDirectory();
  const { catalog, variant, passed } = await assessedModel(directory.path);
  const key = openSigningKey(openLayout(catalog.home).signingKey);
  const { filters, ...before } = passed.subject;
  const earlier = { ...before, guardChain: filters };
  const records = [
    { admissionKey: admissionKeyOf(passed.subject), subject: passed.subject },
    { admissionKey: digestOfJson(earlier), subject: earlier },
  ];
  for (const { admissionKey, subject } of records) {
    const record = { ...admissionRecord(passed, 0), schema: 1, admissionKey, subject };
    const path = join(catalog.home, 'admissions', `${admissionKey}.json`);
    const sign = (purpose: string) =>
      strictJson({
        ...{ record, publicKey: key.publicKey, signature: key.sign(purpose + canonicalJson(record)) },
      });
    writeFileSync(path, sign('tiegel admission record, schema 1\n'));
    expect(await catalog.admissions.admit(variant, serving)).toEqual({
      ...{ admitted: false, state: 'stale' },
      reason: 'another version of Tiegel made its admission record (schema 1; this one reads schema 2)',
    });
    writeFileSync(path, sign('tiegel admission record, schema 2\n'));
    expect(await catalog.admissions.admit(variant, serving)).toMatchObject({ state: 'quarantined' });
    rmSync(path);
  }
});

test('what a policy rejected is not freed by declaring that it runs elsewhere, by marking what it says, or by rounding otherwise', async () => {
  using directory = temporaryDirectory();
  const { catalog, variant, passed } = await assessedModel(directory.path);
  catalog.admissions.reject('small', passed.subject, strict, 'it helped');
  const changes = [
    { place: { region: 'DE' } },
    { watermark: { window: 4, share: 0.5 } },
    { attention: 'flash' },
  ] as const;
  for (const change of changes)
    expect(await catalog.admissions.admit(variant, { ...serving, ...change })).toMatchObject({
      state: 'rejected',
    });
  const remote = {
    server: 'vllm',
    endpoints: ['http://a/v1'],
    model: 'm',
    contextLength: 1,
    opensThinking: false,
  };
  const subject = remoteSubjectFrom({ remote, fingerprint: [] }, serving);
  const declared = remoteSubjectFrom(
    { remote: { ...remote, places: [{ region: 'DE' }] }, fingerprint: [] },
    serving,
  );
  expect(rejectionTarget(declared)).toBe(rejectionTarget(subject));
});

test('what a policy rejected before content filters had their present name stays rejected until it admits it by its name', async () => {
  using directory = temporaryDirectory();
  const { catalog, variant, passed } = await assessedModel(directory.path);
  const { filters, ...before } = passed.subject;
  const target = digestOfJson({ ...before, guardChain: filters });
  const rejection = {
    ...{ model: 'small', reason: 'it helped', revoked: true, policy: 'strict' },
    time: '2025-01-01T00:00:00.000Z',
  };
  const path = join(catalog.home, 'revocations', `${target}.json`);
  writeFileSync(path, revocationText(target, rejection, openSigningKey(openLayout(catalog.home).signingKey)));
  catalog.admissions.record(passed);
  expect(await catalog.admissions.admit(variant, serving)).toMatchObject({ state: 'rejected' });
  catalog.admissions.record({ ...passed, policy });
  expect(await catalog.admissions.admit(variant, serving)).toMatchObject({ state: 'rejected' });
  catalog.admissions.record({ ...passed, policy: { ...policy, name: 'strict' } });
  expect(await catalog.admissions.admit(variant, serving)).toMatchObject({ admitted: true });
});

const place = {
  ...{ server: 'vllm', endpoints: ['https://one.example/v1'], model: 'r1' },
  ...{ contextLength: 4096, opensThinking: false },
};

test('a model on a server is revoked by its place, and rejected whatever it answers', async () => {
  using directory = temporaryDirectory();
  const { admissions } = openCatalog({ home: directory.path, clock: manualClock(0) });
  const subjectOf = (answer: string, changes: object = {}, configuration: object = {}) =>
    remoteSubjectFrom(
      { remote: { ...place, ...changes }, fingerprint: [digestOf(answer)] },
      { ...serving, ...configuration },
    );
  admissions.reject('far', subjectOf('yes'), strict, 'it helped');
  expect(admissions.revocationOf(subjectOf('no'))).toMatchObject({ policy: 'strict' });
  expect(admissions.revocationOf(subjectOf('no', {}, { systemPrompt: 'Be kind.' }))).toBeNull();
  admissions.revoke('far', subjectOf('yes'), true, 'by hand');
  const elsewhere = { contextLength: 8, opensThinking: true };
  expect(admissions.revocationOf(subjectOf('no', elsewhere))).toMatchObject({ reason: 'by hand' });
  for (const change of [{ server: 'sglang' }, { endpoints: [] }, { model: 'r2' }])
    expect(admissions.revocationOf(subjectOf('yes', change))).toBeNull();
});

test('a revocation of what drafts for a model counts for both together, and not for the model alone', async () => {
  using directory = temporaryDirectory();
  const { catalog, variant } = await assessedModel(directory.path);
  const { admissions } = catalog;
  const alone = await admissions.subjectOf(variant, serving);
  const together = await admissions.subjectOf({ ...variant, draft: variant }, serving);
  const drafted = { ...together, draft: digestOf('a draft') };
  admissions.revoke('draft', { ...alone, weights: digestOf('a draft') } as typeof alone, true, 'it leaks');
  expect(admissions.revocationOf(drafted)).toMatchObject({ reason: 'it leaks' });
  expect([admissions.revocationOf(together), admissions.revocationOf(alone)]).toEqual([null, null]);
});

test.each([
  ['not JSON', 'it is not JSON'],
  ['[]', 'it is not an envelope'],
  ['null', 'it is not an envelope'],
  ['"text"', 'it is not an envelope'],
  ['{"payload":"e30=","payloadType":"text/plain","signatures":[]}', 'its payload is not application/vnd'],
  [
    '{"payload":"e30=","payloadType":"application/vnd.in-toto+json","signatures":[]}',
    'it was signed with another key',
  ],
  ['{"payload":"e30=","payloadType":"application/vnd.in-toto+json"}', 'it was signed with another key'],
])('a revocation that reads %s counts, and says what is wrong', async (text, problem) => {
  using directory = temporaryDirectory();
  const { catalog, variant, passed } = await assessedModel(directory.path);
  catalog.admissions.record(passed);
  writeFileSync(join(catalog.home, 'revocations', `${variant.manifest.weights.digest}.json`), text);
  expect(catalog.admissions.revocationOf(passed.subject)).toEqual({
    ...{ model: '', time: 'an unknown time', revoked: true },
    reason: expect.stringContaining(`there is a revocation that cannot be read: ${problem}`),
  });
});

test('an envelope with a wrong signature, another spelling or more members is not believed', async () => {
  using directory = temporaryDirectory();
  const { attestations } = openCatalog({ home: directory.path, clock: manualClock(0) });
  const subject = [{ name: 'x', digest: { sha256: digestOf('x') } }];
  const statement = { predicateType: 'urn:x', predicate: { a: 1 }, subject } as const;
  const envelope = attestations.sign({ _type: 'https://in-toto.io/Statement/v1', ...statement });
  const [{ keyid }] = envelope.signatures as [{ keyid: string; sig: string }];
  const sig = Buffer.alloc(64).toString('base64');
  const wrong = 'its signature does not fit its content';
  const odd = 'it is not written as envelopes are';
  for (const [changed, problem] of [
    [{ ...envelope, signatures: [{ keyid, sig }] }, wrong],
    [{ ...envelope, signatures: [{ keyid, sig: 1 }] }, wrong],
    [{ ...envelope, signatures: [{ keyid }] }, wrong],
    [{ ...envelope, signatures: [null] }, 'it was signed with another key'],
    [{ ...envelope, payload: `${envelope.payload} ` }, odd],
    [{ ...envelope, more: 1 }, odd],
    [{ ...envelope, signatures: [...envelope.signatures, ...envelope.signatures] }, odd],
  ] as const)
    expect(openAttestation(changed, attestations.publicKey)).toEqual({ sound: false, problem });
});

test('clients are told whether a person or a policy withdrew a model', () => {
  const said = { model: 'small', reason: 'it leaks', time: '2026-01-01T00:00:00.000Z', revoked: true };
  expect(revokedError('twin', said)).toMatchObject({ code: 'TGL_MODEL_REVOKED', details: { model: 'twin' } });
  expect(revokedError('twin', { ...said, policy: 'strict' })).toMatchObject({
    ...{ code: 'TGL_MODEL_REJECTED', details: { model: 'twin', policy: 'strict', reason: 'it leaks' } },
  });
});
