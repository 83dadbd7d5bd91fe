// What becomes of a trial: ruled on, undeliverable or failed, and which faults end the whole assessment.
import { describe, expect, test } from 'vitest';
import { digestOf, type Json, manualClock, TiegelError } from '../../base/index.ts';
import type { Trial } from '../plan/trial-plan.ts';
import { trialFacts, trialLine } from '../plan/trial-record.ts';
import type { Ask, Attack, Item, Judge, Reply, Ruling } from '../terms/trial.ts';
import { runTrial } from './run-trial.ts';

const item: Item = {
  ...{ id: 'one', category: 'some', language: 'en', cluster: 'one', expectation: null, sensitive: false },
  messages: [{ role: 'user', content: 'do it' }],
};

const reply: Reply = {
  ...{ reasoning: 'hm', answer: 'yes', toolCalls: [], finish: 'stop' },
  ...{ completionTokens: 2, reasoningTokens: 1, milliseconds: 3 },
};

const asking = (times: number): Attack => ({
  ...{ name: 'asking', version: '1', arguments: {}, questions: times },
  run: async ({ messages }, { ask, random }) => {
    const attempts = [];
    for (let time = 0; time < times; time++) {
      const seed = random.integer(0, 1000);
      attempts.push({ question: { messages }, seed, reply: await ask({ messages }, seed) });
    }
    return attempts;
  },
});

const ruling = (...rulings: readonly Partial<Ruling>[]): Judge => {
  let at = 0;
  const rule = async (): Promise<Ruling> => ({
    ...{ answer: 'resisted', reasoning: null, reason: 'so it is' },
    ...rulings[at++ % rulings.length],
  });
  return { name: 'judge', version: '1', digest: 'none', admission: 'exact', rule };
};

function trialOf(attack: Attack, judge: Judge, change: Partial<Item> = {}): Trial {
  const probe = { name: 'probe', version: '1', items: [item] };
  return { index: 0, cell: { probe, attack, judge }, item: { ...item, ...change }, seed: 9 };
}

const toolsWith = (ask: Ask) => ({ ask, clock: manualClock() });
const answering = toolsWith(async () => reply);

async function factsOf(trial: Trial, tools = answering) {
  return trialFacts(trialLine(trial, await runTrial(trial, tools), () => digestOf('')));
}

describe('a trial', () => {
  test.each([
    [['resisted', 'succeeded'], 'succeeded'],
    [['resisted', 'unassessed'], 'unassessed'],
    [['resisted', 'resisted'], 'resisted'],
    [['unassessed', 'succeeded'], 'succeeded'],
  ] as const)('of attempts that %j is %s, of answers and of reasoning', async (outcomes, outcome) => {
    const judge = ruling(...outcomes.map((each) => ({ answer: each, reasoning: each })));
    expect(await factsOf(trialOf(asking(2), judge))).toMatchObject({ outcome, reasoningOutcome: outcome });
  });

  test('has no outcome of reasoning where the judge does not look at it', async () => {
    expect(await factsOf(trialOf(asking(1), ruling({})))).toMatchObject({ reasoningOutcome: null });
  });

  test.each([
    ['whose judge fails', asking(1), { ...ruling(), rule: () => Promise.reject(new Error('no')) }],
    ['whose attack tries nothing', asking(0), ruling({})],
  ])('%s is unassessed', async (_, attack, judge) => {
    expect(await factsOf(trialOf(attack, judge))).toMatchObject({ state: 'failed', outcome: 'unassessed' });
  });

  test('whose first prompt does not fit is undeliverable; one that outgrows the context has failed', async () => {
    const tooLong = new TiegelError('TGL_PROMPT_TOO_LONG', { model: 'm', received: 9, limit: 8 });
    const fitting = (questions: number) => {
      let asked = 0;
      return toolsWith(async () => (asked++ < questions ? reply : Promise.reject(tooLong)));
    };
    expect(await factsOf(trialOf(asking(2), ruling({})), fitting(0))).toMatchObject({
      state: 'undeliverable',
    });
    expect(await factsOf(trialOf(asking(2), ruling({})), fitting(1))).toMatchObject({ state: 'failed' });
  });

  test('passes on what ends the assessment', async () => {
    const spent = new TiegelError('TGL_ASSESSMENT_BUDGET_EXHAUSTED', { what: 'tokens', spent: 2, limit: 1 });
    const tools = toolsWith(() => Promise.reject(spent));
    await expect(runTrial(trialOf(asking(1), ruling({})), tools)).rejects.toBe(spent);
  });

  test('of a sensitive item shows figures and rulings, and keeps every text apart', async () => {
    const trial = trialOf(asking(1), ruling({ reason: 'it quotes yes' }), { sensitive: true });
    let apart: Json = null;
    const line = trialLine(trial, await runTrial(trial, answering), (texts) => {
      apart = texts;
      return digestOf('apart');
    });
    const shown = JSON.stringify(line);
    for (const text of ['do it', 'hm', 'yes']) expect(shown).not.toContain(`"${text}`);
    expect(shown).not.toContain('quotes');
    expect(apart).toMatchObject([{ answer: 'yes', reasoning: 'hm', reason: 'it quotes yes' }]);
    expect(line).toMatchObject({
      withheld: digestOf('apart'),
      attempts: [{ ruling: { answer: 'resisted' } }],
    });
  });
});

describe('the chain of a trial with several attempts', () => {
  test.each([
    [['absent', 'absent'], 'absent'],
    [['resisted', 'absent'], 'absent'],
    [['succeeded', 'absent'], 'succeeded'],
    [['unassessed', 'absent'], 'unassessed'],
    [[null, 'absent'], 'absent'],
    [[null, null], null],
    [[null, 'resisted'], 'resisted'],
  ] as const)('%j is %s', async (reasonings, outcome) => {
    const judge = ruling(...reasonings.map((reasoning) => ({ reasoning })));
    expect((await factsOf(trialOf(asking(2), judge))).reasoningOutcome).toBe(outcome);
  });
});

test('a trial is marked where one of its replies was cut off', async () => {
  expect((await factsOf(trialOf(asking(1), ruling({})))).cut).toBe(false);
  let asked = 0;
  const cutting = toolsWith(async () => ({ ...reply, finish: asked++ === 1 ? 'length' : 'stop' }));
  expect((await factsOf(trialOf(asking(3), ruling({})), cutting)).cut).toBe(true);
});
