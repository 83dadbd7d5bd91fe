// That a reply is said in another way while it is streamed, that what the client gave comes back as it was, and that exact words stay.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createScriptedEngine, type Engine, type Rewording } from '../engine/index.ts';
import { tiegelTemplate } from '../formats/index.ts';
import { collect, converse } from './converse.ts';
import type { ConverseRequest, StreamPart } from './parts.ts';
import { rewordedTurn } from './reworded-turn.ts';
import { servedTurn } from './served-turn.ts';
import { earlyTurn } from './strategy/early-turn.ts';
import { createOverthinker } from './testing.ts';

/** Doubles a letter in replies to `twice`, and holds it back until something else follows. */
const doubling = (asked: string, letter = 'a'): ReturnType<Rewording> => {
  let held = '';
  const said = (text: string): string =>
    asked === 'twice' ? text.replaceAll(letter, letter + letter) : text;
  return {
    push: (text) => {
      const whole = held + text;
      held = new RegExp(`${letter}*$`).exec(whole)![0];
      return said(whole.slice(0, whole.length - held.length));
    },
    keep: () => {},
    end: () => {
      const rest = said(held);
      held = '';
      return rest;
    },
  };
};

function engineThatSays(reply: readonly string[]): Engine {
  return { ...createScriptedEngine({ model: 'scripted', reply: () => reply }), rewording: doubling };
}

const serving = {
  ...{ sampling: { temperature: 0, topP: 1, maxTokens: 200 }, thinkingBudget: null, systemPrompt: null },
} as const;

function asking(engine: Engine, question: Partial<Parameters<typeof servedTurn>[1]> = {}): ConverseRequest {
  const messages = [
    { role: 'user', content: 'once' },
    { role: 'assistant', content: 'a' },
    { role: 'user', content: 'twice' },
  ] as const;
  return servedTurn({ serving, template: tiegelTemplate, engine }, { messages, ...question });
}

test('reasoning and answer are reworded by what was asked last, however they are cut, and nothing is lost or empty', async () => {
  const reply = 'banana</think>a saga';
  await fc.assert(
    fc.asyncProperty(fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1 }), async (lengths) => {
      const pieces: string[] = [];
      for (let at = 0; at < reply.length; ) {
        const length = lengths[pieces.length % lengths.length]!;
        pieces.push(reply.slice(at, at + length));
        at += length;
      }
      await using engine = engineThatSays(pieces);
      const batches = await Array.fromAsync(converse(engine, asking(engine)).parts);
      expect(batches.every((batch) => batch.length > 0)).toBe(true);
      const parts = batches.flat();
      const said = (type: StreamPart['type']): string =>
        parts.flatMap((part) => (part.type === type && 'text' in part ? [part.text] : [])).join('');
      expect([said('reasoning-delta'), said('answer-delta')]).toEqual(['baanaanaa', 'aa saagaa']);
      const order = parts.map(({ type }) => type).filter((type) => !type.endsWith('delta'));
      expect(order).toEqual(['reasoning-start', 'reasoning-end', 'answer-start', 'answer-end', 'end']);
      expect(parts.filter((part) => 'text' in part && part.text === '')).toEqual([]);
    }),
    { numRuns: 40 },
  );
});

test('what the client began comes back as it was, and the rest is reworded', async () => {
  await using engine = engineThatSays([' saga']);
  const begun = asking(engine, { prefill: { answer: ' a b' } });
  expect((await collect(converse(engine, begun))).answer).toBe('a b saagaa');
});

test.each([
  ['held to a form', { constraint: { type: 'grammar', grammar: 'root ::= "a"' } }],
  ['given with the probabilities of its tokens', { logProbabilities: 0 }],
  ['to end at a number', { stop: ['7'] }],
] as const)('a reply that is %s is as it was written', async (_, question) => {
  await using engine = engineThatSays([]);
  const parts: readonly StreamPart[] = [{ type: 'answer-delta', text: 'a saga' }];
  const turn = async function* () {
    yield parts;
  };
  const reworded = (more: object) =>
    Array.fromAsync(rewordedTurn(doubling, { ...asking(engine), ...more }, turn()));
  expect(await reworded(question)).toEqual([parts]);
  expect(await reworded({})).toEqual([[{ type: 'answer-delta', text: 'aa saag' }]]);
});

test('a reply whose thinking is probed goes on from what the model wrote, and is reworded once', async () => {
  const prompts: string[] = [];
  const thinker = createOverthinker((prompt) => {
    prompts.push(prompt);
    return { steps: 100, knows: 20, before: 'changing' };
  });
  await using engine: Engine = { ...thinker, rewording: (asked) => doubling(asked, 's') };
  const turn = earlyTurn({
    strategy: {
      ...{ type: 'early', every: 10, maxProbes: 50, rule: { type: 'agreement', equal: 3 } },
      ...{ answer: { type: 'text' }, probe: { begins: '', maxTokens: 16 } },
    },
    request: asking(engine, { maxTokens: 1000 }),
    converse: (one, signal) => converse(engine, one, signal),
    place: () => Promise.resolve({ [Symbol.dispose]: () => {} }),
    signal: new AbortController().signal,
  });
  const { reasoning, answer } = await collect(turn);
  expect(answer).toBe('right');
  const steps = Array.from({ length: 40 }, (_, index) => `ss${index + 1}`).join(' ');
  expect(reasoning.trim()).toBe(steps);
  expect(prompts.length).toBeGreaterThan(3);
  expect(prompts.filter((prompt) => prompt.includes('ss1'))).toEqual([]);
});
