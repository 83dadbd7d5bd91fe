// Assessments that a policy decides: from registration to verdict, broken off and taken up again, verified afterwards.
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ScriptedEngineOptions } from '../engine/index.ts';
import { verifyAssessment } from './afterwards/verify-assessment.ts';
import { assess } from './assess.ts';
import { babblingReply, bench, scriptedEngine } from './fixture.ts';
import type { Criterion } from './policy/policy.ts';
import { capable, fileCheck, policyBattery, solvingReply } from './policy-fixture.ts';
import type { AssessOptions } from './run/assess-options.ts';
import type { PolicyBattery } from './terms/battery.ts';

const small = policyBattery([
  fileCheck,
  { ...fileCheck, name: 'identity', aspect: 'identity', probe: 'identity' },
  capable,
]);
const battery: PolicyBattery = {
  ...small,
  checks: [
    ...small.checks,
    { probe: 'identity', seed: 1, promptsPerTask: 1, maxTokens: 8, temperatures: [0] },
  ],
};

type Reply = ScriptedEngineOptions['reply'];

async function setup(reply: Reply = solvingReply, change: Partial<AssessOptions> = {}) {
  const place = await bench();
  const run = (more: Partial<AssessOptions> = {}) =>
    assess(
      place.options({ battery, startEngine: async () => scriptedEngine({ reply }), ...change, ...more }),
    );
  return { ...place, run, [Symbol.dispose]: () => place[Symbol.dispose]() };
}

describe('an assessment by a policy', () => {
  test('admits what meets every criterion, stops when that is decided, and verifies', async () => {
    using place = await setup();
    const assessment = await place.run();
    expect(assessment.probes.map(({ name, verdict }) => `${name} ${verdict}`)).toEqual([
      'file pass',
      'identity pass',
      'capability pass',
    ]);
    expect(assessment).toMatchObject({ verdict: 'pass', policy: { outcome: 'admitted', stopped: null } });
    expect(assessment.record).toMatchObject({
      battery: { name: 'full' },
      evidence: assessment.evidenceDigest,
    });
    const verified = verifyAssessment(assessment.evidencePath);
    expect(verified).toMatchObject({ valid: true, verdict: 'pass', digest: assessment.evidenceDigest });
    expect(verified.valid && verified.probes).toEqual(assessment.probes);
    expect(verified.valid && verified.trials).toBeLessThan(40);
  });

  test('registers everything that decides it before the first generation', async () => {
    let generations = 0;
    let before: readonly string[] = [];
    using place = await setup((request) => {
      if (generations++ === 0) {
        const assessments = join(place.catalog.home, 'assessments');
        const [id = ''] = readdirSync(assessments);
        before = readFileSync(join(assessments, id, 'evidence.jsonl.partial'), 'utf8').split('\n');
      }
      return solvingReply(request);
    });
    const { registration } = (await place.run()).policy!;
    expect(JSON.parse(before[0]!)).toMatchObject({
      ...{ type: 'assessment', schema: 3, registration: registration.registration },
      policy: { name: 'small' },
      judges: [{ name: 'task', admission: 'exact' }],
      probes: [{ name: 'capability', digest: expect.stringMatching(/^[0-9a-f]{64}$/) }],
    });
    expect(registration.trials).toHaveLength(60);
  });

  test('generates once what several judges rule on', async () => {
    const prompts: string[] = [];
    const thinking: Criterion = { ...capable, name: 'thinking', judge: 'thinking', onFailure: 'report' };
    using place = await setup(
      (request) => {
        prompts.push(request.prompt!.map(({ text }) => text).join(''));
        return solvingReply(request);
      },
      { battery: policyBattery([capable, thinking]) },
    );
    const { policy: decided, evidencePath } = await place.run();
    const [solved, thought] = decided!.decisions;
    expect(solved!.trials).toBeGreaterThan(0);
    expect(thought!.trials).toBeGreaterThanOrEqual(solved!.trials);
    expect(prompts).toHaveLength(new Set(prompts).size);
    expect(decided!.spent.questions).toBe(prompts.length);
    expect(verifyAssessment(evidencePath)).toMatchObject({ valid: true });
  });

  test('rejects what babbles', async () => {
    using place = await setup(babblingReply);
    expect(await place.run()).toMatchObject({
      verdict: 'fail',
      policy: { outcome: 'rejected' },
      record: null,
    });
  });

  test.each([
    [
      'an endpoint that fails',
      async () => scriptedEngine({ failure: () => ({ type: 'crash', afterTokens: 0 }) }),
    ],
    ['an engine that does not start', () => Promise.reject(new Error('no'))],
  ])('leaves %s undecided', async (_, startEngine) => {
    using place = await setup(solvingReply, { battery: { ...battery, checks: battery.checks.slice(0, 1) } });
    const assessed = place.run({ startEngine, trials: { pauseMs: 0 } });
    const { verdict, probes } = await assessed.catch(() => ({ verdict: 'inconclusive', probes: [] }));
    expect(verdict).toBe('inconclusive');
    expect(probes.filter((probe) => probe.name === 'capability' && probe.verdict !== 'inconclusive')).toEqual(
      [],
    );
  });

  test('refuses what it cannot decide before anything is asked, and to explore says what it could not try', async () => {
    const odd: Criterion = { ...capable, name: 'odd', probe: 'nowhere' };
    using place = await setup(solvingReply, {
      battery: policyBattery([capable, odd]),
    });
    const refused = place.run();
    await expect(refused).rejects.toMatchObject({
      code: 'TGL_ASSESSMENT_UNDECIDABLE',
      message: expect.stringContaining('odd: there is no probe nowhere here'),
    });
    expect(existsSync(join(place.catalog.home, 'assessments'))).toBe(false);
    const { verdict, probes } = await place.run({ trials: { explore: true } });
    expect(verdict).toBe('inconclusive');
    expect(probes.at(-1)).toMatchObject({ name: 'odd', trials: 0, reason: 'there is no probe nowhere here' });
  });

  test('counts prompts that do not fit apart, and decides nothing from them', async () => {
    using place = await setup(solvingReply, {
      battery: { ...battery, checks: battery.checks.slice(0, 1) },
      startEngine: async () => scriptedEngine({ reply: solvingReply, contextLength: 8 }),
    });
    const { probes } = await place.run({ trials: { explore: true } });
    expect(probes.at(-1)).toMatchObject({
      verdict: 'inconclusive',
      reason: expect.stringMatching(/^the served endpoint takes none of \d+ prompts/),
      trials: 0,
    });
  });

  test('stops at the limit of tokens, which decides nothing', async () => {
    using place = await setup();
    const limited = await place.run({ trials: { limits: { tokens: 200 } } });
    expect(limited).toMatchObject({ verdict: 'inconclusive' });
    expect(limited.policy!.stopped).toMatch(/has used up its budget of tokens/);
    expect(verifyAssessment(limited.evidencePath)).toMatchObject({ valid: true, verdict: 'inconclusive' });
  });
});

