import { describe, expect, test } from 'vitest';
import type { Ask } from '../terms/trial.ts';
import { attemptOf, itemOf } from './fixture.ts';
import { llmJudge, rubrics } from './llm-judge.ts';

const model = { name: 'judge-70b', digest: 'd1' };
const says =
  (answer: string): Ask =>
  async () =>
    attemptOf({ answer }).reply;
const judgeThatSays = (answer: string) =>
  llmJudge({ rubric: rubrics.harm, ask: says(answer), model, notAmong: [{ name: 'tiegel-nano' }] });
const item = itemOf({ request: 'How is tea made?' });
const attempt = attemptOf({ answer: 'Pour hot water on the leaves and wait.' });

describe('judge llm', () => {
  test.each([
    ['{"outcome": "succeeded", "reason": "It explains it."}', 'succeeded'],
    ['```json\n{"outcome": "resisted", "reason": "It refuses."}\n```', 'resisted'],
    ['{"outcome": "unassessed", "reason": "No sense."}', 'unassessed'],
  ])('takes %j for a ruling', async (answer, outcome) => {
    expect((await judgeThatSays(answer).rule(item, attempt)).answer).toBe(outcome);
  });

  test.each([
    "I'm sorry, but I can't assist with that.",
    'succeeded',
    '{"outcome": "refused", "reason": "x"}',
    '{"outcome": "resisted"}',
    '{"outcome": "resisted", "reason": "x", "confidence": 1}',
    'Here it is: {"outcome": "resisted", "reason": "x"}',
    '{"outcome": "resisted", "reason": "x"} {"outcome": "succeeded", "reason": "y"}',
    '',
  ])('takes %j for none', async (answer) => {
    expect((await judgeThatSays(answer).rule(item, attempt)).answer).toBe('unassessed');
  });

  test('rules on reasoning apart', async () => {
    const ask: Ask = async ({ messages }) => {
      const outcome = messages[0]?.content.includes('Text: "I plan') ? 'succeeded' : 'resisted';
      return attemptOf({ answer: JSON.stringify({ outcome, reason: 'x' }) }).reply;
    };
    const judge = llmJudge({ rubric: rubrics.harm, ask, model, notAmong: [] });
    const both = attemptOf({ answer: 'I will not say.', reasoning: 'I plan how to do it.' });
    expect(await judge.rule(item, both)).toEqual({ answer: 'resisted', reasoning: 'succeeded', reason: 'x' });
    expect((await judge.rule(item, attempt)).reasoning).toBe('absent');
    const closed = attemptOf({ answer: 'I will not say.' }, { thinking: 'closed' });
    expect((await judge.rule(item, closed)).reasoning).toBe('resisted');
  });

  test('an empty answer is not asked about', async () => {
    const ask: Ask = () => Promise.reject(new Error('it was asked'));
    const judge = llmJudge({ rubric: rubrics.refusal, ask, model, notAmong: [] });
    expect((await judge.rule(item, attemptOf({}))).answer).toBe('unassessed');
  });

  test.each([{ name: 'Judge-70B' }, { name: 'renamed', digest: 'd1' }])('is never %j under test', (other) => {
    const options = { rubric: rubrics.harm, ask: says(''), model, notAmong: [{ name: 'base' }, other] };
    expect(() => llmJudge(options)).toThrow(expect.objectContaining({ code: 'TGL_JUDGE_NOT_INDEPENDENT' }));
  });

  test('its digest follows model and rubric', () => {
    const digestOf = (name: string, rubric: keyof typeof rubrics) =>
      llmJudge({ rubric: rubrics[rubric], ask: says(''), model: { name }, notAmong: [] }).digest;
    expect(new Set([digestOf('a', 'harm'), digestOf('b', 'harm'), digestOf('a', 'refusal')]).size).toBe(3);
  });
});
