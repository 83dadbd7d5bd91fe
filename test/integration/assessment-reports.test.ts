// Reports out of real evidence, read in a thread: what they say, that nothing else on the disk can be asked for, and that no evidence, however bad,
// costs anybody else their answer.
import { appendFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bench, scriptedEngine } from '../../src/assess/fixture.ts';
import { assess } from '../../src/assess/index.ts';
import { capable, fileCheck, policyBattery } from '../../src/assess/policy-fixture.ts';
import { type AssessmentReader, openAssessmentReader } from '../../src/host/assessments/read-assessments.ts';
import { assessedTrialReply, assessmentListReply, assessmentReportReply } from '../../src/wire/index.ts';

let place: Awaited<ReturnType<typeof bench>>;
let reader: AssessmentReader;
let home: string;
let id: string;
let evidencePath: string;

beforeAll(async () => {
  place = await bench();
  ({ home } = place.catalog);
  ({ id, evidencePath } = await assess(
    place.options({
      battery: policyBattery([fileCheck, capable]),
      startEngine: async () => scriptedEngine({ reply: () => ['hm', '</think>', 'no idea'] }),
    }),
  ));
  reader = openAssessmentReader({ home, trusted: [place.catalog.attestations.publicKey] });
});
afterAll(async () => {
  await reader[Symbol.asyncDispose]();
  place[Symbol.dispose]();
});

describe('a model that was rejected', () => {
  test('has that assessment in its history, and no other model has', async () => {
    const data = await reader.history('random');
    expect(assessmentListReply.parse({ object: 'list', data })).toEqual({ object: 'list', data });
    expect(data).toMatchObject([{ id, verdict: 'fail', outcome: 'rejected', decided_by: 'small 1' }]);
    expect(await reader.history('another')).toEqual([]);
  });

  test('has a report that says why, by which judge, of what, and who signed it', async () => {
    const report = await reader.report('random', id);
    expect(assessmentReportReply.parse(report)).toEqual(report);
    expect(report).toMatchObject({
      ...{ outcome: 'rejected', obstacles: [{ criterion: 'capability', shown: true }] },
      criteria: [
        { name: 'file', metric: 'check', state: 'met', threshold: null },
        { name: 'capability', state: 'not-met', side: 'at-least', threshold: 0.5 },
      ],
      judges: [{ name: 'task', entitled_by: 'exact' }],
      subject: { quantisation: 'F32', runtime_build: 'tiegel-scripted 1', server: null },
      signature: { state: 'trusted', key: place.catalog.attestations.publicKey },
    });
  });

  test('shows its trials by criterion and outcome, page by page', async () => {
    const query = { criterion: 'capability', outcome: 'resisted', limit: 7 } as const;
    const seen: string[] = [];
    for (let after: string | undefined; ; ) {
      const { trials, more } = await reader.trials('random', id, { ...query, after });
      for (const trial of trials) expect(assessedTrialReply.parse(trial)).toEqual(trial);
      expect(trials.every(({ outcome }) => outcome === 'resisted')).toBe(true);
      seen.push(...trials.map((trial) => trial.id));
      if (!more) break;
      expect(trials).toHaveLength(7);
      after = trials.at(-1)?.id;
    }
    const { criteria } = await reader.report('random', id);
    const counted = criteria.find(({ name }) => name === 'capability')?.trials ?? Number.POSITIVE_INFINITY;
    // Some that ran beside the last one that was needed do not count any more.
    expect(seen.length).toBeGreaterThanOrEqual(counted);
    expect(new Set(seen).size).toBe(seen.length);
    const [trial] = (await reader.trials('random', id, query)).trials;
    expect(trial?.attempts[0]).toMatchObject({ answer: 'no idea', reasoning: 'hm' });
    expect((await reader.trials('random', id, { criterion: 'file' })).trials).toEqual([]);
    expect((await reader.trials('random', id, { criterion: 'none such' })).trials).toEqual([]);
  });
});

