// Evidence that somebody has written again, whole and with a fitting chain and seal: what it was signed for does not follow.
import { cpSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { digestOf, manualClock } from '../../base/index.ts';
import { admissionKeyOf, openCatalog, type Subject } from '../../catalog/index.ts';
import { assess } from '../assess.ts';
import { checkSignature, writeAttestation } from '../attestation/attestation.ts';
import { attestationName } from '../attestation/statements.ts';
import { fullBattery } from '../batteries/full.ts';
import type { Registration } from '../evidence/assessment-lines.ts';
import { openEvidence } from '../evidence/evidence-log.ts';
import { bench } from '../fixture.ts';
import { registrationOf } from '../plan/registration.ts';
import { registryOf } from '../plan/registry.ts';
import { planAssessment } from '../plan/trial-plan.ts';
import { loadPolicy, policyDigest } from '../policy/policy.ts';
import { differencesFromInstalled } from './differences-from-installed.ts';
import { verifyAssessment } from './verify-assessment.ts';

type Line = { readonly [member: string]: unknown };

describe('evidence that was written again', () => {
  let place: Awaited<ReturnType<typeof bench>>;
  let evidencePath: string;

  beforeAll(async () => {
    place = await bench();
    ({ evidencePath } = await assess(place.options()));
  });
  afterAll(() => place[Symbol.dispose]());

  /** The same assessment with other lines, with the attestation of the first beside it. */
  function rewritten(name: string, change: (line: Line) => Line): string {
    const directory = join(place.directory, 'forged', name);
    const lines = readFileSync(evidencePath, 'utf8').trimEnd().split('\n').slice(0, -1);
    using log = openEvidence(directory);
    for (const text of lines) {
      const { previous, ...line } = JSON.parse(text);
      log.append(change(line) as Parameters<typeof log.append>[0]);
    }
    log.seal();
    cpSync(join(dirname(evidencePath), attestationName), join(directory, attestationName));
    return log.path;
  }

  const subjectOf = (line: Line): Subject => line.subject as Subject;
  const otherSubject = (line: Line): Line => {
    if (line.type !== 'assessment') return line;
    const subject = { ...subjectOf(line), weights: digestOf('other weights') } as Subject;
    return { ...line, subject, admissionKey: admissionKeyOf(subject) };
  };
  const changes: Readonly<Record<string, (line: Line) => Line>> = {
    'with another subject': otherSubject,
    'with another model': (line) => (line.type === 'assessment' ? { ...line, model: 'another' } : line),
    'with another time': (line) =>
      line.type === 'verdict' ? { ...line, finished: '2030-01-01T00:00:00.000Z' } : line,
    'with another answer in it': (line) =>
      line.type === 'capability' ? { ...line, answer: 'something else' } : line,
  };

  test.each(Object.entries(changes))(
    '%s has a fitting chain, and a signature that does not fit',
    (name, change) => {
      const forged = rewritten(name.replaceAll(' ', '-'), change);
      const { publicKey } = place.catalog.attestations;
      expect(checkSignature(evidencePath, [publicKey]).state).toBe('trusted');
      if (readFileSync(forged, 'utf8') === readFileSync(evidencePath, 'utf8'))
        throw new Error('nothing was changed');
      expect(verifyAssessment(forged)).toMatchObject({ valid: true });
      expect(checkSignature(forged, [publicKey])).toMatchObject({ state: 'wrong' });
    },
  );

  test('and signed with a key of the forger is signed by nobody who is trusted', () => {
    const forged = rewritten('own-key', otherSubject);
    const forger = openCatalog({ home: join(place.directory, 'forger'), clock: manualClock() }).attestations;
    writeAttestation(forged, forger);
    expect(checkSignature(forged, [place.catalog.attestations.publicKey])).toEqual({
      state: 'untrusted',
      key: forger.publicKey,
    });
  });
});

describe('what was registered is compared with what the program has: ', () => {
  const battery = fullBattery({ policy: loadPolicy('tasks'), remote: false });
  const registry = registryOf(battery);
  const plan = planAssessment(battery.policy.criteria, registry, battery.seed);
  const subject: Subject = {
    ...{ weights: digestOf('weights'), tensors: digestOf('tensors'), tokenizer: digestOf('tokenizer') },
    ...{ chatTemplate: digestOf('template'), adapters: [], quantisation: 'Q8_0' },
    ...{ runtimeBuild: 'scripted 1', sampling: { temperature: 0, topP: 1, maxTokens: 64 } },
    ...{ thinkingBudget: null, systemPrompt: null, filters: [] },
  };
  const registered = registrationOf({
    ...{ id: 'assessment_1', started: '2026-01-01T00:00:00.000Z', model: 'r1', subject },
    ...{ admissionKey: admissionKeyOf(subject), battery, registry, plan },
  });
  const withPolicy = (change: (policy: Registration['policy']) => Registration['policy']): Registration => {
    const policy = change(registered.policy);
    return { ...registered, policy, policyDigest: policyDigest(policy) };
  };

  const differencesIn = (registration: Registration) =>
    differencesFromInstalled(registration, fullBattery({ policy: registration.policy, remote: false }));

  test('nothing differs in what the program registers itself', () => {
    expect(differencesIn(registered)).toEqual([]);
  });

  const loosened = /policy is called tasks and asks for less/;
  const cases: readonly (readonly [string, Registration, RegExp])[] = [
    [
      'a policy with a criterion fewer under the name of a shipped one',
      withPolicy((policy) => ({ ...policy, criteria: policy.criteria.slice(1) })),
      loosened,
    ],
    [
      'one with a looser threshold',
      withPolicy((policy) => ({
        ...policy,
        criteria: policy.criteria.map((criterion) =>
          'threshold' in criterion ? { ...criterion, threshold: 0.5 } : criterion,
        ),
      })),
      loosened,
    ],
    ['one that lasts longer', withPolicy((policy) => ({ ...policy, validDays: 3650 })), loosened],
    [
      'easier items',
      {
        ...registered,
        probes: registered.probes.map((probe) => ({ ...probe, digest: digestOf('easy') })),
      },
      /its probe .+ has other items/,
    ],
    [
      'a judge that is said to be better',
      {
        ...registered,
        judges: registered.judges.map((judge) => ({ ...judge, admission: null })),
      },
      /its judge .+ is another one than here/,
    ],
    [
      'an attack of another version',
      {
        ...registered,
        attacks: registered.attacks.map((attack) => ({ ...attack, version: '0' })),
      },
      /its attack .+ is not the version/,
    ],
  ];
  test.each(cases)('%s is told', (_name, registration, words) => {
    expect(differencesIn(registration)?.join('; ')).toMatch(words);
  });

  test('criteria that an operator has added are none, nor is a policy with a name of its own', () => {
    const [first] = registered.policy.criteria;
    const added = { ...first!, name: 'of-our-own' };
    expect(
      differencesIn(withPolicy((policy) => ({ ...policy, criteria: [...policy.criteria, added] }))),
    ).toEqual([]);
    expect(differencesIn(withPolicy((policy) => ({ ...policy, name: 'ours', criteria: [first!] })))).toEqual(
      [],
    );
  });

  test('evidence of another version of the program is not compared', () => {
    expect(differencesIn({ ...registered, program: { name: 'tiegel', version: '0.0.1' } })).toBeNull();
  });
});
