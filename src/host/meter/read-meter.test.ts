// What lies on disk is told as it is, each file by itself: one that was changed or brought from elsewhere hides none of the others.
import { generateKeyPairSync, sign } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createScriptedEngine } from '../../engine/index.ts';
import { servedBy } from '../../gateway/testing.ts';
import {
  type Calibration,
  calibrationText,
  type KeptKind,
  keptDirectory,
  keptFile,
  type MeasuredReport,
  reportText,
} from '../../meter/index.ts';
import { meteredModelsReply } from '../../wire/index.ts';
import { meterReader } from './read-meter.ts';

const { privateKey, publicKey } = generateKeyPairSync('ed25519');
const signingKey = {
  publicKey: publicKey.export({ format: 'jwk' }).x as string,
  sign: (text: string) => sign(null, Buffer.from(text), privateKey).toString('hex'),
};
const served = servedBy(createScriptedEngine({ model: 'm', reply: () => [] }));
const { admissionKey } = served.admitted;
const made = '2026-11-30T08:00:00.000Z';

const calibration: Calibration = {
  ...{ schema: 2, model: 'm', admissionKey, effort: 'low', made, selectedOn: ['x', 'y'], samples: 8 },
  ...{ temperature: 0.7, margin: 0.02, answer: { type: 'number' }, checker: null, expected: null },
  ...{ abstention: null, selected: { type: 'greedy' } },
  tried: [
    {
      ...{ strategy: { type: 'plain' }, baseline: 'all samples', accuracy: 0.9, tokensPerTask: 50 },
      ...{ difference: -0.01, lower: -0.05, shown: false, costRatio: null },
    },
  ],
};
const cost = { type: 'estimated', estimate: 2, lower: 1, upper: 3 } as const;
const report: MeasuredReport = {
  ...{ schema: 1, model: 'm', admissionKey: 'as it was before', effort: 'low', made, tasks: 30 },
  ...{ command: 'tiegel meter report m', selected: { type: 'greedy' }, budgets: [], hosted: null },
  ...{ money: null, energy: { method: 'unknown', sources: [], unknown: ['nothing is shown'] } },
  rows: [
    {
      ...{ strategy: { type: 'plain' }, label: 'one sample', samplesPerTask: 1 },
      accuracy: { estimate: 0.5, lower: 0.4, upper: 0.6 },
      costs: { tokens: { type: 'more-than', bound: 9 }, seconds: cost, joules: null, money: null },
      overGreedy: { difference: { estimate: 0, lower: -0.1 }, costRatio: null },
    },
  ],
};

let home: string;
beforeEach(() => {
  home = mkdtempSync(`${tmpdir()}/tiegel-meter-`);
});
afterEach(() => rmSync(home, { recursive: true }));

function keep(kind: KeptKind, model: string, text: string): string {
  mkdirSync(keptDirectory(home, kind), { recursive: true });
  const file = keptFile(home, kind, model, 'low');
  writeFileSync(file, text);
  return file;
}

const reader = () =>
  meterReader({
    catalog: { home, signingKey },
    models: { resolve: (name) => (name === 'm' ? served : undefined) },
    states: () => [{ model: 'm', effort: 'low', made, replies: 7, drifted: true }],
  });

test('nothing was measured yet', async () => {
  expect(await reader()()).toEqual({ object: 'list', data: [], unreadable: [] });
});

test('a calibration and a report of one model and effort stand together, each with whether it still holds', async () => {
  keep('calibrations', 'm', calibrationText(calibration, signingKey));
  keep('reports', 'm', reportText(report, signingKey));
  keep('reports', 'gone', reportText({ ...report, model: 'gone' }, signingKey));
  const told = await reader()();
  expect(meteredModelsReply.parse(told)).toEqual(told);
  expect(told.data.map(({ model }) => model)).toEqual(['gone', 'm']);
  expect(told.data[1]).toMatchObject({
    ...{ effort: 'low', served: { replies: 7, drifted: true } },
    calibration: { current: true, off: true, tasks: 2, tried: [{ strategy: 'one sample' }] },
    report: { current: false, rows: [{ tokens: { type: 'more_than', bound: 9 }, joules: null }] },
  });
  expect(told.data[0]).toMatchObject({ calibration: null, served: null, report: { current: false } });
});

test('a file that was changed is named with its problem, and the others are told', async () => {
  keep('calibrations', 'm', calibrationText(calibration, signingKey));
  keep('calibrations', 'bent', calibrationText(calibration, signingKey).replace('0.02', '0.03'));
  keep('reports', 'bent', '{');
  const { data, unreadable } = await reader()();
  expect(data).toHaveLength(1);
  expect(unreadable).toEqual([
    { file: 'bent.low.json', problem: 'it was changed after it was signed' },
    { file: 'bent.low.json', problem: 'it is no JSON' },
  ]);
});

test('a file is read again where it was written anew, and is forgotten where it went', async () => {
  const read = reader();
  const file = keep('calibrations', 'm', calibrationText(calibration, signingKey));
  expect((await read()).data[0]?.calibration?.samples).toBe(8);
  writeFileSync(file, calibrationText({ ...calibration, samples: 4 }, signingKey));
  utimesSync(file, 1, 1);
  expect((await read()).data[0]?.calibration?.samples).toBe(4);
  rmSync(file);
  expect((await read()).data).toEqual([]);
});
