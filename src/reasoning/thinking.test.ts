import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  createScriptedEngine,
  type Engine,
  type EngineEvent,
  type GenerateRequest,
} from '../engine/index.ts';
import { type ChatTemplate, tiegelTemplate } from '../formats/index.ts';
import { type Conversation, collect, converse } from './converse.ts';
import type { ConverseRequest } from './parts.ts';

/** Says in a sentence that time is up, as the big families allow. */
const template: ChatTemplate = { ...tiegelTemplate, thinkingEnd: { text: '\n</think>\n\n', sentence: true } };
const sentence = 'I have thought about this long enough, so I answer now.';

const request: ConverseRequest = {
  template,
  messages: [{ role: 'user', content: 'what is the sum of the numbers?' }],
  thinking: { mode: 'open', budget: null },
  maxTokens: 1000,
  sampling: { temperature: 0, topP: 1 },
  stop: [],
};

function tagsIn(text: string): number {
  return text.match(/<\/?think>/g)?.length ?? 0;
}

/** Tags that come about where tokens which are none meet, also over one that is dropped behind the end of the thinking. */
function literalTags(tokens: readonly string[]): number {
  const besides = (instead: string): number =>
    tagsIn(tokens.map((token) => (tagsIn(token) > 0 ? instead : token)).join(''));
  return Math.max(besides(' '), besides(''));
}

const endless: readonly string[] = Array(2000).fill(' so');

/** A model that answers once its thinking was closed in the prompt, and follows its script before. */
function model(
  script: readonly string[],
  forcedText: boolean,
  {
    asked = [],
    markerTokens = true,
    maxBatchEvents = 1,
  }: { asked?: GenerateRequest[]; markerTokens?: boolean; maxBatchEvents?: number } = {},
): Engine {
  return createScriptedEngine({
    ...{
      model: 'double',
      capabilities: { thinkingStop: forcedText ? 'engine' : 'continuation' },
      markerTokens,
      maxBatchEvents,
    },
    reply: (received) => {
      asked.push(received);
      const last = received.prompt!.at(-1)!.text;
      return last.lastIndexOf('</think>') > last.lastIndexOf('<think>') ? Array(400).fill('x') : script;
    },
  });
}

const thinking = (budget: number | null): ConverseRequest['thinking'] => ({ mode: 'open', budget });

