// What a content filter catches and what it lets through, and that nothing of a turn gets past a filter that refuses it.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createScriptedEngine, type Engine } from '../../engine/index.ts';
import { tiegelTemplate } from '../../formats/index.ts';
import { noUsage } from '../../traffic/index.ts';
import { collect, converse } from '../converse.ts';
import type { ConverseRequest, Prefill, StreamPart } from '../parts.ts';
import { thinkingRequestOf } from '../thinking-request.ts';
import type { ContentFilter } from './content-filter.ts';
import { filteredTurn } from './filtered-turn.ts';
import { decodeContentFilter, readContentFilter } from './phrase-filter.ts';

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
const filter = decodeContentFilter(file, refuse);

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
    ...{ thinking: thinkingRequestOf({}, null), sampling: { temperature: 0, topP: 1 }, filters: [filter] },
    ...more,
  };
}

describe('the rules of a content filter', () => {
  test('match whole words, folded, and Chinese without spaces', () => {
    expect(filter.input(['Ein GEHEIMER\n  Kuchen, bitte'])).toBe('Nicht hier.');
    expect(filter.input(['ein ｇｅｈｅｉｍｅｒ ku\u00adch\u200ben'])).toBe('Nicht hier.');
    expect(filter.input(['ungeheimer Kuchen', 'geheimer Kuchenteller'])).toBeUndefined();
    expect(filter.input(['我要蛋糕吃'])).toBe('不行。');
  });

  test('that ask for two phrases near each other leave either alone', () => {
    expect(filter.output(['a secret cake needs flour'])).toBe('Not here.');
    expect(filter.output(['Eggs first: the secret cake'])).toBe('Not here.');
    expect(filter.output(['a secret cake', 'flour'])).toBeUndefined();
    expect(filter.output([`a secret cake ${'.'.repeat(60)} flour`])).toBeUndefined();
  });

  test('count as near up to the distance that they state, on either side', () => {
    const within = (characters: number, text: string) => {
      const near = { phrases: ['flour'], within: characters };
      const output = [{ name: 'x', language: 'en', phrases: ['cake'], near }];
      return decodeContentFilter({ ...file, output }, refuse).output([text]);
    };
    expect([within(8, 'cake and flour'), within(9, 'cake and flour')]).toEqual([undefined, 'Not here.']);
    expect([within(9, 'flour and cake'), within(10, 'flour and cake')]).toEqual([undefined, 'Not here.']);
    // Of several places, one that is near is enough.
    expect(within(9, `flour ${'.'.repeat(50)} cake and flour`)).toBe('Not here.');
    expect(within(9, `cake ${'.'.repeat(50)} cake and flour`)).toBe('Not here.');
  });

  test('see a phrase beside what is no part of a word, and each place where it stands', () => {
    for (const text of [
      'geheimer Kuchen',
      '(geheimer Kuchen)',
      '„geheimer Kuchen“',
      'ungeheimer kuchen geheimer kuchen',
    ])
      expect(filter.input([text])).toBe('Nicht hier.');
    for (const text of ['geheimer Kuchen2', 'ä geheimer Kuchenä', '1geheimer Kuchen', ''])
      expect(filter.input([text])).toBeUndefined();
    expect(filter.input(['2蛋糕x'])).toBe('不行。');
  });

  test('are read from a file; one that cannot be read or is not JSON is told apart', () => {
    const folder = mkdtempSync(join(tmpdir(), 'tiegel-filter-'));
    try {
      const path = join(folder, 'filter.json');
      const failure = (problem: unknown) =>
        expect.objectContaining({ code: 'TGL_FILTER_INVALID', details: { filter: path, problem } });
      expect(() => readContentFilter(path)).toThrow(failure('it cannot be read'));
      writeFileSync(path, '{');
      expect(() => readContentFilter(path)).toThrow(failure('it is not JSON'));
      writeFileSync(path, '7');
      expect(() => readContentFilter(path)).toThrow(failure(expect.stringMatching(/^at the top level: /)));
      writeFileSync(path, JSON.stringify(file));
      expect(readContentFilter(path)).toMatchObject({ name: 'content-filter', digest: filter.digest });
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  test('make the digest: any change gives another one', () => {
    const change = (more: object) => decodeContentFilter({ ...file, ...more }, refuse).digest;
    expect(change({})).toBe(filter.digest);
    const digests = [
      change({ version: '2' }),
      change({ output: [] }),
      change({ refusals: { ...file.refusals, en: 'No.' } }),
    ];
    expect(new Set([filter.digest, ...digests]).size).toBe(4);
  });

  test.each([
    [{ ...file, schema: 2 }, /schema/],
    [{ ...file, input: [], output: [] }, /no rule/],
    [{ ...file, refusals: { en: 'No.' } }, /no refusal in the language of the rule cake/],
    [{ ...file, more: 1 }, /more/],
    [{ ...file, input: [{ name: 'x', language: 'en', phrases: [] }] }, /input\.0\.phrases/],
    [{ ...file, input: [{ name: 'x', language: 'en', phrases: [''] }] }, /input\.0\.phrases\.0/],
    [{ ...file, input: [{ name: 'x', language: 'en', phrases: ['y'.repeat(201)] }] }, /phrases\.0/],
    [
      { ...file, input: [{ name: 'x', language: 'en', phrases: ['y', '\u200b\u00ad'] }] },
      /phrases\.1.*be seen/,
    ],
    [
      { ...file, output: [{ ...file.output[0], near: { phrases: [' \n'], within: 5 } }] },
      /phrases\.0.*be seen/,
    ],
    [{ ...file, input: [{ name: '', language: 'en', phrases: ['y'] }] }, /input\.0\.name/],
    [{ ...file, input: [{ name: 'x'.repeat(65), language: 'en', phrases: ['y'] }] }, /input\.0\.name/],
    [{ ...file, input: [{ name: 'x', language: 'fr', phrases: ['y'] }] }, /input\.0\.language/],
    [{ ...file, output: [{ ...file.output[0], near: { phrases: ['x'], within: 0 } }] }, /near\.within/],
    [{ ...file, output: [{ ...file.output[0], near: { phrases: ['x'], within: 2001 } }] }, /near\.within/],
    [{ ...file, name: 'Filter' }, /at name/],
    [{ ...file, name: 'filter ' }, /at name/],
    [{ ...file, name: ' filter' }, /at name/],
    [{ ...file, version: '' }, /at version/],
    [{ ...file, version: '1'.repeat(33) }, /at version/],
    [{ ...file, refusals: { ...file.refusals, en: '' } }, /refusals\.en/],
    [{ ...file, refusals: { ...file.refusals, en: 'x'.repeat(2001) } }, /refusals\.en/],
    [{ ...file, refusals: { de: 'Nein.', zh: '不行。' } }, /no refusal in the language of the rule recipe/],
  ])('are refused where they would filter nothing', (value, problem) => {
    expect(() => decodeContentFilter(value, refuse)).toThrow(problem);
  });
});

describe('a turn behind a filter', () => {
  test('does not reach the model where the request is refused', async () => {
    await using engine = engineThatSays(['never']);
    const turn = await collect(converse(engine, asking('geheimer Kuchen?')));
    expect(turn).toMatchObject({
      reasoning: '',
      answer: 'Nicht hier.',
      finish: 'stop',
      usage: { promptTokens: 0 },
    });
    const prefilled = asking('Hello', { prefill: { answer: 'geheimer Kuchen:' } });
    expect((await collect(converse(engine, prefilled))).answer).toBe('geheimer Kuchen:Nicht hier.');
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

  test('is refused by the first filter that does', async () => {
    const other = decodeContentFilter({ ...file, refusals: { ...file.refusals, de: 'Anders.' } }, refuse);
    const harmless = decodeContentFilter({ ...file, input: [file.input[1]] }, refuse);
    const refusalBy = async (...filters: readonly ContentFilter[]) => {
      await using engine = engineThatSays(['never']);
      return (await collect(converse(engine, asking('geheimer Kuchen?', { filters })))).answer;
    };
    expect(await refusalBy(other, filter)).toBe('Anders.');
    expect(await refusalBy(harmless, filter, other)).toBe('Nicht hier.');
  });

  test('has its prefilled reasoning checked and given back before the refusal', async () => {
    await using engine = engineThatSays(['never']);
    const prefill = { reasoning: ' geheimer Kuchen', answer: '' };
    const parts = (await Array.fromAsync(converse(engine, asking('Hello', { prefill })).parts)).flat();
    expect(parts.slice(0, -1)).toEqual([
      { type: 'reasoning-start' },
      { type: 'reasoning-delta', text: 'geheimer Kuchen' },
      { type: 'reasoning-end' },
      { type: 'answer-start' },
      { type: 'answer-delta', text: 'Nicht hier.' },
      { type: 'answer-end' },
    ]);
    expect(parts.at(-1)).toMatchObject({
      thinking: { outcome: 'none', tokens: 0, forcedTokens: 0, budget: null, stoppedBy: null },
    });
    expect(engine.asked()).toBe(0);
  });

  describe('of which a part is taken by itself', () => {
    const end: StreamPart = {
      ...{ type: 'end', finish: 'stop', stopSequence: 'END', usage: { ...noUsage, completionTokens: 7 } },
      thinking: { outcome: 'none', tokens: 0, forcedTokens: 0, budget: null, stoppedBy: null },
    };
    const through = async (...parts: readonly StreamPart[]) => {
      const turn = async function* () {
        yield parts;
      };
      return (await Array.fromAsync(filteredTurn([filter], { messages: [] }, turn))).flat();
    };
    const answer = (text: string): StreamPart => ({ type: 'answer-delta', text });
    const reasoning = (text: string): StreamPart => ({ type: 'reasoning-delta', text });

    test('a phrase may begin in the reasoning and end in the answer, with or without a space', async () => {
      for (const parts of [
        [reasoning('flour, secret'), answer('cake')],
        [reasoning('flour, sec'), answer('ret cake')],
      ])
        expect(await through(...parts, end)).toContainEqual(answer('Not here.'));
      expect(await through(reasoning('flour, secrets'), answer('cake'), end)).not.toContainEqual(
        answer('Not here.'),
      );
    });

    test('filters see reasoning, answer, both as one, and of each call its name, its arguments and the texts in them', async () => {
      const seen: (readonly string[])[] = [];
      const output = (texts: readonly string[]): undefined => void seen.push(texts);
      const turn = async function* (): AsyncGenerator<readonly StreamPart[]> {
        yield [reasoning('why'), answer('be'), answer('cause')];
        yield [{ type: 'tool-call', index: 0, name: 'call', arguments: '{"a":1,"b":["\\u0061","c"]}' }, end];
      };
      await Array.fromAsync(filteredTurn([{ ...filter, output }], { messages: [] }, turn));
      expect(seen).toEqual([
        [
          ...['why', 'because', 'why because', 'whybecause'],
          ...['call', '{"a":1,"b":["\\u0061","c"]}', 'a c'],
        ],
      ]);
    });

    test('what is refused does not come out, though the turn has no end', async () => {
      expect((await through(answer('secret cake, flour'))).map(({ type }) => type)).toEqual([
        ...['answer-start', 'answer-delta', 'answer-end', 'end'],
      ]);
      expect(await through(answer('plain'))).toEqual([answer('plain')]);
    });

    test('a prefilled answer comes back but for the white space before it, prefilled reasoning alone too', async () => {
      const refused = async (prefill: Prefill) =>
        (
          await Array.fromAsync(
            filteredTurn(
              [filter],
              { messages: [{ role: 'user', content: 'geheimer Kuchen' }], prefill },
              () => expect.unreachable(),
            ),
          )
        )
          .flat()
          .flatMap((part) => ('text' in part ? [part.text] : []));
      expect(await refused({ answer: ' Well, ' })).toEqual(['Well, ', 'Nicht hier.']);
      expect(await refused({ reasoning: ' Hm ' })).toEqual(['Hm ', 'Nicht hier.']);
    });

    test('a refusal ends the turn as any answer does, and names no stop sequence', async () => {
      const { stopSequence: _, ...rest } = end;
      expect((await through(answer('secret cake, flour'), end)).at(-1)).toEqual(rest);
      expect((await through(answer('plain'), end)).at(-1)).toEqual(end);
    });

    test.each<[string, string, string]>([
      ['the name', 'secret cake with flour', '{}'],
      ['the arguments as they are', 'call', 'secret cake with flour'],
      ['a text with escapes', 'call', '{"a":["\\u0073ecret cake with flour"]}'],
      ['two texts beside each other', 'call', '{"a":"\\u0073ecret cake","b":"flour"}'],
    ])('of a call %s is looked at', async (_, name, args) => {
      const call: StreamPart = { type: 'tool-call', index: 0, name, arguments: args };
      expect(await through(call, end)).toContainEqual(answer('Not here.'));
      const plain: StreamPart = { type: 'tool-call', index: 0, name: 'call', arguments: '{"a":1' };
      expect(await through(plain, end)).toEqual([plain, end]);
    });
  });

  test('is the same turn where nothing is refused', async () => {
    await using engine = engineThatSays(['hm', '</think>', 'a', ' plain', ' cake']);
    const bare = await collect(converse(engine, asking('Hello', { filters: [] })));
    expect(await collect(converse(engine, asking('Hello')))).toEqual(bare);
  });

  test('a call of a tool is looked at, also with its characters escaped', () => {
    const escaped = JSON.stringify({ text: 'secret cake with flour' }).replaceAll('c', '\\u0063');
    expect(filter.output([escaped])).toBeUndefined();
    expect(filter.output([JSON.parse(escaped).text])).toBe('Not here.');
  });
});
