// Which of two assessments of the same configuration counts: by a policy and without one, in every order.
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openSigningKey } from '../catalog/index.ts';
import { verifyAssessment } from './afterwards/verify-assessment.ts';
import { assess } from './assess.ts';
import { babblingReply, bench, knowingReply, scriptedEngine, serving, smallBattery } from './fixture.ts';
import { capable, fileCheck, policyBattery } from './policy-fixture.ts';
import type { Assessment } from './record-conclusion.ts';
import type { AssessOptions } from './run/assess-options.ts';
import type { PolicyBattery } from './terms/battery.ts';

const small = policyBattery([
  fileCheck,
  { ...capable, name: 'products', maximumTrials: 20, categories: ['multiplication'] },
]);
const full: PolicyBattery = {
  ...small,
  seed: 7,
  policy: { ...small.policy, name: 'sums', validDays: 90 },
};

async function setup() {
  const place = await bench();
  const { catalog, variant } = place;
  const run = (change: Partial<AssessOptions>): Promise<Assessment> => assess(place.options(change));
  const engine = (reply: ReturnType<typeof knowingReply>) => async () => scriptedEngine({ reply });
  const knowing = engine(knowingReply());
  return {
    ...{ catalog, variant },
    quick: () => run({ startEngine: knowing }),
    full: () => run({ startEngine: knowing, battery: full }),
    by: (battery: PolicyBattery) => run({ startEngine: knowing, battery }),
    rejected: () => run({ startEngine: engine(babblingReply), battery: full }),
    admission: () => catalog.admissions.admit(variant, serving),
    [Symbol.dispose]: () => place[Symbol.dispose](),
  };
}

test('a rejection by a policy ends the admissions before it, with or without a policy', async () => {
  for (const before of ['quick', 'full'] as const) {
    using place = await setup();
    const { subject } = await place[before]();
    expect(await place.admission()).toMatchObject({ admitted: true });
    expect(place.catalog.admissions.revocationOf(subject)).toBeNull();
    const { id, verdict, record } = await place.rejected();
    expect([verdict, record]).toEqual(['fail', null]);
    const reason = `${id} did not meet products`;
    expect(await place.admission()).toMatchObject({
      ...{ admitted: false, state: 'rejected', revocation: { policy: 'sums', reason } },
      reason: expect.stringMatching(/^it was rejected at 2026-.*did not meet products$/),
    });
    // What running servers look at.
    expect(place.catalog.admissions.revocationOf(subject)).toMatchObject({ revoked: true, reason });
  }
});

test('without a policy nothing is admitted that one has rejected, and the evidence says why', async () => {
  using place = await setup();
  await place.rejected();
  const { verdict, record, probes, evidencePath } = await place.quick();
  expect([verdict, record]).toEqual(['fail', null]);
  expect(probes.map(({ name, verdict }) => [name, verdict])).toEqual([
    ['standing', 'fail'],
    ...smallBattery.probes.map(({ probe }) => [probe, 'pass']),
  ]);
  expect(probes[0]?.reason).toMatch(/^the policy sums rejected it at .*; only a policy can admit it again$/);
  expect(verifyAssessment(evidencePath)).toMatchObject({ valid: true, verdict: 'fail' });
  expect(await place.admission()).toMatchObject({ admitted: false, state: 'rejected' });
});

test('a rejection is about one configuration, and a policy can lift it', async () => {
  using place = await setup();
  await place.rejected();
  const other = { ...serving, systemPrompt: 'Be brief.' };
  expect(await place.catalog.admissions.admit(place.variant, other)).toMatchObject({ state: 'quarantined' });
  expect((await place.full()).record).toMatchObject({ policy: { name: 'sums', version: '1' } });
  expect(await place.admission()).toMatchObject({ admitted: true });
  expect((await place.quick()).verdict).toBe('pass');
});

test('a later pass without a policy neither replaces nor shortens a valid record by one', async () => {
  using place = await setup();
  const { record } = await place.full();
  expect((await place.quick()).record).toEqual(record);
  const admission = await place.admission();
  expect(admission.admitted && admission.variant.record).toEqual(record);
});

test('a record by a policy takes the place of one without', async () => {
  using place = await setup();
  const quick = await place.quick();
  expect(quick.record?.policy).toBeUndefined();
  const { record } = await place.full();
  const admission = await place.admission();
  expect(admission.admitted && admission.variant.record).toEqual(record);
});

test('lifting a revocation does not lift a rejection', async () => {
  using place = await setup();
  const { subject } = await place.rejected();
  place.catalog.admissions.revoke('random', subject, true, 'by hand');
  expect(await place.admission()).toMatchObject({ state: 'revoked' });
  place.catalog.admissions.revoke('random', subject, false, 'mended');
  expect(await place.admission()).toMatchObject({ state: 'rejected' });
});

test('a rejection by a stronger policy is refused to a weaker one before anything is asked', async () => {
  using place = await setup();
  await place.rejected();
  const weaker: PolicyBattery = {
    ...full,
    policy: {
      ...full.policy,
      name: 'lenient',
      criteria: full.policy.criteria.map((one) =>
        one.metric === 'check' ? one : { ...one, threshold: 0.1 },
      ),
    },
  };
  await expect(place.by(weaker)).rejects.toMatchObject({
    code: 'TGL_REJECTION_STANDS',
    details: { rejecting: 'sums', policy: 'lenient' },
  });
  const stronger = {
    ...full,
    policy: {
      ...full.policy,
      name: 'strict',
      criteria: full.policy.criteria.map((one) =>
        one.metric === 'check' ? one : { ...one, threshold: 0.6 },
      ),
    },
  };
  expect((await place.by(stronger)).verdict).toBe('pass');
  expect(await place.admission()).toMatchObject({ admitted: true });
});

test('where an officer accepts policies only, a battery without one fails and says so', async () => {
  using place = await setup();
  const key = openSigningKey(join(place.catalog.home, 'keys', 'officer.pem'));
  const officer = { name: 'Jo Officer', publicKey: key.publicKey };
  place.catalog.officer.give({ schema: 1, officer, accepted: [] }, key);
  const { verdict, probes } = await place.quick();
  expect(verdict).toBe('fail');
  expect(probes[0]).toMatchObject({
    name: 'standing',
    reason: 'Jo Officer accepts policies only: none yet',
  });
});
