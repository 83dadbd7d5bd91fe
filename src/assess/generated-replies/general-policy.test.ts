// The policy `general` from end to end, with the judges that are shipped: which models does it admit? The judges are
// measured by labels of a model of the same family that does each thing half of the time, as an operator would do it;
// here the labels are what is true of the generated replies.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { digestOf, manualClock } from '../../base/index.ts';
import { verifyAssessment } from '../afterwards/verify-assessment.ts';
import { assess } from '../assess.ts';
import { fullBattery } from '../batteries/full.ts';
import { type Bench, bench, scriptedEngine } from '../fixture.ts';
import { labelSheets } from '../labels/label-sheet.ts';
import { readLabels } from '../labels/read-labels.ts';
import type { ReadLabels } from '../policy/judge-labels.ts';
import { loadPolicy } from '../policy/policy.ts';
import type { Assessment } from '../record-conclusion.ts';
import type { PolicyBattery } from '../terms/battery.ts';
import { generatedModel, type Traits } from './generated-model.ts';
import wording from './wording.json' with { type: 'json' };

const general = loadPolicy('general');
const battery = fullBattery({ policy: general, remote: false });

/** What its judges are measured on. */
const labelled = ['harm-direct', 'harm-direct-reasoning', 'censorship-refusal'];
const measuring: PolicyBattery = {
  ...battery,
  policy: {
    ...general,
    criteria: general.criteria.filter(
      ({ name }) => labelled.includes(name) || ['file', 'capability', 'over-refusal'].includes(name),
    ),
  },
};

const sound: Traits = {
  harm: () => ['declining', 'short-refusal'],
  harmless: () => ['plain', 'answer'],
  able: true,
};

/** The sibling that the judges are measured on. */
const mixed: Traits = {
  harm: (draw) => (draw < 0.5 ? ['declining', 'short-refusal'] : ['harmful', 'harmful']),
  harmless: (draw) => (draw < 0.5 ? ['plain', 'short-refusal'] : ['plain', 'answer']),
  able: true,
};

let place: Bench;
let labels: readonly ReadLabels[];

async function assessed(
  traits: Traits,
  by: PolicyBattery = battery,
  given: readonly ReadLabels[] = [],
): Promise<Assessment> {
  const reply = await generatedModel(by, traits);
  return assess(
    place.options({
      battery: by,
      trials: { labels: given, family: 'generated', explore: true },
      startEngine: async () => scriptedEngine({ reply, contextLength: 32_768 }),
    }),
  );
}

type Line = { readonly replies: readonly string[]; label: string };

/** Labels of the sibling's replies by what they say. */
async function measuredLabels(evidencePath: string): Promise<readonly ReadLabels[]> {
  const files = labelled.map((criterion) => {
    const { text } = labelSheets(evidencePath, { criterion, sample: 2000, seed: 1 });
    const [draw, ...lines] = text.trimEnd().split('\n');
    const filled = lines.map((each) => {
      const line = JSON.parse(each) as Line;
      const [reply = ''] = line.replies;
      const declined = holdsAny(reply, criterion.endsWith('reasoning') ? 'chainDeclines' : 'refusals');
      line.label = declined === (criterion === 'censorship-refusal') ? 'succeeded' : 'resisted';
      return JSON.stringify(line);
    });
    const path = join(place.directory, `${criterion}.jsonl`);
    writeFileSync(path, `${[draw, ...filled].join('\n')}\n`);
    return path;
  });
  const read = await readLabels(files, () => evidencePath);
  // Here the sibling has the weights of the model under test, whose own labelled replies would be left out.
  return read.map((each) => ({
    ...each,
    subject: { ...each.subject, weights: digestOf('a sibling') } as typeof each.subject,
  }));
}

function holdsAny(text: string, sort: 'chainDeclines' | 'refusals'): boolean {
  return [wording.en, wording.de, wording.zh].some((each) =>
    each[sort].some((sentence) => text.includes(sentence)),
  );
}

beforeAll(async () => {
  place = await bench();
  const sibling = await assessed(mixed, measuring);
  labels = await measuredLabels(sibling.evidencePath);
}, 120_000);
afterAll(() => place[Symbol.dispose]());

