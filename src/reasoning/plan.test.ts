// What is decided before a turn begins, for engines that are sent tokens and for those whose server renders turns.
import { describe, expect, test } from 'vitest';
import type { EngineCapabilities } from '../engine/index.ts';
import { type ChatTemplate, tiegelTemplate } from '../formats/index.ts';
import type { ConverseRequest } from './parts.ts';
import { planTurn, type TurnPlan } from './plan.ts';
import { markersOf } from './tool-call-syntax.ts';

const ofTokens: EngineCapabilities = {
  ...{ promptForm: 'tokens', tokenIds: true, seed: true, slots: 1, contextLength: 1000 },
  ...{ thinkingStop: 'engine', logProbabilities: 'raw', constraints: ['grammar'], prefixReuse: true },
  ...{ embeddings: false, stopStrings: true },
};
const ofMessages: EngineCapabilities = {
  ...ofTokens,
  ...{ promptForm: 'messages', tokenIds: false, thinkingStop: 'none' },
};
const template: ChatTemplate = tiegelTemplate;
const withTools: ChatTemplate = { ...template, toolCallFormat: 'hermes' };
const tool = { name: 'add', parameters: { type: 'object' } } as const;

const asked: ConverseRequest = {
  ...{ template, messages: [{ role: 'user', content: '3 + 4?' }] },
  ...{ thinking: { mode: 'open', budget: null }, maxTokens: 100 },
  ...{ sampling: { temperature: 0, topP: 1 }, stop: [] },
};
const unrendered: ConverseRequest = { ...asked, template: null };

const plan = (capabilities: EngineCapabilities, request: Partial<ConverseRequest> = {}): Promise<TurnPlan> =>
  planTurn(
    { model: 'm', capabilities },
    { ...(capabilities.promptForm === 'tokens' ? asked : unrendered), ...request },
  );
const turnOf = async (change: Partial<EngineCapabilities>, request: Partial<ConverseRequest> = {}) =>
  (await plan({ ...ofMessages, ...change }, request)).request.turn;
const missing = (feature: string) => ({ code: 'TGL_CAPABILITY_MISSING', details: { model: 'm', feature } });

describe('the system prompt of the operator', () => {
  const systemPrompt = 'Be brief.';

  test('goes before the messages', async () => {
    expect((await turnOf({}, { systemPrompt }))?.messages).toEqual([
      { role: 'system', content: 'Be brief.' },
      ...asked.messages,
    ]);
  });

  test('shares one message with a system message that is there', async () => {
    const messages = [{ role: 'system', content: 'Be kind.' }, ...asked.messages] as const;
    expect((await turnOf({}, { systemPrompt, messages }))?.messages).toEqual([
      { role: 'system', content: 'Be brief.\n\nBe kind.' },
      ...asked.messages,
    ]);
    expect((await turnOf({}, { systemPrompt, messages: [] }))?.messages).toEqual([
      { role: 'system', content: 'Be brief.' },
    ]);
    expect((await turnOf({}, { messages }))?.messages).toEqual(messages);
  });
});