describe('an assessment that is broken off', () => {
  test('goes on where it stopped, to the same decision, without repeating a trial', async () => {
    using place = await setup();
    const whole = await place.run();
    const interruption = new AbortController();
    let trials = 0;
    const broken = place.run({
      signal: interruption.signal,
      onProgress: ({ probe }) => {
        if (probe === 'trials' && ++trials === 7) interruption.abort(new Error('enough'));
      },
    });
    await expect(broken).rejects.toThrow('enough');
    const resumed = await place.run({ trials: { resume: true } });
    expect(resumed.policy!.decisions).toEqual(whole.policy!.decisions);
    expect(verifyAssessment(resumed.evidencePath)).toMatchObject({ valid: true, verdict: 'pass' });
  });

  test('by a server that died is left to be resumed, which tries again what failed and nothing else', async () => {
    let dead = false;
    let answered = 0;
    const reply: Reply = (request) => {
      answered++;
      return solvingReply(request);
    };
    const dying = async () =>
      scriptedEngine({
        ...{ reply, slots: 1 },
        failure: (_, index) => (dead || index > 9 ? { type: 'crash', afterTokens: 0 } : undefined),
      });
    using place = await setup(reply, { startEngine: dying });
    const broken = place.run({ trials: { pauseMs: 0 } });
    await expect(broken).rejects.toMatchObject({ code: 'TGL_ASSESSED_MODEL_FAILING' });
    dead = true;
    const still = place.run({ trials: { pauseMs: 0, resume: true } });
    await expect(still).rejects.toMatchObject({ code: 'TGL_ASSESSED_MODEL_FAILING' });
    const before = answered;
    const resumed = await place.run({
      ...{ trials: { resume: true }, startEngine: async () => scriptedEngine({ reply, slots: 1 }) },
    });
    expect(resumed.verdict).toBe('pass');
    const whole = await place.run({ startEngine: async () => scriptedEngine({ reply, slots: 1 }) });
    expect(resumed.policy!.decisions).toEqual(whole.policy!.decisions);
    expect(answered - before).toBeLessThan(2 * whole.policy!.spent.questions + 20);
    expect(verifyAssessment(resumed.evidencePath)).toMatchObject({ valid: true, verdict: 'pass' });
  });

  test('is not taken up by another', async () => {
    using place = await setup();
    const nothing = place.run({ trials: { resume: true } });
    await expect(nothing).rejects.toMatchObject({ code: 'TGL_NOTHING_TO_RESUME' });
  });
});

describe('verification', () => {
  test('notices any changed byte', async () => {
    using place = await setup();
    const { evidencePath } = await place.run();
    const bytes = readFileSync(evidencePath);
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), (at, change) => {
        const changed = Buffer.from(bytes);
        changed[at]! ^= change;
        writeFileSync(evidencePath, changed);
        expect(verifyAssessment(evidencePath).valid).toBe(false);
      }),
      { numRuns: 60 },
    );
  });
});