test('admits a model that solves its tasks, refuses what it should and thinks harmlessly', async () => {
  const assessment = await assessed(sound, battery, labels);
  const required = new Set(
    general.criteria.filter(({ onFailure }) => onFailure !== 'report').map(({ name }) => name),
  );
  const wanting = assessment.probes.filter(({ name, verdict }) => required.has(name) && verdict !== 'pass');
  expect(wanting.map(({ name, reason }) => `${name}: ${reason}`)).toEqual([]);
  expect(assessment.policy).toMatchObject({ outcome: 'admitted', obstacles: [] });
  expect(assessment.record).not.toBeNull();
  expect(verifyAssessment(assessment.evidencePath)).toMatchObject({ valid: true, verdict: 'pass' });
}, 120_000);

const rejected: readonly (readonly [string, Traits, readonly string[]])[] = [
  ['thinks harm', { ...sound, harm: () => ['harmful', 'short-refusal'] }, ['harm-direct-reasoning']],
  ['hides its chain', { ...sound, harm: () => ['none', 'short-refusal'] }, ['harm-thinking']],
  [
    'always refuses',
    { able: false, harm: sound.harm, harmless: () => ['plain', 'short-refusal'] },
    ['capability', 'over-refusal'],
  ],
  [
    'babbles',
    { able: false, harm: () => ['plain', 'babble'], harmless: () => ['plain', 'babble'] },
    ['capability'],
  ],
  [
    'carries out behind a refusal',
    { ...sound, harm: () => ['declining', 'behind-refusal'] },
    ['harm-direct'],
  ],
  [
    'carries out in another language behind a refusal',
    { ...sound, harm: () => ['declining', 'mixed-languages'] },
    ['harm-direct'],
  ],
];

test.each(rejected)(
  'rejects a model that %s',
  async (_, traits, missed) => {
    const { policy, probes, record } = await assessed(traits, battery, labels);
    expect(policy?.outcome).toBe('rejected');
    expect(record).toBeNull();
    const failed = probes.filter(({ verdict }) => verdict === 'fail').map(({ name }) => name);
    expect(failed).toEqual(expect.arrayContaining([...missed]));
  },
  120_000,
);

describe('the screening form at 10 tokens a second in simulated time, replies of 500 tokens', () => {
  const screening = fullBattery({ policy: loadPolicy('general-screening'), remote: false });

  async function screened(
    traits: Traits,
  ): Promise<{ readonly hours: number; readonly assessment: Assessment }> {
    // The models above are of the same name, and rejections of them by `general` stand.
    using fresh = await bench();
    const reply = await generatedModel(screening, traits);
    const clock = manualClock(Date.UTC(2026, 0, 1));
    const paced: typeof reply = (request) => {
      clock.advance((1000 * Math.min(request.maxTokens, 500)) / 10);
      return reply(request);
    };
    const startEngine = async () => scriptedEngine({ reply: paced, contextLength: 32_768 });
    const trials = { labels, family: 'generated' };
    const assessment = await assess(fresh.options({ battery: screening, clock, trials, startEngine }));
    return { hours: clock.monotonic() / 3_600_000, assessment };
  }

  test('admits a clean model within ten hours, and its record names what it asked less of', async () => {
    const { hours, assessment } = await screened(sound);
    expect(hours).toBeLessThan(10);
    expect(assessment.policy).toMatchObject({ outcome: 'admitted' });
    expect(assessment.record?.policy?.screens).toMatchObject({
      policy: 'general',
      weaker: expect.arrayContaining(['harm-encodings is left out']),
    });
  }, 120_000);

  test('rejects a bad model within ten hours', async () => {
    const { hours, assessment } = await screened({ ...sound, harm: () => ['harmful', 'harmful'] });
    expect(hours).toBeLessThan(10);
    expect(assessment.policy).toMatchObject({ outcome: 'rejected' });
  }, 120_000);

  test('comes to an end within ten hours on a model near its thresholds', async () => {
    const near: Traits = {
      harm: (draw) => (draw < 0.5 ? ['harmful', 'harmful'] : ['declining', 'short-refusal']),
      harmless: (draw) => (draw < 0.5 ? ['plain', 'short-refusal'] : ['plain', 'answer']),
      able: true,
    };
    const { hours, assessment } = await screened(near);
    expect(hours).toBeLessThan(10);
    expect(assessment.policy?.outcome).not.toBe('admitted');
  }, 120_000);
});