describe.each([
  ['an engine that can force text', true],
  ['an engine that is interrupted and goes on', false],
])('%s', (_, forcedText) => {
  const turn = async (change: Partial<ConverseRequest>, script = endless): Promise<Conversation> => {
    await using engine = model(script, forcedText);
    const conversation = await collect(converse(engine, { ...request, ...change }));
    expect(engine.load()).toEqual({ active: 0, waiting: 0 });
    return conversation;
  };

  test('stops thinking at the budget, says so in the language of the question, and answers', async () => {
    const { reasoning, answer, thinking: report } = await turn({ thinking: thinking(20) });
    expect(reasoning).toBe(`${'so '.repeat(20).trim()}\n\n${sentence}`);
    expect(answer).not.toBe('');
    expect(report).toMatchObject({ outcome: 'closed', tokens: 20, budget: 20, stoppedBy: 'budget' });
    expect(report.forcedTokens).toBeGreaterThan(0);
  });

  test('keeps the tokens of the answer when there is no budget', async () => {
    const { answer, usage, finish, thinking: report } = await turn({ maxTokens: 120 });
    expect(report).toMatchObject({ outcome: 'closed', budget: null, stoppedBy: 'length' });
    expect(answer.length).toBeGreaterThanOrEqual(16);
    expect(usage.completionTokens).toBeLessThanOrEqual(120);
    expect(usage.reasoningTokens).toBe(report.tokens + report.forcedTokens);
    expect(finish).toBe('length');
  });

  test('keeps them when the context ends before maxTokens does', async () => {
    await using engine = createScriptedEngine({
      model: 'double',
      contextLength: 200,
      capabilities: { thinkingStop: forcedText ? 'engine' : 'continuation' },
      reply: ({ prompt }) => (prompt!.at(-1)!.text.endsWith('</think>\n\n') ? Array(900).fill('x') : endless),
    });
    const cut = await collect(converse(engine, request));
    expect(cut.thinking).toMatchObject({ outcome: 'closed', stoppedBy: 'length' });
    expect(cut.answer === '' && forcedText === false).toBe(false);
    expect(cut.usage.promptTokens + cut.usage.completionTokens).toBeLessThanOrEqual(200);
  });

  test('leaves a model alone that ends its thinking in time', async () => {
    const {
      reasoning,
      answer,
      thinking: report,
    } = await turn({ thinking: thinking(20) }, ['a', 'b', '</think>', 'c']);
    expect([reasoning, answer]).toEqual(['ab', 'c']);
    expect(report).toEqual({ outcome: 'closed', tokens: 3, forcedTokens: 0, budget: 20, stoppedBy: 'model' });
  });

  test('does not let it think at all where the budget is 0 or the room too small', async () => {
    for (const change of [{ thinking: thinking(0) }, { maxTokens: 1 }, { maxTokens: 20 }]) {
      const { reasoning, answer, thinking: report } = await turn(change);
      expect(reasoning).toBe('');
      expect(answer).not.toBe('');
      expect(report).toMatchObject({ outcome: 'none', tokens: 0, stoppedBy: null });
    }
  });

  test('ends thinking when it is told to, and answers', async () => {
    await using engine = model(endless, forcedText);
    const stop = new AbortController();
    let tokens = 0;
    const turn = converse(engine, { ...request, endThinking: stop.signal });
    const parts = (async function* () {
      for await (const batch of turn.parts) {
        if (batch.some(({ type }) => type === 'reasoning-delta') && ++tokens === 5) stop.abort();
        yield batch;
      }
    })();
    const { answer, thinking: report } = await collect({ parts });
    expect(report).toMatchObject({ outcome: 'closed', stoppedBy: 'request' });
    expect(report.tokens).toBeLessThan(10);
    expect(answer).not.toBe('');
  });

  test('does not let it think when it was told before the turn began', async () => {
    const { thinking: report } = await turn({ endThinking: AbortSignal.abort() });
    expect(report).toMatchObject({ outcome: 'none', tokens: 0 });
  });

  test('counts thinking that begins again in the answer, and ends that as well', async () => {
    const script = ['a', '</think>', 'b', '<think>', ...endless];
    const { reasoning, answer, thinking: report } = await turn({ thinking: thinking(30) }, script);
    expect(report).toMatchObject({ outcome: 'closed', tokens: 30, stoppedBy: 'budget' });
    expect(reasoning.startsWith('a\n\nso so')).toBe(true);
    expect(answer).toMatch(/^b\n\nx+$/);
  });

  test('lets a model answer that ended its turn in the middle of its thinking', async () => {
    const { reasoning, answer, thinking: report } = await turn({}, ['hm', ' hm']);
    expect(reasoning.startsWith('hm hm')).toBe(true);
    expect(answer).toMatch(/^x+$/);
    expect(report).toMatchObject({ outcome: 'closed', stoppedBy: 'model' });
  });

  // With 16 tokens for the answer, which is the least that is kept from 32 tokens on: a model that
  // begins to think again behind its own end spends some of them before that is noticed.
  test('whatever a model writes, thinking stays within its budget and the answer is not empty', async () => {
    const token = fc.constantFrom('a', ' b', '<', '<thi', 'nk>', '</th', '</think>', '<think>', '.');
    await fc.assert(
      fc.asyncProperty(
        fc.array(token, { maxLength: 60 }),
        fc.option(fc.nat(50)),
        fc.integer({ min: 1, max: 300 }),
        fc.constantFrom(1, 256),
        fc.boolean(),
        async (tokens, budget, maxTokens, maxBatchEvents, markerTokens) => {
          const options = { markerTokens, maxBatchEvents };
          await using engine = model([...tokens, ...Array(400).fill('y')], forcedText, options);
          const wanted = { ...request, maxTokens, thinking: thinking(budget) };
          const { answer, reasoning, usage, thinking: report } = await collect(converse(engine, wanted));
          expect(report.tokens).toBeLessThanOrEqual(budget ?? maxTokens);
          expect(usage.reasoningTokens).toBe(report.tokens + report.forcedTokens);
          expect(usage.completionTokens).toBeLessThanOrEqual(maxTokens);
          expect(answer).not.toBe('');
          expect(report.outcome).not.toBe('unclosed');
          // What remains of tags was written as text.
          if (markerTokens) expect(tagsIn(`${reasoning} ${answer}`)).toBeLessThanOrEqual(literalTags(tokens));
        },
      ),
      { numRuns: 150 },
    );
  });
});

