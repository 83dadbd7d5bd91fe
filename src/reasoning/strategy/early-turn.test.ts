import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Engine, EngineEvent } from '../../engine/index.ts';
import { tiegelTemplate } from '../../formats/index.ts';
import { noUsage } from '../../traffic/index.ts';
import { collect, converse } from '../converse.ts';
import type { ConverseRequest, StreamPart } from '../parts.ts';
import { createOverthinker, type Overthinker } from '../testing.ts';
import { earlyTurn, type ProbedStrategy } from './early-turn.ts';

const request: ConverseRequest = {
  template: tiegelTemplate,
  messages: [{ role: 'user', content: 'What?' }],
  thinking: { mode: 'open', budget: null },
  maxTokens: 10_000,
  sampling: { temperature: 0.6, topP: 1 },
  stop: [],
};
const strategy: ProbedStrategy = {
  ...{ type: 'early', every: 10, maxProbes: 50, rule: { type: 'agreement', equal: 3 } },
  ...{ answer: { type: 'text' }, probe: { begins: '', maxTokens: 16 } },
};

/** What is read of an engine, beside all that it gave. */
function run(engine: Engine, change: Partial<ProbedStrategy> = {}, asked: Partial<ConverseRequest> = {}) {
  const given = { prompt: 0, completion: 0, requests: 0 };
  const places = { held: 0, most: 0 };
  const counting: Engine = {
    ...engine,
    generate: async function* (wanted, signal) {
      given.requests++;
      for await (const events of engine.generate(wanted, signal)) {
        for (const event of events as EngineEvent[]) {
          if (event.type === 'prompt') given.prompt += event.promptTokens;
          if (event.type === 'token') given.completion++;
        }
        yield events;
      }
    },
  };
  const turn = earlyTurn({
    strategy: { ...strategy, ...change },
    request: { ...request, ...asked },
    converse: (one, signal) => converse(counting, one, signal),
    place: async () => {
      places.most = Math.max(places.most, ++places.held);
      return { [Symbol.dispose]: () => void places.held-- };
    },
    signal: new AbortController().signal,
  });
  return { turn, given, places };
}

const thinker = (steps: number, knows: number, before: Overthinker['before'] = 'changing') =>
  createOverthinker(() => ({ steps, knows, before }));

describe('a model that overthinks', () => {
  test('is let answer at the third probe that finds the same, and what that took is known to the token', async () => {
    // Probes at 10, 20, … find another answer each time until 50; those at 50, 60 and 70 agree.
    const { turn, given, places } = run(thinker(1_000, 50));
    const { answer, reasoning, usage, thinking, strategy: report } = await collect(turn);
    expect(answer).toBe('right');
    expect(reasoning.match(/s\d+/g)).toHaveLength(70);
    // 70 of thinking, seven probes of one token, of which the last is the answer.
    expect(usage.completionTokens).toBe(77);
    expect(usage).toEqual({
      ...{ promptTokens: given.prompt, cachedPromptTokens: 0 },
      ...{ completionTokens: given.completion, reasoningTokens: 70 },
    });
    expect(thinking).toMatchObject({ outcome: 'closed', tokens: 70, stoppedBy: 'request' });
    expect(report).toMatchObject({ type: 'early', stoppedBy: 'rule', chosen: 0 });
    expect(report?.samples.map(({ answer: number }) => number)).toEqual([null, 0, 1, 2, 3, 4, 4, 4]);
    expect(places).toEqual({ held: 0, most: 1 });
  });

  test('on many questions takes at most half of the tokens of thinking to the end, and is as often right', async () => {
    // Of the questions a tenth is thought about in vain. The others are known after a fifth of the thinking.
    const of = (number: number): Overthinker => ({
      ...{ steps: 400, knows: number % 10 === 0 ? 401 : 80, before: 'changing' },
    });
    const engine = createOverthinker((prompt) => of(Number(/question (\d+)/.exec(prompt)?.[1])));
    let [early, whole, rightEarly, rightWhole] = [0, 0, 0, 0];
    for (let number = 0; number < 50; number++) {
      const messages = [{ role: 'user', content: `question ${number}` }] as const;
      const probed = await collect(run(engine, { every: 20, maxProbes: 15 }, { messages }).turn);
      const plain = await collect(converse(engine, { ...request, messages }));
      early += probed.usage.completionTokens;
      whole += plain.usage.completionTokens;
      rightEarly += Number(probed.answer === 'right');
      rightWhole += Number(plain.answer === 'right');
    }
    expect([rightEarly, rightWhole]).toEqual([45, 45]);
    // Known at 80, so that the probes at 80, 100 and 120 agree: 120 and six probes, against 402; in vain 402 and 15.
    expect([early, whole]).toEqual([45 * 126 + 5 * 417, 50 * 402]);
    expect(early / whole).toBeLessThan(0.5);
  });

  test('is cut off with a wrong answer where it is wrong again and again: agreement promises nothing', async () => {
    expect((await collect(run(thinker(200, 100, 'same')).turn)).answer).toBe('wrong');
  });
});

