import { generateKeyPairSync, sign } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createScriptedEngine } from '../engine/index.ts';
import { servedBy } from '../gateway/testing.ts';
import { type Calibration, calibrationText } from '../meter/index.ts';
import type { Strategy, StrategyReport, ThinkingReport } from '../reasoning/index.ts';
import { openEffortPolicies } from './effort-policies.ts';

const { privateKey, publicKey } = generateKeyPairSync('ed25519');
const signingKey = {
  publicKey: publicKey.export({ format: 'jwk' }).x as string,
  sign: (text: string) => sign(null, Buffer.from(text), privateKey).toString('hex'),
};
const model = servedBy(createScriptedEngine({ model: 'm', reply: () => [] }));

const calibration: Calibration = {
  ...{ schema: 2, model: 'm', admissionKey: model.admitted.admissionKey, effort: 'low' },
  ...{ made: '2026-11-30T00:00:00.000Z', selectedOn: ['x'], samples: 8, temperature: 0.7, margin: 0.02 },
  ...{ answer: { type: 'number' }, checker: null, expected: { share: 0.9, tasks: 300 }, tried: [] },
  abstention: null,
  selected: { type: 'vote', most: 8, rule: { type: 'beta', level: 0.9 } },
};

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'tiegel-effort-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

async function opened(...changes: readonly Partial<Calibration>[]) {
  const warned: object[] = [];
  const files = changes.map((change, index) => {
    const file = join(directory, `${index}.json`);
    writeFileSync(file, calibrationText({ ...calibration, ...change }, signingKey));
    return file;
  });
  const { policies, gauges } = await openEffortPolicies(files, {
    catalog: { signingKey } as never,
    models: { resolve: (name) => (name === 'm' ? model : undefined) },
    maxSamples: 8,
    logger: { warn: (said: object) => void warned.push(said) } as never,
  });
  return { policies, gauges, warned, files };
}

const report = (stoppedBy: StrategyReport['stoppedBy']): StrategyReport => ({
  ...{ type: 'vote', stoppedBy, chosen: 0, agreement: 1, verified: null, samples: [] },
});
const thinking: ThinkingReport = {
  ...{ outcome: 'closed', tokens: 5, forcedTokens: 0, budget: null, stoppedBy: 'model' },
};

test('each level has its own, and what was calibrated without one holds for the others', async () => {
  const { policies } = await opened({}, { effort: null, selected: { type: 'greedy' }, expected: null });
  expect(policies?.('m', 'low', '')).toMatchObject({
    strategy: { type: 'vote', maxSamples: 8, atOnce: 1, answer: { type: 'number' } },
    temperature: 0.7,
  });
  expect(policies?.('m', 'high', '')).toMatchObject({ strategy: undefined, temperature: 0 });
  expect(policies?.('other', 'low', '')).toBeUndefined();
  expect((await opened()).policies).toBeUndefined();
});

test.each<[Strategy, object]>([
  [
    { type: 'cap', budget: 40 },
    { strategy: undefined, temperature: 0, maxThinkingTokens: 40 },
  ],
  [
    { type: 'early', every: 16, maxProbes: 7, rule: { type: 'agreement', equal: 2 } },
    { strategy: { type: 'early', every: 16, maxProbes: 7, probe: { begins: '' } }, temperature: 0 },
  ],
  [
    { type: 'cascade', budgets: [8, null], accept: { type: 'confidence', level: 0.9 } },
    { strategy: { type: 'cascade', budgets: [8, null] }, temperature: 0 },
  ],
])('%j is served as it was calibrated', async (selected, wanted) => {
  const { policies } = await opened({ selected });
  expect(policies?.('m', 'low', '')).toMatchObject(wanted);
});

test('answers are checked only where a question is one that the checker knows', async () => {
  const { policies } = await opened({ selected: { type: 'verify', most: 4 }, checker: 'multiplication' });
  expect(policies?.('m', 'low', 'What is 12 * 34?')).toMatchObject({
    strategy: { type: 'verify', checker: 'multiplication', maxSamples: 4 },
  });
  expect(policies?.('m', 'low', 'Who are you?')).toBeUndefined();
});

test('a strategy whose settling has drifted is given up, once, with a word in the log and a gauge', async () => {
  const { policies, gauges, warned } = await opened({});
  const gaugeOf = (name: string) => gauges().find((gauge) => gauge.name === name)?.values[0]?.value;
  for (let reply = 0; reply < 40; reply++)
    policies?.('m', 'low', '')?.note({ strategy: report('rule'), thinking });
  expect([gaugeOf('tiegel_effort_policy_replies'), gaugeOf('tiegel_effort_policy_drifted')]).toEqual([40, 0]);
  for (let reply = 0; reply < 200; reply++)
    policies?.('m', 'low', '')?.note({ strategy: report('most'), thinking });
  expect(policies?.('m', 'low', '')).toBeUndefined();
  expect(gaugeOf('tiegel_effort_policy_drifted')).toBe(1);
  expect(warned).toEqual([expect.objectContaining({ model: 'm', effort: 'low', drift: 'settles fewer' })]);
});

test.each<[string, readonly Partial<Calibration>[]]>([
  ['n is not served', [{ model: 'n' }]],
  ['is served in another way now', [{ admissionKey: 'other' }]],
  ['it takes 9 samples, of which TIEGEL_MAX_SAMPLES allows 8', [{ selected: { type: 'verify', most: 9 } }]],
  ['another one is of the same model and effort', [{}, {}]],
])('a server does not start where %s', async (problem, changes) => {
  await expect(opened(...changes)).rejects.toThrow(
    expect.objectContaining({ code: 'TGL_CALIBRATION_INVALID', message: expect.stringContaining(problem) }),
  );
});

test('a calibration that was changed, or cannot be read, keeps the server from starting', async () => {
  const { files } = await opened({});
  const [file = ''] = files;
  writeFileSync(file, calibrationText(calibration, signingKey).replace('"most": 8', '"most": 7'));
  const source = {
    ...{ catalog: { signingKey } as never, models: { resolve: () => model }, maxSamples: 8 },
    logger: { warn: () => {} } as never,
  };
  await expect(openEffortPolicies([file], source)).rejects.toThrow('changed after it was signed');
  await expect(openEffortPolicies([join(directory, 'none')], source)).rejects.toThrow('ENOENT');
});
