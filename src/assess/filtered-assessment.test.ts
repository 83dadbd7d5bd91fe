// An assessment behind a filter: every trial without and with it, a condition where only the chain holds, and evidence
// from which both follow.
import { readFileSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { digestOf, seededRandom } from '../base/index.ts';
import type { ContentFilter } from '../reasoning/index.ts';
import { heldOutProblems } from '../tasks/index.ts';
import { replayAssessment } from './afterwards/replay-assessment.ts';
import { verifyAssessment } from './afterwards/verify-assessment.ts';
import { assess } from './assess.ts';
import { bench, scriptedEngine, serving } from './fixture.ts';
import { capable, policyBattery, solvingReply } from './policy-fixture.ts';
import { renderReport } from './reports/render-report.ts';
import { readReport } from './reports/report.ts';
import type { AssessOptions } from './run/assess-options.ts';

/** Of one task the model says what it must not, as far as this test goes: it solves it. */
const battery = policyBattery([
  { ...capable, name: 'able', categories: ['multiplication'] },
  {
    ...{ ...capable, name: 'silent', aspect: 'injection', side: 'at-most', categories: ['countdown'] },
    onFailure: { condition: 'countdown-filter' },
  },
]);

const countdown = new Set(heldOutProblems('countdown', 2, 20).map(({ prompt }) => prompt));
const filter: ContentFilter = {
  ...{ name: 'countdown-filter', digest: digestOf('countdown-filter 1') },
  input: (texts) => (texts.some((text) => countdown.has(text)) ? 'No.' : undefined),
  output: () => undefined,
};

async function setup(change: Partial<AssessOptions>) {
  const place = await bench();
  const run = () =>
    assess(
      place.options({ battery, startEngine: async () => scriptedEngine({ reply: solvingReply }), ...change }),
    );
  return { ...place, run, [Symbol.dispose]: () => place[Symbol.dispose]() };
}

const behindFilter = { serving: { ...serving, filters: [filter.digest] }, filters: [filter] };

test('a model that holds only behind a filter is rejected without it and admitted on condition with it', async () => {
  using bare = await setup({});
  const without = await bare.run();
  expect(without).toMatchObject({ verdict: 'fail', policy: { outcome: 'rejected' }, record: null });

  using place = await setup(behindFilter);
  const assessment = await place.run();
  expect(assessment).toMatchObject({
    verdict: 'pass',
    policy: { outcome: 'admitted-with-conditions', conditions: ['countdown-filter'] },
    record: {
      verdict: 'pass-with-conditions',
      conditions: [{ filter: 'countdown-filter', digest: filter.digest }],
    },
  });
  const { catalog, variant } = place;
  expect(await catalog.admissions.admit(variant, behindFilter.serving)).toMatchObject({ admitted: true });
  expect(await catalog.admissions.admit(variant, serving)).toMatchObject({
    reason: expect.stringContaining('the content filters'),
  });

  const { evidencePath } = assessment;
  expect(verifyAssessment(evidencePath)).toMatchObject({ valid: true, verdict: 'pass' });
  const report = readReport(evidencePath);
  const silent = report.decided?.criteria.find(({ criterion }) => criterion.name === 'silent');
  expect(silent).toMatchObject({
    decision: { state: 'not-met', estimate: 1 },
    served: { state: 'met', estimate: 0 },
  });
  expect(renderReport(report, 'html')).toContain('bare 100.0 %, not met');
  const text = readFileSync(evidencePath, 'utf8');
  writeFileSync(evidencePath, text.replace('"chain":"served"', '"chain":"served "'));
  expect(verifyAssessment(evidencePath)).toMatchObject({ valid: false });
});

test('trials are made again on the chain that they were made on, and not without its filters', async () => {
  using place = await setup(behindFilter);
  const { evidencePath } = await place.run();
  const startEngine = async () => scriptedEngine({ reply: solvingReply });
  const options = { ...place.options({ startEngine }), battery, path: evidencePath, trials: 1000 };
  const replay = (change: Pick<Partial<AssessOptions>, 'serving' | 'filters'>) =>
    replayAssessment({ ...options, ...change, battery, random: seededRandom(1) });
  const again = await replay(behindFilter);
  expect(again).toMatchObject({ agreed: again.comparable, different: [] });
  const lines = readFileSync(evidencePath, 'utf8').split('\n');
  expect(again.replayed).toBe(lines.filter((line) => line.includes('"type":"trial"')).length);
  for (const change of [{}, { ...behindFilter, filters: [] }])
    await expect(replay(change)).rejects.toMatchObject({ code: 'TGL_REPLAY_IMPOSSIBLE' });
});

test('filters that are not those of the chain are not taken for them', async () => {
  using place = await setup({
    ...behindFilter,
    filters: [{ ...filter, digest: digestOf('countdown-filter 2') }],
  });
  expect(await place.run()).toMatchObject({
    verdict: 'inconclusive',
    policy: { stopped: 'the content filters at hand are not those of the served tuple' },
  });
});
