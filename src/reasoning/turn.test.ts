// Events in, parts out: however events are batched, the same parts, the same counts and the same second request come out.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { EngineCapabilities, EngineEvent } from '../engine/index.ts';
import { tiegelTemplate } from '../formats/index.ts';
import type { ConverseRequest, StreamPart } from './parts.ts';
import { createTurn } from './turn.ts';

const ofTokens: EngineCapabilities = {
  ...{ promptForm: 'tokens', tokenIds: true, seed: true, slots: 1, contextLength: 400 },
  ...{ thinkingStop: 'continuation', logProbabilities: 'raw', constraints: ['grammar'], prefixReuse: true },
  ...{ embeddings: false, stopStrings: true },
};
const ofMessages: EngineCapabilities = {
  ...ofTokens,
  ...{ promptForm: 'messages', tokenIds: false, prefill: true, tools: true, toolChoice: true },
};

const asked: ConverseRequest = {
  ...{ template: tiegelTemplate, messages: [{ role: 'user', content: '3 + 4?' }] },
  ...{ thinking: { mode: 'open', budget: null }, maxTokens: 300 },
  ...{ sampling: { temperature: 0, topP: 1 }, stop: [] },
};

const turnOf = (request: Partial<ConverseRequest> = {}, capabilities = ofTokens) =>
  createTurn(
    { model: 'm', capabilities },
    { ...asked, ...(capabilities.promptForm === 'messages' && { template: null }), ...request },
  );

type TokenEvent = Extract<EngineEvent, { readonly type: 'token' }>;
const token = (text: string, more: Partial<TokenEvent> = {}): TokenEvent => ({
  type: 'token',
  text,
  ...more,
});
const prompt = (promptTokens = 10, more: object = {}) => ({ type: 'prompt', promptTokens, ...more }) as const;
const end = (reason: 'stop' | 'length' = 'stop', completionTokens = 0) =>
  ({ type: 'end', reason, completionTokens }) as const;

/** Neighbouring deltas as one. */
function merged(parts: readonly StreamPart[]): readonly StreamPart[] {
  const whole: StreamPart[] = [];
  for (const part of parts) {
    const last = whole.at(-1);
    if (last !== undefined && 'text' in part && 'text' in last && last.type === part.type)
      whole[whole.length - 1] = { ...last, text: last.text + part.text };
    else whole.push(part);
  }
  return whole;
}

/** What comes of events that are taken in batches of those lengths, up to the end or an interruption. */
async function read(
  events: readonly EngineEvent[],
  sizes: readonly number[],
  request: Partial<ConverseRequest>,
  capabilities: EngineCapabilities,
) {
  const turn = await turnOf(request, capabilities);
  turn.request();
  const parts: StreamPart[] = [];
  for (let from = 0, batch = 0; from < events.length && turn.state() === 'running'; batch++) {
    const size = sizes[batch % sizes.length] ?? 1;
    parts.push(...turn.take(events.slice(from, from + size)));
    from += size;
  }
  const state = turn.state();
  return {
    parts: merged(parts),
    usage: turn.usage(),
    state,
    again: state === 'interrupted' && turn.request(),
  };
}