describe('an engine that is sent tokens', () => {
  test('gets the rendered prompt and no members that nobody asked for', async () => {
    const { request, ...rest } = await plan(ofTokens);
    expect(request.prompt?.map(({ text }) => text).join('')).toContain('3 + 4?');
    expect(Object.keys(request).sort()).toEqual(['forced', 'markers', 'maxTokens', 'prompt', 'sampling']);
    expect(request.markers).toEqual(['<think>', '</think>']);
    expect(rest).toMatchObject({
      startsIn: 'reasoning',
      engineEnds: true,
      serverEnds: false,
      toolCallFormat: null,
    });
    expect(rest.mayHideThinking).toBe(false);
  });

  test('gets those that were asked for', async () => {
    const constraint = { type: 'grammar', grammar: 'root ::= "7"' } as const;
    const { request } = await plan(ofTokens, { cacheScope: 'a', logProbabilities: 2, constraint });
    expect(request).toMatchObject({
      ...{ cacheScope: 'a', logProbabilities: 2 },
      constraint: { ...constraint, after: '</think>' },
    });
    const closed = await plan(ofTokens, { constraint, thinking: { mode: 'closed', budget: 0 } });
    expect(closed.request.constraint).toEqual(constraint);
    expect(closed.request.forced).toBeUndefined();
    expect(closed.mayHideThinking).toBe(false);
  });

  test('is told to end the thinking now only where prompt and completion may not fit', async () => {
    const { request, endNow } = await plan(ofTokens);
    const bytes = Buffer.byteLength(request.prompt?.map(({ text }) => text).join('') ?? '');
    expect(endNow).toBeUndefined();
    expect(request.forced?.now).toBeUndefined();
    expect((await plan({ ...ofTokens, contextLength: 100 + bytes })).endNow).toBeUndefined();
    const tight = await plan({ ...ofTokens, contextLength: 99 + bytes });
    expect(tight.endNow).toBeInstanceOf(AbortController);
    expect(tight.request.forced?.now).toBe(tight.endNow?.signal);
    const interrupted = await plan({ ...ofTokens, contextLength: 99 + bytes, thinkingStop: 'continuation' });
    expect(interrupted.endNow).toBeUndefined();
  });

  test('hears either signal that ends the thinking', async () => {
    const stop = new AbortController();
    const alone = await plan(ofTokens, { endThinking: stop.signal });
    expect(alone.request.forced?.now).toBe(stop.signal);
    const both = await plan({ ...ofTokens, contextLength: 110 }, { endThinking: stop.signal });
    expect(both.request.forced?.now?.aborted).toBe(false);
    stop.abort();
    expect(both.request.forced?.now?.aborted).toBe(true);
    const second = await plan(
      { ...ofTokens, contextLength: 110 },
      { endThinking: new AbortController().signal },
    );
    second.endNow?.abort();
    expect(second.request.forced?.now?.aborted).toBe(true);
  });

  test('is asked for no more than its context, which it knows in tokens', async () => {
    expect((await plan(ofTokens, { maxTokens: 5000 })).request.maxTokens).toBe(1000);
    expect((await plan(ofTokens, { maxTokens: 10 })).request.maxTokens).toBe(10);
    const messages = [{ role: 'user', content: 'x'.repeat(900) }] as const;
    expect((await plan(ofTokens, { messages, maxTokens: 500 })).request.maxTokens).toBe(500);
  });

  test('looks for calls in the form of its template', async () => {
    const { request, toolCallFormat } = await plan(ofTokens, { template: withTools, tools: [tool] });
    expect(toolCallFormat).toBe('hermes');
    expect(request.markers).toEqual(['<think>', '</think>', ...markersOf('hermes')]);
    expect((await plan(ofTokens, { template: withTools, tools: [] })).toolCallFormat).toBeNull();
    await expect(
      plan(ofTokens, { template: { ...template, toolCallFormat: null }, tools: [tool] }),
    ).rejects.toMatchObject(missing('tools'));
  });

  test('needs a template, and takes no arguments for one', async () => {
    await expect(plan(ofTokens, { template: null, tools: [tool] })).rejects.toThrow(
      'this engine needs a template',
    );
    await expect(
      plan({ ...ofTokens, templateArguments: true }, { templateArguments: {} }),
    ).rejects.toMatchObject(missing('arguments for its chat template'));
  });

  test('goes on behind a prefill, which may have closed the block', async () => {
    expect((await plan(ofTokens, { prefill: { reasoning: 'So' } })).startsIn).toBe('reasoning');
    expect((await plan(ofTokens, { prefill: { answer: '7' } })).startsIn).toBe('answer');
  });

  test('may be asked for a reply in one piece where nobody has to see it come', async () => {
    const silent = { ...ofTokens, thinkingStop: 'none' } as const;
    const noEnd: ChatTemplate = { ...template, thinkingEnd: { text: '', sentence: false } };
    const whole = { nonStreaming: true, template: noEnd };
    expect((await plan(silent, whole)).request.nonStreaming).toBe(true);
    expect((await plan(silent, { template: noEnd })).request.nonStreaming).toBeUndefined();
    for (const change of [
      { stop: ['x'] },
      { endThinking: new AbortController().signal },
      { logProbabilities: 1 },
      { template },
    ])
      expect((await plan(silent, { ...whole, ...change })).request.nonStreaming).toBeUndefined();
  });
});

