// A server that exchanges its model is withdrawn while it serves; one that does not goes on, and costs what it may.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readKnownAnswers, writeKnownAnswers } from '../../assess/index.ts';
import { type RandomModel, randomModel, randomServer, takeKnownAnswers } from '../../assess/testing.ts';
import { digestOf, type ManualClock, manualClock, seededRandom } from '../../base/index.ts';
import { type Catalog, openCatalog, type ServingConfiguration } from '../../catalog/index.ts';
import type { ServedModel } from '../../gateway/index.ts';
import type { RequestRecord } from '../../traffic/index.ts';
import { type AskedQuestion, type WatchSetting, watchServers } from './watch-servers.ts';

const serving: ServingConfiguration = {
  runtimeBuild: 'tiegel-scripted 1',
  sampling: { temperature: 0.6, topP: 1, maxTokens: 200 },
  ...{ thinkingBudget: null, systemPrompt: null, filters: [] },
};
const quiet = { info: () => {}, warn: () => {}, error: () => {} };
const ordinary = { model: 'far', outcome: { type: 'finished' } } as RequestRecord;
const dayMs = 86_400_000;

let home: string;
let clock: ManualClock;
let catalog: Catalog;
let model: RandomModel;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'tiegel-watch-'));
  clock = manualClock(Date.UTC(2026, 0, 1));
  catalog = openCatalog({ home, clock });
  model = randomModel(1);
});
afterEach(() => rmSync(home, { recursive: true }));

/** Admits the model that answers now, and watches it. */
async function watched(setting: Partial<WatchSetting> = {}) {
  const engine = randomServer({ model: () => model, random: seededRandom(2) });
  const description = {
    ...{ server: 'vllm', endpoints: ['http://10.0.0.7:8000/v1'], model: 'org/far', contextLength: 4096 },
    ...{ opensThinking: false, keyVariable: null, allowPrivate: true },
  };
  const fingerprint = ['a', 'b'].map(digestOf);
  const added = catalog.remotes.add('far', description);
  const remote = catalog.remotes.recordFingerprint(added, fingerprint, 'ab'.repeat(32));
  const subject = catalog.remotes.subjectOf(remote, serving, fingerprint);
  catalog.admissions.record({
    ...{ model: 'far', subject, battery: { name: 'remote', version: '2' }, evidence: digestOf('evidence') },
    ...{ probes: [{ name: 'fingerprint', verdict: 'pass', reason: 'alike' }], validDays: 30 },
  });
  const tuple = { serving, template: null };
  writeKnownAnswers(
    home,
    'far',
    await takeKnownAnswers({ engine, tuple, signal: undefined }, 'cd'.repeat(32)),
  );
  const admission = catalog.remotes.admit(remote, serving, fingerprint);
  if (!admission.admitted) throw new Error(admission.reason);
  const served: ServedModel = { admitted: admission.remote, engine, places: [], template: null, created: 0 };
  const charged: AskedQuestion[] = [];
  const withdrawn: string[] = [];
  const watch = watchServers({
    ...{ catalog, clock, logger: quiet, longestPauseMs: 0, permitted: (_, one) => one },
    models: { resolve: () => served },
    setting: { share: 1, tokensPerDay: 1_000_000, ...setting },
    charge: async (asked) => void charged.push(asked),
    onWithdrawn: async (name) => void withdrawn.push(name),
    entropy: (length) => new Uint8Array(length).fill(7),
  });
  const request = async (record = ordinary): Promise<void> => {
    watch.observer.ended?.(record);
    await watch.idle();
  };
  const isAdmitted = () => {
    const known = catalog.remotes.find('far');
    return known !== undefined && catalog.remotes.admit(known, serving, fingerprint).admitted;
  };
  return { request, charged, withdrawn, isAdmitted, subject };
}

test('a server that goes on with another model is withdrawn, and nothing of it is known any more', async () => {
  const { request, withdrawn, isAdmitted, subject } = await watched();
  for (let requests = 0; requests < 20; requests++) await request();
  expect([withdrawn, isAdmitted()]).toEqual([[], true]);
  model = randomModel(2);
  for (let requests = 0; requests < 200 && withdrawn.length === 0; requests++) await request();
  expect([withdrawn, isAdmitted()]).toEqual([['far'], false]);
  expect(catalog.admissions.revocationOf(subject)?.reason).toContain('answers as another model');
  expect(catalog.remotes.find('far')?.manifest.fingerprint).toEqual([]);
  expect(readKnownAnswers(home, 'far')).toBeUndefined();
});

test('what was found out outlives the process', async () => {
  const { request } = await watched();
  await request();
  await request();
  const tested = readKnownAnswers(home, 'far')?.questions.flatMap(({ answers }) => answers).length;
  expect(tested).toBe(4 * 48 + 2);
});

test('every question is charged, and a day has no more of them than the operator pays for', async () => {
  const { request, charged } = await watched({ tokensPerDay: 100 });
  for (let requests = 0; requests < 10; requests++) await request();
  const first = charged.length;
  expect(first).toBeGreaterThan(0);
  expect(first).toBeLessThan(4);
  expect(charged[0]).toMatchObject({ model: 'far', promptTokens: 12 });
  clock.advance(dayMs);
  await request();
  expect(charged.length).toBe(first + 1);
});

test('nothing is asked where nothing may be, or behind requests that did not end well', async () => {
  const none = await watched({ share: 0 });
  await none.request();
  expect(none.charged).toEqual([]);
  const { request, charged } = await watched();
  await request({ ...ordinary, outcome: { type: 'client-gone' } });
  await request({ ...ordinary, model: null });
  expect(charged).toEqual([]);
});
