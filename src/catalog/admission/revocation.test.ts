// What a record does not outlive: a revocation, a new runtime, new knowledge; and what it may ask of the serving chain.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type Digest, digestOf, manualClock } from '../../base/index.ts';
import { openCatalog } from '../catalog.ts';
import { catalogWithModel, passedAssessment, serving, temporaryDirectory } from '../fixture.ts';
import { openAttestation } from './attestations.ts';
import { preAuthentication } from './dsse.ts';

async function admittedModel(directory: string) {
  const { catalog, variant } = await catalogWithModel(directory);
  const passed = await passedAssessment(catalog, variant);
  catalog.admissions.record(passed);
  return { catalog, variant, passed, subject: passed.subject };
}

describe('a revocation', () => {
  test('counts for every configuration, outlives a new record, and can be lifted', async () => {
    using directory = temporaryDirectory();
    const { catalog, variant, passed, subject } = await admittedModel(directory.path);
    catalog.admissions.revoke('small', subject, true, 'it leaks');
    expect(catalog.admissions.revocationOf(subject)).toMatchObject({
      model: 'small',
      reason: 'it leaks',
      revoked: true,
    });
    catalog.admissions.record(passed);
    for (const one of [serving, { ...serving, systemPrompt: 'Be kind.' }]) {
      expect(await catalog.admissions.admit(variant, one)).toMatchObject({
        ...{ admitted: false, state: 'revoked', revocation: { reason: 'it leaks' } },
        reason: expect.stringMatching(/^it was revoked at 2026-01-01.*: it leaks$/),
      });
    }
    catalog.admissions.revoke('small', subject, false, 'mended');
    expect(catalog.admissions.revocationOf(subject)).toBeNull();
    expect(await catalog.admissions.admit(variant, serving)).toMatchObject({ admitted: true });
  });

  test('is an in-toto statement in a DSSE envelope, and whatever is changed in it keeps the model out', async () => {
    using directory = temporaryDirectory();
    const { catalog, variant, subject } = await admittedModel(directory.path);
    catalog.admissions.revoke('small', subject, false, 'never meant');
    const path = join(catalog.home, 'revocations', `${variant.manifest.weights.digest}.json`);
    const envelope = JSON.parse(readFileSync(path, 'utf8'));
    expect(Object.keys(envelope)).toEqual(['payloadType', 'payload', 'signatures']);
    expect(envelope.payloadType).toBe('application/vnd.in-toto+json');
    expect(JSON.parse(Buffer.from(envelope.payload, 'base64').toString())).toMatchObject({
      _type: 'https://in-toto.io/Statement/v1',
      subject: [{ name: 'small', digest: { sha256: variant.manifest.weights.digest } }],
      predicate: { revoked: false, reason: 'never meant' },
    });
    const text = readFileSync(path, 'utf8');
    for (const wrong of [
      '',
      '{}',
      'null',
      text.replace('"payload":"e', '"payload":"f'),
      text.replace('==', ''),
    ]) {
      if (wrong === text) continue;
      writeFileSync(path, wrong);
      expect(await catalog.admissions.admit(variant, serving), wrong.slice(0, 20)).toMatchObject({
        state: 'revoked',
      });
    }
  });

  test('of another model does not count under this name', async () => {
    using directory = temporaryDirectory();
    const { catalog, variant, subject } = await admittedModel(directory.path);
    catalog.admissions.revoke(
      'other',
      { ...subject, weights: digestOf('other') } as typeof subject,
      true,
      'other',
    );
    expect(await catalog.admissions.admit(variant, serving)).toMatchObject({ admitted: true });
    const revocations = join(catalog.home, 'revocations');
    const forged = readFileSync(join(revocations, `${digestOf('other')}.json`));
    writeFileSync(join(revocations, `${variant.manifest.weights.digest}.json`), forged);
    expect(await catalog.admissions.admit(variant, serving)).toMatchObject({
      reason: expect.stringContaining('about something else'),
    });
  });
});

