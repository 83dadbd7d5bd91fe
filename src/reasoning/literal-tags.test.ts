// What a model says about tags and markers reaches its reader as it was said, whatever engine it runs on.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createScriptedEngine, type EngineCapabilities } from '../engine/index.ts';
import { type ChatTemplate, tiegelTemplate } from '../formats/index.ts';
import { collect, converse } from './converse.ts';
import type { ConverseRequest } from './parts.ts';

const request: ConverseRequest = {
  template: { ...tiegelTemplate, toolCallFormat: 'deepseek' } satisfies ChatTemplate,
  messages: [{ role: 'user', content: 'How do tags work?' }],
  ...{ thinking: { mode: 'open', budget: null }, maxTokens: 2000, stop: [] },
  sampling: { temperature: 0, topP: 1 },
};

type Kind = {
  readonly markerTokens?: boolean;
  readonly capabilities?: Partial<EngineCapabilities>;
  readonly template?: null;
};

const kinds: Readonly<Record<string, Kind>> = {
  'with a vocabulary that has the tags': { markerTokens: true },
  'of whose vocabulary nothing is known': {},
  'that is interrupted to end thinking': { capabilities: { thinkingStop: 'continuation' } },
  'whose server renders the turn': {
    capabilities: { promptForm: 'messages', thinkingStop: 'none' },
    template: null,
  },
};

/** Whole, broken and quoted tags, ends of sequences and markers of calls, as tokens that are none of these. */
const spoken = fc
  .array(
    fc.oneof(
      fc.constantFrom('`<think>`', '"</think>"', ' <thi', 'nk> ', '</', '<', '`<|im_end|>`', '<|im_end|>.'),
      fc.constantFrom('`<｜end▁of▁sentence｜>` ', '`<tool_call>`', '`</tool_call>`', '\n```\n', ' \n'),
      fc.constantFrom('`<｜tool▁calls▁begin｜>`', ' <｜tool▁call▁begin｜>x', '<｜tool▁calls▁end｜> '),
      fc.string({ unit: 'grapheme', maxLength: 6 }),
    ),
    { maxLength: 20 },
  )
  .map((pieces) => ['It is:', ...pieces, ' So.']);

describe.each(Object.entries(kinds))('on an engine %s', (_, { template = request.template, ...options }) => {
  const answerOf = async (tokens: readonly string[], change: Partial<ConverseRequest>) => {
    await using engine = createScriptedEngine({ model: 'double', reply: () => tokens, ...options });
    return await collect(converse(engine, { ...request, template, ...change }));
  };

  test('an answer that speaks of tags and markers comes back exactly', async () => {
    const opening = template === null ? ['<think>'] : [];
    const tools = fc.constantFrom({}, { tools: [{ name: 'add' }] }, { stop: ['END'] });
    await fc.assert(
      fc.asyncProperty(spoken, tools, async (said, change) => {
        const tokens = [...opening, 'hm', '</think>', ...said];
        const { reasoning, answer, toolCalls } = await answerOf(tokens, change);
        expect({ reasoning, answer, toolCalls }).toEqual({
          ...{ reasoning: 'hm', answer: said.join(''), toolCalls: [] },
        });
      }),
      { numRuns: 150 },
    );
  });
});

test('reasoning that speaks of tags does not end where the vocabulary has them as tokens', async () => {
  const tokens = ['Is', ' `</', 'think>` a tag?', '</think>', 'Yes.'];
  await using engine = createScriptedEngine({ model: 'double', reply: () => tokens, markerTokens: true });
  const { reasoning, answer } = await collect(converse(engine, request));
  expect([reasoning, answer]).toEqual(['Is `</think>` a tag?', 'Yes.']);
});

test('a call is one where its markers are tokens, and text where they are not', async () => {
  const body = 'function<｜tool▁sep｜>add\n```json\n{"a":1}\n```';
  const asTokens = ['</think>', 'Look. ', '<｜tool▁calls▁begin｜>', '<｜tool▁call▁begin｜>', body];
  const ends = ['<｜tool▁call▁end｜>', '<｜tool▁calls▁end｜>'];
  const asText = [
    '</think>',
    'Look. <｜tool▁calls▁begin｜>',
    `<｜tool▁call▁begin｜>${body}<`,
    '｜tool▁call▁end｜>',
  ];
  const said = async (tokens: readonly string[]) => {
    await using engine = createScriptedEngine({ model: 'double', reply: () => tokens, markerTokens: true });
    return await collect(converse(engine, { ...request, tools: [{ name: 'add' }] }));
  };
  const called = await said([...asTokens, ...ends]);
  expect(called).toMatchObject({ answer: 'Look.', toolCalls: [{ name: 'add', arguments: '{"a":1}' }] });
  expect(await said(asTokens)).toMatchObject({ answer: 'Look.', toolCalls: [{ name: 'add' }] });
  const quoted = await said(asText);
  expect(quoted.toolCalls).toEqual([]);
  expect(quoted.answer).toBe(asText.slice(1).join(''));
});

describe('a server that opens thinking in its template', () => {
  const events = async (tokens: readonly string[]) => {
    await using engine = createScriptedEngine({
      ...{
        model: 'far',
        capabilities: { promptForm: 'messages', thinkingStop: 'none' },
        reply: () => tokens,
      },
    });
    return await collect(converse(engine, { ...request, template: null }));
  };

  test('ends the request with an error that names the option', async () => {
    const asked = events(['Three and four', ' is seven.\n', '</think>', '\n\nIt is 7.']);
    await expect(asked).rejects.toMatchObject({ code: 'TGL_THINKING_UNOPENED' });
    await expect(events(['So 7.', '</think>'])).rejects.toThrow(/<\/think>/);
  });

  test('is told from one whose answer speaks of the tag', async () => {
    expect((await events(['It ends with `</think>`.'])).answer).toBe('It ends with `</think>`.');
  });
});