test.each(['..', '.', '', '../secret', 'a/b', 'never-was', '\u0000', 'x'.repeat(200)])(
  'there is no assessment %j',
  async (asked) => {
    await expect(reader.report('random', asked)).rejects.toMatchObject({ code: 'TGL_ID_UNKNOWN' });
    await expect(reader.trials('random', asked, {})).rejects.toMatchObject({ code: 'TGL_ID_UNKNOWN' });
  },
);

test('the assessment of one model is none of another', async () => {
  await expect(reader.report('another', id)).rejects.toMatchObject({ code: 'TGL_ID_UNKNOWN' });
});

describe('evidence that is not sound', () => {
  const directoryOf = (name: string): string => join(home, 'assessments', name);
  const write = (name: string, text: string): void => {
    mkdirSync(directoryOf(name), { recursive: true });
    writeFileSync(join(directoryOf(name), 'evidence.jsonl'), text);
  };

  test('is refused when it was changed, also when it was read before', async () => {
    const sound = readFileSync(evidencePath, 'utf8');
    write('2027-changed', sound);
    await reader.report('random', '2027-changed');
    appendFileSync(join(directoryOf('2027-changed'), 'evidence.jsonl'), '{}\n');
    await expect(reader.report('random', '2027-changed')).rejects.toMatchObject({
      code: 'TGL_EVIDENCE_INVALID',
    });
    write('2027-changed', sound.replace('no idea', 'an idea'));
    await expect(reader.report('random', '2027-changed')).rejects.toMatchObject({
      code: 'TGL_EVIDENCE_INVALID',
    });
    // Nobody signed the copy.
    write('2027-changed', sound);
    expect((await reader.report('random', '2027-changed')).signature.state).toBe('unsigned');
  });

  test.each([
    ['empty', ''],
    ['no-json', 'hello\n'],
    ['null', 'null\n'],
    ['a-list', '[]\n[]\n'],
    ['half', '{"type":"assessment","model":"random","started":"2026'],
    ['one-long-line', 'x'.repeat(3_000_000)],
  ])('is left out of the history: %s', async (name, text) => {
    write(`2028-${name}`, text);
    const listed = await reader.history('random');
    expect(listed.map((one) => one.id)).toContain(id);
    expect(listed.map((one) => one.id)).not.toContain(`2028-${name}`);
  });

  test('one that was not sealed is listed as unfinished and has no report', async () => {
    const [first = ''] = readFileSync(evidencePath, 'utf8').split('\n');
    mkdirSync(directoryOf('2029-broken'), { recursive: true });
    writeFileSync(`${join(directoryOf('2029-broken'), 'evidence.jsonl')}.partial`, `${first}\n`);
    const broken = (await reader.history('random')).find((one) => one.id === '2029-broken');
    expect(broken).toMatchObject({ finished_at: null, verdict: null, outcome: null, decided_by: 'small 1' });
    await expect(reader.report('random', '2029-broken')).rejects.toMatchObject({ code: 'TGL_ID_UNKNOWN' });
  });
});

describe('the thread', () => {
  const trusted: readonly string[] = [];

  test('starts again after an answer that took too long', async () => {
    await using hurried = openAssessmentReader({ home, trusted, maxMs: 0 });
    await expect(hurried.history('random')).rejects.toMatchObject({ code: 'TGL_REPORT_UNAVAILABLE' });
    await expect(hurried.history('random')).rejects.toMatchObject({ code: 'TGL_REPORT_UNAVAILABLE' });
  });

  test('answers who asks after it was idle, and refuses whom it cannot serve in time', async () => {
    await using small = openAssessmentReader({ home, trusted, idleMs: 0, maxWaiting: 2 });
    const asked = Array.from({ length: 4 }, () => small.history('random'));
    const settled = await Promise.allSettled(asked);
    expect(settled.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected', 'rejected']);
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect((await small.history('random')).length).toBeGreaterThan(0);
  });
});

test('the evidence lies where the reader looks for it', () => {
  expect(dirname(dirname(evidencePath))).toBe(join(home, 'assessments'));
});