describe('an envelope', () => {
  test('is encoded for signing as the specification shows', () => {
    expect(preAuthentication('http://example.com/HelloWorld', 'hello world')).toBe(
      'DSSEv1 29 http://example.com/HelloWorld 11 hello world',
    );
    expect(preAuthentication('t', 'ü')).toBe('DSSEv1 1 t 2 ü');
  });

  test('does not open once a byte of it has changed', async () => {
    using directory = temporaryDirectory();
    const { catalog } = await admittedModel(directory.path);
    const envelope = catalog.attestations.sign({
      ...{ _type: 'https://in-toto.io/Statement/v1', predicateType: 'urn:x', predicate: { a: 1 } },
      subject: [{ name: 'x', digest: { sha256: digestOf('x') } }],
    });
    expect(openAttestation(envelope, catalog.attestations.publicKey)).toMatchObject({ sound: true });
    const text = JSON.stringify(envelope);
    for (let at = 0; at < text.length; at += 7) {
      const changed = text.slice(0, at) + String.fromCharCode(text.charCodeAt(at) ^ 1) + text.slice(at + 1);
      let value: unknown;
      try {
        value = JSON.parse(changed);
      } catch {
        continue;
      }
      expect(
        openAttestation(value, catalog.attestations.publicKey),
        changed.slice(at - 5, at + 5),
      ).toMatchObject({ sound: false });
    }
  });
});

describe('a record goes stale', () => {
  test('with a new runtime build, which is named', async () => {
    using directory = temporaryDirectory();
    const { catalog, variant } = await admittedModel(directory.path);
    expect(await catalog.admissions.admit(variant, { ...serving, runtimeBuild: 'scripted 2' })).toMatchObject(
      {
        state: 'stale',
        reason: expect.stringContaining('the runtime build ("scripted 1" → "scripted 2")'),
      },
    );
    const both = { ...serving, runtimeBuild: 'scripted 2', systemPrompt: 'Be kind.' };
    expect(await catalog.admissions.admit(variant, both)).toMatchObject({ state: 'quarantined' });
  });

  test('with what has become known since', async () => {
    using directory = temporaryDirectory();
    const { catalog, variant, passed } = await admittedModel(directory.path);
    catalog.admissions.record({ ...passed, basis: { attacks: digestOf('old') } });
    const outdated = ({ basis }: { readonly basis?: Readonly<Record<string, Digest>> }) =>
      basis?.attacks === digestOf('new') ? undefined : 'there are new attacks';
    const later = openCatalog({ home: catalog.home, clock: manualClock(Date.UTC(2026, 0, 1)), outdated });
    expect(await later.admissions.admit(variant, serving)).toMatchObject({
      state: 'stale',
      reason: 'there are new attacks',
    });
    later.admissions.record({ ...passed, basis: { attacks: digestOf('new') } });
    expect(await later.admissions.admit(variant, serving)).toMatchObject({ admitted: true });
  });
});

describe('an admission on conditions', () => {
  const filter = digestOf('a filter');
  const conditions = [{ filter: 'content-filter', digest: filter }];

  test('is recorded for the chain with the filter, and the model is not served without or behind another', async () => {
    using directory = temporaryDirectory();
    const { catalog, variant } = await catalogWithModel(directory.path);
    const filtered = { ...serving, filters: [filter] };
    const subject = await catalog.admissions.subjectOf(variant, filtered);
    const passed = { ...(await passedAssessment(catalog, variant)), subject, conditions };
    expect(catalog.admissions.record(passed)).toMatchObject({ verdict: 'pass-with-conditions', conditions });
    expect(await catalog.admissions.admit(variant, filtered)).toMatchObject({ admitted: true });
    for (const filters of [[], [digestOf('another filter')], [filter, filter]]) {
      expect(await catalog.admissions.admit(variant, { ...serving, filters })).toMatchObject({
        admitted: false,
        reason: expect.stringContaining('a change in the content filters'),
      });
    }
  });

  test('cannot be recorded for a chain in which the filter does not stand', async () => {
    using directory = temporaryDirectory();
    const { catalog, passed } = await admittedModel(directory.path);
    expect(() => catalog.admissions.record({ ...passed, conditions })).toThrow('content-filter');
  });
});
