// Which records admit once an officer has given a word, and who may change it.
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { digestOf, manualClock } from '../../base/index.ts';
import { openCatalog } from '../catalog.ts';
import { catalogWithModel, passedAssessment, serving, temporaryDirectory } from '../fixture.ts';
import type { AcceptedPolicy, OfficersWord } from './officer.ts';
import { openSigningKey } from './signing-key.ts';

const day = 24 * 60 * 60 * 1000;
const start = Date.UTC(2026, 0, 1);
const general = { name: 'general', version: '2', digest: digestOf('general') };
const stronger = { name: 'house', version: '1', digest: digestOf('house'), asStrongAs: [general.digest] };
const other = { name: 'tasks', version: '1', digest: digestOf('tasks') };

const accepted: AcceptedPolicy = {
  ...{ ...general, document: { name: 'general' }, minimum: 'this-policy', lift: 'policy' },
  ...{ accepted: new Date(start).toISOString(), expires: new Date(start + 20 * day).toISOString() },
};

async function setup() {
  const directory = temporaryDirectory();
  const clock = manualClock(start);
  const { catalog, variant } = await catalogWithModel(directory.path, { clock });
  const key = openSigningKey(join(directory.path, 'officer.pem'));
  const passed = await passedAssessment(catalog, variant);
  const give = (...policies: readonly AcceptedPolicy[]): OfficersWord => {
    const officer = { name: 'Jo Officer', publicKey: key.publicKey };
    const word: OfficersWord = { schema: 1, officer, accepted: policies };
    catalog.officer.give(word, key);
    return word;
  };
  return {
    ...{ catalog, clock, passed, give, key, path: join(catalog.home, 'officer.json') },
    stranger: openSigningKey(join(directory.path, 'stranger.pem')),
    admit: () => openCatalog({ home: catalog.home, clock }).admissions.admit(variant, serving),
    [Symbol.dispose]: () => directory[Symbol.dispose](),
  };
}

describe('by the word of an officer', () => {
  test('only an accepted policy admits; where there is none, any battery does', async () => {
    using place = await setup();
    place.catalog.admissions.record(place.passed);
    expect((await place.admit()).admitted).toBe(true);
    place.give(accepted);
    expect(await place.admit()).toMatchObject({
      ...{ admitted: false, state: 'quarantined' },
      reason: 'no policy has decided on it, and Jo Officer accepts only general 2',
    });
    place.catalog.admissions.record({ ...place.passed, policy: other });
    expect(await place.admit()).toMatchObject({
      reason: 'it was admitted by the policy tasks, and Jo Officer accepts only general 2',
    });
    place.catalog.admissions.record({ ...place.passed, policy: general });
    expect((await place.admit()).admitted).toBe(true);
  });

  test('a stronger policy admits where that was accepted, and a policy of the same name with other content never', async () => {
    using place = await setup();
    place.give(accepted);
    place.catalog.admissions.record({ ...place.passed, policy: stronger });
    expect((await place.admit()).admitted).toBe(false);
    place.give({ ...accepted, minimum: 'as-strong' });
    expect((await place.admit()).admitted).toBe(true);
    place.catalog.admissions.record({
      ...place.passed,
      policy: { ...general, digest: digestOf('loosened') },
    });
    expect((await place.admit()).admitted).toBe(false);
  });

  test('an acceptance ends', async () => {
    using place = await setup();
    place.give(accepted);
    place.catalog.admissions.record({ ...place.passed, policy: general });
    place.clock.advance(20 * day - 1);
    expect((await place.admit()).admitted).toBe(true);
    place.clock.advance(1);
    expect(await place.admit()).toMatchObject({
      reason: expect.stringContaining('Jo Officer accepts no policy at present'),
    });
  });

  test('nobody else changes it', async () => {
    using place = await setup();
    const word = place.give(accepted);
    const foreign = { ...word, officer: { name: 'Eve', publicKey: place.stranger.publicKey } };
    for (const attempt of [
      () => place.catalog.officer.give(word, place.stranger),
      () => place.catalog.officer.give(foreign, place.stranger),
    ])
      expect(attempt).toThrow(expect.objectContaining({ code: 'TGL_OFFICER_INVALID' }));
    expect(place.catalog.officer.read()).toEqual({ state: 'given', word });
  });

  test('deleted, put back from before or changed, it admits nothing', async () => {
    using place = await setup();
    place.give({ ...accepted, minimum: 'as-strong' });
    const before = readFileSync(place.path);
    place.give(accepted);
    const now = readFileSync(place.path);
    place.catalog.admissions.record({ ...place.passed, policy: general });
    expect((await place.admit()).admitted).toBe(true);
    rmSync(place.path);
    expect(await place.admit()).toMatchObject({ reason: expect.stringContaining('has gone') });
    writeFileSync(place.path, before);
    expect(await place.admit()).toMatchObject({
      reason: expect.stringContaining('not the one that the log of decisions names'),
    });
    writeFileSync(place.path, now.toString().replace('general', 'anybody'));
    expect((await place.admit()).admitted).toBe(false);
    writeFileSync(place.path, now);
    expect((await place.admit()).admitted).toBe(true);
  });

  test('a file that somebody puts where there was none counts for nothing and admits nothing', async () => {
    using one = await setup();
    using two = await setup();
    one.give(accepted);
    two.catalog.admissions.record({ ...two.passed, policy: general });
    writeFileSync(two.path, readFileSync(one.path));
    expect((await two.admit()).admitted).toBe(false);
  });
});

test('a rejection that only the officer lifts is lifted by no admission', async () => {
  using place = await setup();
  place.give({ ...accepted, lift: 'officer' });
  const { subject } = place.passed;
  const rejecting = { name: 'general', digest: general.digest, document: accepted.document };
  place.catalog.admissions.reject('small', subject, rejecting, 'it helped');
  expect(place.catalog.admissions.standingAgainst(subject, general)).toMatchObject({ policy: 'general' });
  place.catalog.admissions.record({ ...place.passed, policy: general });
  expect(await place.admit()).toMatchObject({ state: 'rejected' });
  expect(place.catalog.admissions.liftByOfficer('small', subject, 'Jo Officer: the judge was wrong')).toBe(1);
  expect((await place.admit()).admitted).toBe(true);
});
