// Questions are asked as the model would be served; what an engine cannot do is said, and what it costs is counted.
import { describe, expect, test } from 'vitest';
import { manualClock } from '../../base/index.ts';
import {
  createScriptedEngine,
  type GenerateRequest,
  type ScriptedEngineOptions,
} from '../../engine/index.ts';
import { tiegelTemplate } from '../../formats/index.ts';
import { serving } from '../fixture.ts';
import { type BudgetLimits, createBudget } from '../terms/budget.ts';
import type { Question } from '../terms/trial.ts';
import { askServed } from './ask-served.ts';

const hello: Question = { messages: [{ role: 'user', content: 'hello' }] };

function asking(options: Partial<ScriptedEngineOptions> & { readonly limits?: BudgetLimits } = {}) {
  const asked: GenerateRequest[] = [];
  const { limits = {}, reply = () => ['hm', '</think>', 'yes'], ...change } = options;
  const engine = createScriptedEngine({
    model: 'double',
    reply: (request) => {
      asked.push(request);
      return reply(request);
    },
    ...change,
  });
  const budget = createBudget(limits);
  const tuple = { ...serving, systemPrompt: 'Be brief.', thinkingBudget: 50 };
  const ask = askServed({
    ...{ engine, template: tiegelTemplate, serving: tuple, budget, clock: manualClock(), pauseMs: 0 },
  });
  return { ask, asked, budget, textOf: (at: number) => asked[at]!.prompt!.map(({ text }) => text).join('') };
}

describe('askServed', () => {
  test('asks with the system prompt, the sampling and the thinking budget of the tuple', async () => {
    const { ask, asked, textOf } = asking();
    const reply = await ask(hello, 7);
    expect(reply).toMatchObject({ reasoning: 'hm', answer: 'yes', finish: 'stop', completionTokens: 3 });
    expect(textOf(0)).toBe('<|system|>Be brief.<|user|>hello<|assistant|><think>\n');
    expect(asked[0]).toMatchObject({
      sampling: { temperature: 0.6, topP: 0.95, seed: 7 },
      maxTokens: 200,
      forced: { afterTokens: 50 },
    });
  });

  test('puts prefills behind the prompt and closes thinking where it is told to', async () => {
    const { ask, textOf } = asking({ reply: () => [' yes'] });
    expect(await ask({ ...hello, answerPrefill: 'Sure,' }, 1)).toMatchObject({ answer: 'Sure, yes' });
    await ask({ ...hello, reasoningPrefill: 'I agree' }, 1);
    await ask({ ...hello, thinking: 'closed' }, 1);
    expect(textOf(0)).toMatch(/<\/think>\nSure,$/);
    expect(textOf(1)).toMatch(/<think>\nI agree$/);
    expect(textOf(3)).toMatch(/<think>\n<\/think>\n$/);
  });

  test('constrains choices by what the engine can, and gives the first token of the answer', async () => {
    const choices = ['A', 'B'];
    const question = { ...hello, choices, logProbabilities: 2 };
    const byGrammar = asking({ capabilities: { constraints: ['grammar'] }, reply: () => ['</think>', 'B'] });
    expect(await byGrammar.ask(question, 1)).toMatchObject({
      answer: 'B',
      firstToken: { text: 'B', logProbability: 0 },
    });
    expect(byGrammar.asked[0]!.constraint).toEqual({
      ...{ type: 'grammar', grammar: 'root ::= "A" | "B"', after: '</think>' },
    });
    const bySchema = asking({
      capabilities: { constraints: ['json-schema'] },
      reply: () => ['</think>', '"B"'],
    });
    expect(await bySchema.ask(question, 1)).toMatchObject({ answer: 'B' });
    const free = asking({ reply: () => ['</think>', 'B'] });
    expect(await free.ask(question, 1)).toMatchObject({ answer: 'B' });
    expect(free.asked[0]).not.toHaveProperty('constraint');
  });

  test('refuses what the engine cannot do', async () => {
    const { ask } = asking({ capabilities: { logProbabilities: 'none' } });
    const question = { ...hello, logProbabilities: 2 };
    await expect(ask(question, 1)).rejects.toMatchObject({ code: 'TGL_CAPABILITY_MISSING' });
  });

  test('asks again where a fault may pass, counts that, and gives up', async () => {
    const failing = (times: number) =>
      asking({ failure: (_, index) => (index < times ? { type: 'refuse', retryAfterMs: 1 } : undefined) });
    const twice = failing(2);
    expect(await twice.ask(hello, 1)).toMatchObject({ answer: 'yes' });
    expect(twice.budget.spent()).toMatchObject({ questions: 1, retries: 2 });
    await expect(failing(3).ask(hello, 1)).rejects.toMatchObject({ code: 'TGL_ENGINE_UNAVAILABLE' });
  });

  test('asks nothing more once the limit of tokens or of money is reached', async () => {
    const byTokens = asking({ limits: { tokens: 10 } });
    await byTokens.ask(hello, 1);
    await expect(byTokens.ask(hello, 1)).rejects.toMatchObject({ code: 'TGL_ASSESSMENT_BUDGET_EXHAUSTED' });
    const byMoney = asking({ limits: { money: 0.001, price: { prompt: 0, completion: 500 } } });
    await byMoney.ask(hello, 1);
    expect(byMoney.budget.spent().money).toBeCloseTo(0.0015);
    await expect(byMoney.ask(hello, 1)).rejects.toMatchObject({ code: 'TGL_ASSESSMENT_BUDGET_EXHAUSTED' });
  });

  test.each([
    [[40_000], [40_000, 40_000]],
    [[5], [100, 200]],
  ] as const)(
    'waits as long as the server says where that is longer (%j)',
    async ([retryAfterMs], waited) => {
      const pauses: number[] = [];
      const budget = createBudget({});
      const engine = createScriptedEngine({
        ...{ model: 'double', reply: () => ['hm', '</think>', 'yes'] },
        failure: (_, index) => (index < 2 ? { type: 'refuse', retryAfterMs } : undefined),
      });
      const ask = askServed({
        ...{ engine, template: tiegelTemplate, serving, budget, clock: manualClock(), pauseMs: 100 },
        wait: async (milliseconds) => {
          pauses.push(milliseconds);
        },
      });
      expect(await ask(hello, 1)).toMatchObject({ answer: 'yes' });
      expect(pauses).toEqual(waited);
      expect(budget.spent().retries).toBe(2);
    },
  );

  test('does not wait for a server that wants more than ten minutes', async () => {
    const engine = createScriptedEngine({
      ...{ model: 'double', reply: () => [] },
      failure: () => ({ type: 'refuse', retryAfterMs: 600_001 }),
    });
    const ask = askServed({
      ...{ engine, template: tiegelTemplate, serving, budget: createBudget({}), clock: manualClock() },
      wait: () => Promise.reject(new Error('it waited')),
    });
    await expect(ask(hello, 1)).rejects.toMatchObject({ code: 'TGL_ENGINE_UNAVAILABLE' });
  });
});