test('what no probe allows is thought to its end, word for word, and every probe is paid for', async () => {
  const { turn, given } = run(thinker(100, 1_000), { maxProbes: 5 });
  const whole = await collect(turn);
  const plain = await collect(converse(thinker(100, 1_000), request));
  expect([whole.reasoning, whole.answer]).toEqual([plain.reasoning, plain.answer]);
  expect(whole.usage.completionTokens).toBe(plain.usage.completionTokens + 5);
  expect(whole.thinking).toEqual(plain.thinking);
  expect(whole.strategy).toMatchObject({ stoppedBy: 'model' });
  expect(given.requests).toBe(11);
});

test('what is given out is one reply, whatever it was made of', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.record({
        steps: fc.integer({ min: 0, max: 120 }),
        knows: fc.integer({ min: 0, max: 150 }),
        every: fc.integer({ min: 8, max: 60 }),
        batch: fc.integer({ min: 1, max: 9 }),
        maxTokens: fc.integer({ min: 40, max: 300 }),
        budget: fc.option(fc.integer({ min: 0, max: 100 })),
        begins: fc.constantFrom('', 'It is '),
      }),
      async ({ steps, knows, every, batch, maxTokens, budget, begins }) => {
        const engine = createOverthinker(() => ({ steps, knows, before: 'changing' }), {
          maxBatchEvents: batch,
        });
        const thinking = { mode: budget === 0 ? 'closed' : 'open', budget } as const;
        const probe = { begins, maxTokens: 4 };
        const { turn, given } = run(engine, { every, probe, maxProbes: 6 }, { maxTokens, thinking });
        const parts = (await Array.fromAsync(turn.parts)).flat();
        const types = parts.map(({ type }) => type).filter((type) => !type.endsWith('delta'));
        expect(types.filter((type) => type === 'end')).toHaveLength(1);
        expect(types.at(-1)).toBe('end');
        for (const type of ['reasoning-start', 'reasoning-end', 'answer-start', 'answer-end'])
          expect(types.filter((each) => each === type).length).toBeLessThan(2);
        const textOf = (of: StreamPart['type']): string =>
          parts.map((part) => (part.type === of && 'text' in part ? part.text : '')).join('');
        const steps_ = textOf('reasoning-delta').match(/s\d+/g) ?? [];
        expect(steps_).toEqual(Array.from({ length: steps_.length }, (_, index) => `s${index + 1}`));
        expect(turn.usage().completionTokens).toBe(given.completion);
        expect(turn.usage().promptTokens).toBe(given.prompt);
        const [reply] = turn.samples();
        expect(reply?.usage.completionTokens).toBeLessThanOrEqual(maxTokens);
        if (budget !== null) expect(steps_.length).toBeLessThanOrEqual(budget + batch);
      },
    ),
    { numRuns: 60 },
  );
});

test('a probe that begins with given words is asked again in full', async () => {
  const { turn } = run(thinker(1_000, 0), { probe: { begins: 'So it is ', maxTokens: 4 } });
  const { answer, strategy: report } = await collect(turn);
  expect(answer).toBe('right');
  expect(report?.samples).toHaveLength(4);
});

test('where paragraphs are waited for, none is probed within one', async () => {
  const engine = createOverthinker(() => ({ steps: 100, knows: 0, before: 'same' }));
  const { turn } = run(engine, { atParagraphs: true });
  expect((await collect(turn)).strategy).toMatchObject({ stoppedBy: 'model', samples: [{}] });
});

test('sureness is read from the log-probabilities of the probe, which nobody is shown who did not ask', async () => {
  const { turn, given } = run(thinker(1_000, 0), { rule: { type: 'confidence', level: 0.95 } });
  const parts = (await Array.fromAsync(turn.parts)).flat();
  expect(given.requests).toBe(2);
  expect(parts.filter((part) => 'tokens' in part)).toEqual([]);
});

test('a place that is refused ends the turn before anything ran', async () => {
  const turn = earlyTurn({
    ...{ strategy, request, signal: AbortSignal.abort(new Error('gone')) },
    converse: () => expect.unreachable('nothing may run'),
    place: async (signal) => {
      signal.throwIfAborted();
      return { [Symbol.dispose]: () => {} };
    },
  });
  await expect(Array.fromAsync(turn.parts)).rejects.toThrow('gone');
  expect([turn.usage(), turn.samples()]).toEqual([noUsage, []]);
});