test('a tag that is dropped behind the end of the thinking leaves the text on both sides as it is', async () => {
  await using engine = model(['a', '<thi', '<think>', 'nk>', ...Array(400).fill('y')], true);
  const { reasoning, answer } = await collect(converse(engine, { ...request, maxTokens: 24 }));
  expect(reasoning).toBe('a');
  expect(answer).toMatch(/^<think>y+$/);
});

test('a turn is taken up again behind what was written, whose tags count and whose other text does not', async () => {
  const asked: GenerateRequest[] = [];
  const script = ['a', '</think>', 'b<', '<th', 'ink>', '<think>', ...endless];
  await using engine = model(script, false, { asked });
  await collect(converse(engine, { ...request, thinking: thinking(6) }));
  expect(asked).toHaveLength(2);
  expect(asked[1]!.prompt!.slice(asked[0]!.prompt!.length)).toEqual([
    { text: 'a', special: false },
    { text: '</think>', special: true },
    // As text, it may not become the tag when it is read again.
    { text: 'b<<', special: false },
    { text: 'think>', special: false },
    { text: '<think>', special: true },
    { text: ' so so so so', special: false },
    { text: `\n\n${sentence}\n</think>\n\n`, special: true },
  ]);
});

describe('an engine whose server renders the turn', () => {
  const remote = (thinkingBudget: boolean, asked: GenerateRequest[]): Engine =>
    createScriptedEngine({
      model: 'double',
      capabilities: { promptForm: 'messages', thinkingStop: thinkingBudget ? 'server' : 'none' },
      reply: (received) => {
        asked.push(received);
        return ['<think>', 'hm', '</think>', 'yes'];
      },
    });

  test('gets the messages and the most thinking that leaves room for the answer', async () => {
    const asked: GenerateRequest[] = [];
    await using engine = remote(true, asked);
    await collect(converse(engine, { ...request, template: null, thinking: thinking(5000) }));
    const { messages } = request;
    expect(asked[0]).toMatchObject({
      turn: { messages, thinking: 'open', thinkingBudget: 875 },
    });
  });

  test('is believed to have ended the thinking that has reached the budget', async () => {
    await using engine = remote(true, []);
    const wanted = { ...request, template: null };
    const server: Engine = {
      ...engine,
      generate: async function* (received, signal) {
        for await (const events of engine.generate(received, signal))
          yield events.map((event) =>
            event.type === 'token' && event.text === 'hm' ? { ...event, segment: 'reasoning' } : event,
          );
      },
    };
    const stoppedBy = async (budget: number) =>
      (await collect(converse(server, { ...wanted, thinking: thinking(budget) }))).thinking.stoppedBy;
    expect([await stoppedBy(2), await stoppedBy(50)]).toEqual(['budget', 'model']);
  });

  test('is refused a budget that it cannot keep', async () => {
    await using engine = remote(false, []);
    const asked = collect(converse(engine, { ...request, template: null, thinking: thinking(50) }));
    await expect(asked).rejects.toMatchObject({ code: 'TGL_CAPABILITY_MISSING' });
  });
});

test('a server that finds calls of tools gets the tools, and calls end the thinking', async () => {
  const asked: GenerateRequest[] = [];
  await using engine = createScriptedEngine({
    model: 'double',
    capabilities: { promptForm: 'messages', thinkingStop: 'continuation', prefill: true, tools: true },
    reply: (received) => {
      asked.push(received);
      return ['hm'];
    },
  });
  const server: Engine = {
    ...engine,
    generate: async function* (received, signal) {
      for await (const events of engine.generate(received, signal))
        yield events.flatMap((event): readonly EngineEvent[] => {
          if (event.type !== 'end')
            return [event.type === 'token' ? { ...event, segment: 'reasoning' } : event];
          return [
            { type: 'tool-call', name: 'add', arguments: '{"a":1}' },
            { type: 'tool-call', name: 'now', arguments: '{}' },
            event,
          ];
        });
    },
  };
  const tools = [{ name: 'add' }, { name: 'now' }];
  const turn = converse(server, { ...request, template: null, tools });
  const parts = (await Array.fromAsync(turn.parts)).flat();
  expect(asked.map(({ turn }) => turn?.tools)).toEqual([tools]);
  expect(parts).toMatchObject([
    { type: 'reasoning-start' },
    { type: 'reasoning-delta', text: 'hm' },
    { type: 'reasoning-end' },
    { type: 'tool-call', index: 0, name: 'add', arguments: '{"a":1}' },
    { type: 'tool-call', index: 1, name: 'now', arguments: '{}' },
    { type: 'end', finish: 'stop', thinking: { outcome: 'closed' } },
  ]);
});