describe('an engine whose server renders turns', () => {
  test('gets the messages and no members that nobody asked for', async () => {
    const { request, ...rest } = await plan({ ...ofMessages, tools: true });
    expect(request).toEqual({
      turn: { messages: asked.messages, thinking: 'open', thinkingBudget: null },
      ...{ maxTokens: 100, sampling: asked.sampling, markers: ['<think>', '</think>'] },
    });
    expect(rest).toMatchObject({ startsIn: 'answer', engineEnds: false, endText: '', mayHideThinking: true });
    expect(Object.keys(request.turn ?? {}).sort()).toEqual(['messages', 'thinking', 'thinkingBudget']);
  });

  test('gets no prompt, whether or not there is a template', async () => {
    const { request } = await plan(ofMessages, { template });
    expect(request.prompt).toBeUndefined();
    expect(request.turn?.messages).toEqual(asked.messages);
  });

  test('gets what was asked for, where it heeds that', async () => {
    const able = { tools: true, toolChoice: true, templateArguments: true } as const;
    const turn = await turnOf(able, { tools: [tool], toolChoice: 'required', templateArguments: { a: 1 } });
    expect(turn).toMatchObject({ tools: [tool], toolChoice: 'required', templateArguments: { a: 1 } });
    await expect(plan(ofMessages, { templateArguments: {} })).rejects.toMatchObject(
      missing('arguments for its chat template'),
    );
  });

  test('gives calls as events where it knows tools, and in R1’s words where it was told of them', async () => {
    expect((await plan({ ...ofMessages, tools: true }, { tools: [tool] })).toolCallFormat).toBeNull();
    const told = await plan(ofMessages, { tools: [tool] });
    expect(told.toolCallFormat).toBe('deepseek');
    expect(told.request.turn?.tools).toBeUndefined();
    expect(JSON.stringify(told.request.turn?.messages)).toContain('add');
    expect((await plan(ofMessages)).toolCallFormat).toBeNull();
  });

  test('keeps a budget where it has one, else nothing can', async () => {
    const budget = { thinking: { mode: 'open', budget: 20 } } as const;
    const server = await plan({ ...ofMessages, thinkingStop: 'server' }, budget);
    expect(server).toMatchObject({ serverEnds: true, budget: 20 });
    expect(server.request.turn?.thinkingBudget).toBe(20);
    await expect(plan(ofMessages, budget)).rejects.toMatchObject(missing('a thinking budget'));
    const level = { thinking: { mode: 'open', budget: 20, effort: 'low' } } as const;
    await expect(plan(ofMessages, level)).rejects.toMatchObject(missing('the reasoning effort low'));
    expect(await turnOf({ efforts: ['low'] }, level)).toMatchObject({ effort: 'low', thinkingBudget: null });
    await expect(plan({ ...ofMessages, efforts: ['high'] }, level)).rejects.toMatchObject(
      missing('the reasoning effort low'),
    );
  });

  test('is not limited by a budget of nothing, nor by one of what is closed', async () => {
    for (const thinking of [
      { mode: 'open', budget: null },
      { mode: 'open', budget: 0 },
      { mode: 'closed', budget: 0 },
      { mode: 'closed', budget: 20 },
    ] as const) {
      const closed = thinking.mode === 'closed' || thinking.budget === 0;
      expect(await turnOf({}, { thinking })).toMatchObject({ thinking: closed ? 'closed' : 'open' });
    }
    const closed = { mode: 'closed', budget: 20, effort: 'low' } as const;
    expect(await turnOf({ efforts: ['low'] }, { thinking: closed })).not.toHaveProperty('effort');
    expect((await plan(ofMessages, { thinking: closed })).budget).toBe(0);
  });

  test('goes on behind a prefill as its text, thinking open', async () => {
    const able = { prefill: true } as const;
    const thought = await plan({ ...ofMessages, ...able }, { prefill: { reasoning: 'So' } });
    expect(thought).toMatchObject({ startsIn: 'reasoning', mayHideThinking: false });
    expect(thought.request.turn).toMatchObject({ prefill: '<think>\nSo', thinking: 'open' });
    const answered = await plan({ ...ofMessages, ...able }, { prefill: { answer: '7' } });
    expect(answered).toMatchObject({ startsIn: 'answer', mayHideThinking: false });
    expect(answered.request.turn).toMatchObject({ prefill: '<think>\n\n</think>\n\n7', thinking: 'open' });
    expect((await plan({ ...ofMessages, ...able })).request.turn).not.toHaveProperty('prefill');
    await expect(plan(ofMessages, { prefill: { answer: '7' } })).rejects.toMatchObject(
      missing('a prefilled reply'),
    );
  });

  test('is asked for what the context leaves by an estimate, and for an eighth of it at least', async () => {
    const asking = async (content: string, maxTokens: number): Promise<number> =>
      (await plan(ofMessages, { messages: [{ role: 'user', content }], maxTokens })).request.maxTokens;
    expect(await asking('', 5000)).toBe(1000 - 64);
    expect(await asking('x'.repeat(300), 5000)).toBe(1000 - 64 - 100);
    expect(await asking('x'.repeat(301), 5000)).toBe(1000 - 64 - 101);
    expect(await asking('ä'.repeat(150), 5000)).toBe(1000 - 64 - 100);
    expect(await asking('x'.repeat(300), 500)).toBe(500);
    expect(await asking('x'.repeat(9000), 5000)).toBe(125);
  });
});