describe('a turn', () => {
  const text = fc.constantFrom(' so', ' a', '\n', '<', '</think>', '<think>', 'X', 'YX', '1 < 2', ' is');
  const plain = text.map((each) => token(each));
  const counted = fc.tuple(text, fc.nat(3)).map(([each, tokens]) => token(each, { tokens }));
  const parted = fc
    .tuple(text, fc.constantFrom('reasoning', 'answer'))
    .map(([each, segment]) => token(each, { segment }));
  const marked = fc.constantFrom('<think>', '</think>').map((each) => token(each, { marker: true }));
  const call = fc.constant({ type: 'tool-call', name: 'add', arguments: '{}' } as const);
  const request = fc.record({
    stop: fc.constantFrom([], [], ['X']),
    thinking: fc.constantFrom<ConverseRequest['thinking']>(
      { mode: 'open', budget: null },
      { mode: 'open', budget: 7 },
      { mode: 'closed', budget: 0 },
    ),
    maxTokens: fc.constantFrom(60, 300),
  });
  const sizes = fc.array(fc.integer({ min: 1, max: 12 }), { minLength: 1, maxLength: 6 });

  test.each([
    ['with tags in its text', ofTokens, fc.array(plain, { maxLength: 60 }), {}],
    ['with texts of several tokens', ofTokens, fc.array(fc.oneof(plain, counted), { maxLength: 60 }), {}],
    [
      ...(['with tags as tokens', ofTokens] as const),
      ...([
        fc.array(fc.oneof(plain, marked), { maxLength: 60 }),
        { markerTokens: ['<think>', '</think>'] },
      ] as const),
    ],
    [
      'of a server that parts it',
      ofMessages,
      fc.array(fc.oneof(parted, parted, call), { maxLength: 60 }),
      {},
    ],
  ] as const)('%s is the same however its events come', async (_, capabilities, tokens, more) => {
    await fc.assert(
      fc.asyncProperty(tokens, request, sizes, async (given, change, batches) => {
        const events: readonly EngineEvent[] = [prompt(10, more), ...given, end('stop', given.length)];
        const one = await read(events, [1], change, capabilities);
        expect(await read(events, batches, change, capabilities)).toEqual(one);
        expect(await read(events, [events.length], change, capabilities)).toEqual(one);
      }),
      { numRuns: 150 },
    );
  });

  test('takes what several events say as one text, where nothing has to be looked at one by one', async () => {
    const turn = await turnOf({ thinking: { mode: 'closed', budget: 0 } });
    turn.request();
    turn.take([prompt()]);
    const words = [token('a'), token(' b'), token(' c')];
    expect(turn.take(words)).toEqual([{ type: 'answer-start' }, { type: 'answer-delta', text: 'a b c' }]);
    expect(turn.usage()).toMatchObject({ completionTokens: 3, reasoningTokens: 0 });
    const thoughts = await turnOf();
    thoughts.request();
    thoughts.take([prompt()]);
    expect(thoughts.take(words)).toHaveLength(2);
    for (const change of [{ stop: ['X'] }, { logProbabilities: 1 }]) {
      const watched = await turnOf({ ...change, thinking: { mode: 'closed', budget: 0 } });
      watched.request();
      watched.take([prompt()]);
      expect(watched.take(words)).toHaveLength(4);
    }
  });

  test('gives each token its probability, and those of tags to nothing', async () => {
    const turn = await turnOf({ logProbabilities: 0 });
    turn.request();
    const likely = { logProbability: -1 };
    const events = [prompt(10, { markerTokens: ['<think>', '</think>'] }), token('a', likely)];
    const parts = [
      ...turn.take([...events, token('</think>', { ...likely, marker: true }), token('b', likely)]),
      ...turn.take([end('stop', 3)]),
    ];
    const tokens = parts.flatMap((part) => ('tokens' in part ? part.tokens : []));
    expect(tokens?.map((each) => each?.text)).toEqual(['a', 'b']);
  });

  test('is interrupted at its budget, and goes on behind what was written and the end of the block', async () => {
    const turn = await turnOf({ thinking: { mode: 'open', budget: 3 } });
    const first = turn.request();
    const parts = turn.take([prompt(), ...Array.from({ length: 9 }, (_, at) => token(` ${at}`)), end()]);
    expect(turn.state()).toBe('interrupted');
    expect(
      parts.filter(({ type }) => type === 'reasoning-delta').map((part) => 'text' in part && part.text),
    ).toContain('0 1 2');
    const second = turn.request();
    const written = second.prompt?.map(({ text: each }) => each).join('') ?? '';
    expect(written).toBe(
      `${first.prompt?.map(({ text: each }) => each).join('')} 0 1 2${tiegelTemplate.thinkingEnd.text}`,
    );
    expect(second.maxTokens).toBe(300 - 3 - Buffer.byteLength(tiegelTemplate.thinkingEnd.text));
    turn.take([prompt(15)]);
    const rest = turn.take([token('7'), end('stop', 1)]);
    expect(rest.at(-1)).toMatchObject({
      type: 'end',
      usage: { promptTokens: 10, completionTokens: 6, reasoningTokens: 5 },
      thinking: { outcome: 'closed', tokens: 3, forcedTokens: 2, budget: 3, stoppedBy: 'budget' },
    });
    expect(turn.state()).toBe('ended');
    expect(turn.take([token('more')])).toEqual([]);
  });

  test('that a model ends in the middle of its thinking is asked for its answer, once', async () => {
    const turn = await turnOf();
    turn.request();
    turn.take([prompt(), token('hm'), end('stop', 1)]);
    expect(turn.state()).toBe('interrupted');
    turn.request();
    const parts = turn.take([prompt(15), end('stop', 0)]);
    expect(parts.at(-1)).toMatchObject({
      thinking: { outcome: 'closed', stoppedBy: 'model' },
      finish: 'stop',
    });
    const cut = await turnOf();
    cut.request();
    expect(cut.take([prompt(), token('hm'), end('length', 1)]).at(-1)).toMatchObject({
      ...{ finish: 'length', thinking: { outcome: 'unclosed', stoppedBy: 'length' } },
    });
  });

  test('holds the constraint of its answer behind an interruption', async () => {
    const constraint = { type: 'grammar', grammar: 'root ::= "7"' } as const;
    const turn = await turnOf({ constraint, thinking: { mode: 'open', budget: 1 } });
    expect(turn.request().constraint).toEqual({ ...constraint, after: '</think>' });
    turn.take([prompt(), token('hm')]);
    expect(turn.state()).toBe('interrupted');
    expect(turn.request().constraint).toEqual(constraint);
    const free = await turnOf({ thinking: { mode: 'open', budget: 1 } });
    free.request();
    free.take([prompt(), token('hm')]);
    expect(free.request()).not.toHaveProperty('constraint');
  });

  test('is interrupted once: what follows is answer, tags and all', async () => {
    const turn = await turnOf({ thinking: { mode: 'open', budget: 1 } });
    turn.request();
    turn.take([prompt(), token('hm')]);
    turn.request();
    const parts = turn.take([
      prompt(15),
      token('<think>'),
      token('a'),
      token('</think>'),
      token('b'),
      end('stop', 4),
    ]);
    expect(merged(parts).find(({ type }) => type === 'answer-delta')).toMatchObject({ text: 'a</think>b' });
    expect(turn.state()).toBe('ended');
  });

  test('is not interrupted where nothing may be written in place of the model, nor without room behind it', async () => {
    const mute = { ...ofMessages, prefill: false, thinkingStop: 'none' } as const;
    const said = token('hm', { segment: 'reasoning' });
    const open = await turnOf({}, mute);
    open.request();
    expect(open.take([prompt(), said, end('stop', 1)]).at(-1)).toMatchObject({
      ...{ type: 'end', thinking: { outcome: 'unclosed', stoppedBy: 'model' } },
    });
    const cost = Buffer.byteLength(tiegelTemplate.thinkingEnd.text);
    for (const [room, state] of [
      [cost + 1, 'ended'],
      [cost + 2, 'interrupted'],
    ] as const) {
      // The prompt leaves that many tokens, of which the model has taken one.
      const narrow = await turnOf();
      narrow.request();
      narrow.take([prompt(400 - room), token('hm'), end('stop', 1)]);
      expect([room, narrow.state()]).toEqual([room, state]);
    }
  });

  test('tells an engine that ends thinking by itself when the room is used up', async () => {
    const own = { ...ofTokens, thinkingStop: 'engine' } as const;
    const roomy = await turnOf({ maxTokens: 390 }, own);
    const { forced } = roomy.request();
    expect(forced?.now?.aborted).toBe(false);
    roomy.take([prompt(10)]);
    expect(forced?.now?.aborted).toBe(false);
    const tight = await turnOf({ maxTokens: 390 }, own);
    const narrow = tight.request().forced;
    tight.take([prompt(395)]);
    expect(narrow?.now?.aborted).toBe(true);
    // While it thinks, too; then the model has its end from the engine.
    for (let at = 0; at < 400 && forced?.now?.aborted === false; at++) roomy.take([token(' x')]);
    expect(forced?.now?.aborted).toBe(true);
    expect(roomy.state()).toBe('running');
    const parts = roomy.take([token('\n</think>\n', { forced: true }), token('7'), end('stop', 2)]);
    expect(parts.at(-1)).toMatchObject({
      thinking: { outcome: 'closed', stoppedBy: 'length', forcedTokens: 1 },
    });
  });

  test('knows the tags as tokens only where both are', async () => {
    const turn = await turnOf();
    turn.request();
    turn.take([prompt(10, { markerTokens: ['<think>'] }), token('hm</think>'), token('7')]);
    expect(turn.take([end('stop', 2)]).at(-1)).toMatchObject({ thinking: { outcome: 'closed' } });
  });

  test('is reported as the server kept it', async () => {
    const server = { ...ofMessages, thinkingStop: 'server' } as const;
    const report = async (thought: number, reason: 'stop' | 'length') => {
      const turn = await turnOf({ thinking: { mode: 'open', budget: 3 } }, server);
      turn.request();
      turn.take([prompt(), ...Array.from({ length: thought }, () => token('x', { segment: 'reasoning' }))]);
      const answer = reason === 'stop' ? [token('7', { segment: 'answer' })] : [];
      return turn.take([...answer, end(reason, 9)]).at(-1);
    };
    expect(await report(3, 'stop')).toMatchObject({ thinking: { stoppedBy: 'budget', outcome: 'closed' } });
    expect(await report(2, 'stop')).toMatchObject({ thinking: { stoppedBy: 'model' } });
    expect(await report(2, 'length')).toMatchObject({
      thinking: { stoppedBy: 'length', outcome: 'unclosed' },
    });
    const closed = await turnOf({ thinking: { mode: 'open', budget: 3 } }, server);
    closed.request();
    const said = [token('x', { segment: 'reasoning' }), token('7', { segment: 'answer' })];
    expect(closed.take([prompt(), ...said, end('length', 2)]).at(-1)).toMatchObject({
      ...{ finish: 'length', thinking: { outcome: 'closed', stoppedBy: 'model' } },
    });
  });

  test('has to call a tool where it was told to', async () => {
    const told = { tools: [{ name: 'add' }], toolChoice: 'required' } as const;
    const silent = await turnOf(told, ofMessages);
    silent.request();
    expect(() => silent.take([prompt(), token('7'), end('stop', 1)])).toThrow('a tool has to be called');
    const cut = await turnOf(told, ofMessages);
    cut.request();
    expect(cut.take([prompt(), token('7'), end('length', 1)]).at(-1)).toMatchObject({ finish: 'length' });
    const obedient = await turnOf(told, ofMessages);
    obedient.request();
    const call = (name: string) => ({ type: 'tool-call', name, arguments: '{}' }) as const;
    const parts = obedient.take([prompt(), call('add'), call('now'), end('stop', 1)]);
    expect(parts.filter(({ type }) => type === 'tool-call')).toEqual([
      { type: 'tool-call', index: 0, name: 'add', arguments: '{}' },
      { type: 'tool-call', index: 1, name: 'now', arguments: '{}' },
    ]);
  });

  test('begins with what was written of it', async () => {
    const turn = await turnOf({ prefill: { reasoning: 'So', answer: '7' } });
    turn.request();
    const parts = [...turn.take([prompt()]), ...turn.take([token('!'), end('stop', 1)])];
    expect(merged(parts)).toMatchObject([
      { type: 'reasoning-start' },
      { type: 'reasoning-delta', text: 'So' },
      { type: 'reasoning-end' },
      { type: 'answer-start' },
      { type: 'answer-delta', text: '7!' },
      { type: 'answer-end' },
      { type: 'end', usage: { completionTokens: 1 } },
    ]);
  });

  test('is not answered by thinking that nothing opened', async () => {
    const turn = await turnOf({}, ofMessages);
    turn.request();
    turn.take([prompt(), token('3 + 4 is 7.\n')]);
    expect(() => turn.take([token('</think>\n\n7')])).toThrow(
      expect.objectContaining({ code: 'TGL_THINKING_UNOPENED', details: { model: 'm' } }),
    );
    const parting = await turnOf({}, ofMessages);
    parting.request();
    const said = token('3.\n</think>\n\n7', { segment: 'answer' });
    expect(parting.take([prompt(), said, end('stop', 1)]).at(-1)).toMatchObject({ type: 'end' });
  });

  test('ends at a stop string, which it tells', async () => {
    const turn = await turnOf({ stop: ['X'], thinking: { mode: 'closed', budget: 0 } });
    turn.request();
    const parts = turn.take([prompt(), token('a'), token('X'), token('b'), end()]);
    expect(parts.at(-1)).toMatchObject({
      type: 'end',
      finish: 'stop',
      stopSequence: 'X',
      usage: { completionTokens: 2 },
    });
    expect(turn.state()).toBe('ended');
  });
});