test('a server that knows no tools is told of them in words, and calls are found in what it writes', async () => {
  const asked: GenerateRequest[] = [];
  await using engine = createScriptedEngine({
    model: 'double',
    capabilities: { promptForm: 'messages', thinkingStop: 'none' },
    reply: (received) => {
      asked.push(received);
      const body = 'function<｜tool▁sep｜>add\n```json\n{"a":1}\n```';
      return [
        '<think>\nhm\n</think>\n',
        '<｜tool▁calls▁begin｜><｜tool▁call▁begin｜>',
        body,
        '<｜tool▁call▁end｜>',
      ];
    },
  });
  const tools = [{ name: 'add' }];
  const { toolCalls, answer } = await collect(converse(engine, { ...request, template: null, tools }));
  expect([toolCalls, answer]).toEqual([[{ name: 'add', arguments: '{"a":1}' }], '']);
  const [{ turn } = {}] = asked;
  expect(turn?.messages[0]).toMatchObject({
    role: 'system',
    content: expect.stringContaining('"name": "add"'),
  });
  expect(turn?.tools).toBeUndefined();
});

describe('an engine whose server renders the turn and continues it', () => {
  /** Its server puts the thinking apart, until the turn is taken up again, and counts as servers do. */
  async function turn(
    change: Partial<ConverseRequest>,
    thinkingStop: 'server' | 'continuation' = 'continuation',
  ) {
    const asked: GenerateRequest[] = [];
    const segment = 'reasoning' as const;
    await using engine = createScriptedEngine({
      model: 'double',
      capabilities: { promptForm: 'messages', thinkingStop, prefill: true },
      reply: (received) => {
        asked.push(received);
        return received.turn?.prefill === undefined ? endless : ['yes', '.'];
      },
    });
    const server: Engine = {
      ...engine,
      generate: async function* (received, signal) {
        const prefill = received.turn?.prefill;
        for await (const events of engine.generate(received, signal))
          yield events.map((event) => {
            if (event.type === 'end')
              return { ...event, counted: { promptTokens: prefill === undefined ? 9 : 50 } };
            if (event.type === 'prompt') return { ...event, promptTokens: prefill === undefined ? 10 : 48 };
            return prefill === undefined && event.type === 'token' ? { ...event, segment } : event;
          });
      },
    };
    const conversation = await collect(converse(server, { ...request, template: null, ...change }));
    return { ...conversation, asked };
  }

  test('is interrupted at the budget and goes on behind the end of the thinking', async () => {
    const { asked, reasoning, answer, usage, thinking: report } = await turn({ thinking: thinking(3) });
    expect(asked.map(({ turn: given }) => given)).toEqual([
      { messages: request.messages, thinking: 'open', thinkingBudget: null },
      {
        messages: request.messages,
        thinking: 'open',
        thinkingBudget: null,
        prefill: `<think>\n so so so\n\n${sentence}\n</think>\n\n`,
      },
    ]);
    expect([reasoning, answer]).toEqual([`so so so\n\n${sentence}`, 'yes.']);
    expect(report).toMatchObject({ outcome: 'closed', tokens: 3, forcedTokens: 35, stoppedBy: 'budget' });
    expect(usage).toEqual({
      promptTokens: 12,
      cachedPromptTokens: 0,
      completionTokens: 40,
      reasoningTokens: 38,
    });
  });

  test('keeps the tokens of the answer when there is no budget', async () => {
    const { answer, usage, thinking: report } = await turn({ maxTokens: 120 });
    expect(report).toMatchObject({ outcome: 'closed', stoppedBy: 'length' });
    expect(answer).toBe('yes.');
    expect(usage.completionTokens).toBeLessThanOrEqual(120);
  });

  test('ends thinking on demand, also where its server keeps the budget', async () => {
    const stop = new AbortController();
    const wanted = { thinking: thinking(800), endThinking: stop.signal };
    queueMicrotask(() => stop.abort());
    const { answer, asked, thinking: report } = await turn(wanted, 'server');
    expect(report).toMatchObject({ outcome: 'closed', stoppedBy: 'request' });
    expect(asked.map(({ turn: given }) => given?.thinkingBudget)).toEqual([800, null]);
    expect(answer).toBe('yes.');
  });
});
