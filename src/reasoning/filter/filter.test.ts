// What a content filter catches and what it lets through, and that nothing of a turn gets past a guard that refuses it.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createScriptedEngine, type Engine } from '../../engine/index.ts';
import { tiegelTemplate } from '../../formats/index.ts';
import { collect, converse } from '../converse.ts';
import type { ConverseRequest } from '../parts.ts';
import { thinkingRequestOf } from '../thinking-request.ts';
import { contentFilter } from './content-filter.ts';

const refuse = (problem: string): never => {
  throw new Error(problem);
};

const file = {
  ...{ schema: 1, name: 'content-filter', version: '1' },
  refusals: { en: 'Not here.', de: 'Nicht hier.', zh: '不行。' },
  input: [
    { name: 'cake', language: 'de', phrases: ['geheimer Kuchen'] },
    { name: 'cake-zh', language: 'zh', phrases: ['蛋糕'] },
  ],
  output: [
    {
      name: 'recipe',
      language: 'en',
      phrases: ['secret cake'],
      near: { phrases: ['flour', 'eggs'], within: 40 },
    },
  ],
} as const;
const guard = contentFilter(file, refuse);

function engineThatSays(reply: readonly string[]): Engine & { readonly asked: () => number } {
  let asked = 0;
  const engine = createScriptedEngine({
    model: 'scripted',
    reply: () => {
      asked++;
      return reply;
    },
  });
  return { ...engine, asked: () => asked };
}

function asking(content: string, more: Partial<ConverseRequest> = {}): ConverseRequest {
  return {
    ...{ template: tiegelTemplate, messages: [{ role: 'user', content }], maxTokens: 200, stop: [] },
    ...{ thinking: thinkingRequestOf({}, null), sampling: { temperature: 0, topP: 1 }, guards: [guard] },
    ...more,
  };
}

describe('the rules of a content filter', () => {
  test('match whole words, folded, and Chinese without spaces', () => {
    expect(guard.input(['Ein GEHEIMER\n  Kuchen, bitte'])).toBe('Nicht hier.');
    expect(guard.input(['ein ｇｅｈｅｉｍｅｒ ku\u00adch\u200ben'])).toBe('Nicht hier.');
    expect(guard.input(['ungeheimer Kuchen', 'geheimer Kuchenteller'])).toBeUndefined();
    expect(guard.input(['我要蛋糕吃'])).toBe('不行。');
  });

  test('that ask for two phrases near each other leave either alone', () => {
    expect(guard.output(['a secret cake needs flour'])).toBe('Not here.');
    expect(guard.output(['Eggs first: the secret cake'])).toBe('Not here.');
    expect(guard.output(['a secret cake', 'flour'])).toBeUndefined();
    expect(guard.output([`a secret cake ${'.'.repeat(60)} flour`])).toBeUndefined();
  });

  test('make the digest: any change gives another one', () => {
    const change = (more: object) => contentFilter({ ...file, ...more }, refuse).digest;
    expect(change({})).toBe(guard.digest);
    const digests = [
      change({ version: '2' }),
      change({ output: [] }),
      change({ refusals: { ...file.refusals, en: 'No.' } }),
    ];
    expect(new Set([guard.digest, ...digests]).size).toBe(4);
  });

  test.each([
    [{ ...file, schema: 2 }, /schema/],
    [{ ...file, input: [], output: [] }, /no rule/],
    [{ ...file, refusals: { en: 'No.' } }, /no refusal in the language of the rule cake/],
    [{ ...file, more: 1 }, /more/],
    [{ ...file, input: [{ name: 'x', language: 'en', phrases: [] }] }, /input\.0\.phrases/],
  ])('are refused where they would not guard', (value, problem) => {
    expect(() => contentFilter(value, refuse)).toThrow(problem);
  });
});

describe('a turn behind a guard', () => {
  test('does not reach the model where the request is refused', async () => {
    await using engine = engineThatSays(['never']);
    const turn = await collect(converse(engine, asking('geheimer Kuchen?')));
    expect(turn).toMatchObject({
      reasoning: '',
      answer: 'Nicht hier.',
      finish: 'stop',
      usage: { promptTokens: 0 },
    });
    const begun = asking('Hello', { prefill: { answer: 'geheimer Kuchen:' } });
    expect((await collect(converse(engine, begun))).answer).toBe('geheimer Kuchen:Nicht hier.');
    expect(engine.asked()).toBe(0);
  });

  test('gives nothing of a reply that is refused, wherever the phrase stands', async () => {
    const words = ['the', ' se', 'cret', ' cake', ' wants', ' flo', 'ur'];
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: words.length }), async (at) => {
        const reply = [...words.slice(0, at), '</think>', ...words.slice(at)];
        await using engine = engineThatSays(reply);
        const parts = (await Array.fromAsync(converse(engine, asking('Hello')).parts)).flat();
        expect(parts.map(({ type }) => type)).toEqual(['answer-start', 'answer-delta', 'answer-end', 'end']);
        expect(parts[1]).toEqual({ type: 'answer-delta', text: 'Not here.' });
        expect(parts.at(-1)).toMatchObject({
          finish: 'stop',
          usage: { completionTokens: expect.any(Number) },
        });
      }),
      { numRuns: 20 },
    );
  });

  test('is the same turn where nothing is refused', async () => {
    await using engine = engineThatSays(['hm', '</think>', 'a', ' plain', ' cake']);
    const bare = await collect(converse(engine, asking('Hello', { guards: [] })));
    expect(await collect(converse(engine, asking('Hello')))).toEqual(bare);
  });

  test('a call of a tool is looked at, also with its characters escaped', () => {
    const escaped = JSON.stringify({ text: 'secret cake with flour' }).replaceAll('c', '\\u0063');
    expect(guard.output([escaped])).toBeUndefined();
    expect(guard.output([JSON.parse(escaped).text])).toBe('Not here.');
  });
});
