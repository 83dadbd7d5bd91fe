import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createScriptedEngine, type Engine, type GenerateRequest } from '../engine/index.ts';
import { type ChatTemplate, tiegelTemplate } from '../formats/index.ts';
import { noUsage } from '../traffic/index.ts';
import { collect, converse, type RunningTurn } from './converse.ts';
import type { ConverseRequest, StreamPart } from './parts.ts';

const request: ConverseRequest = {
  template: tiegelTemplate,
  messages: [{ role: 'user', content: 'what is 3 * 5?' }],
  thinking: { mode: 'open', budget: null },
  maxTokens: 100,
  sampling: { temperature: 0, topP: 1 },
  stop: [],
};

const toolTemplate: ChatTemplate = { ...tiegelTemplate, toolCallFormat: 'hermes' };

/** Every event in a batch of its own. */
function playing(...tokens: readonly string[]): Engine {
  return createScriptedEngine({ model: 'double', reply: () => tokens, maxBatchEvents: 1 });
}

async function partsOf(turn: RunningTurn): Promise<readonly StreamPart[]> {
  return (await Array.fromAsync(turn.parts)).flat();
}

describe('converse', () => {
  test('streams reasoning, then the answer, then one end with the usage', async () => {
    await using engine = playing('3*5', '=15', '\n', '</think>', '\n', '15', '!');
    expect(await partsOf(converse(engine, request))).toEqual([
      { type: 'reasoning-start' },
      { type: 'reasoning-delta', text: '3*5' },
      { type: 'reasoning-delta', text: '=15' },
      { type: 'reasoning-end' },
      { type: 'answer-start' },
      { type: 'answer-delta', text: '15' },
      { type: 'answer-delta', text: '!' },
      { type: 'answer-end' },
      {
        type: 'end',
        finish: 'stop',
        usage: { promptTokens: 11, cachedPromptTokens: 0, completionTokens: 7, reasoningTokens: 4 },
        thinking: { outcome: 'closed', tokens: 4, forcedTokens: 0, budget: null, stoppedBy: 'model' },
      },
    ]);
  });

  test('a prompt that closes the block begins with the answer', async () => {
    await using engine = playing('15');
    const thinking = { mode: 'closed', budget: 0 } as const;
    expect(await collect(converse(engine, { ...request, thinking }))).toMatchObject({
      reasoning: '',
      answer: '15',
      thinking: { outcome: 'none', tokens: 0, budget: 0, stoppedBy: null },
      usage: { completionTokens: 1, reasoningTokens: 0 },
    });
  });

  test('a tag in the text of a person does not open the block', async () => {
    await using engine = playing('15');
    const template: ChatTemplate = {
      ...tiegelTemplate,
      render: () => [
        { text: '<|assistant|>', special: true },
        { text: '<think>', special: false },
      ],
    };
    expect(await collect(converse(engine, { ...request, template }))).toMatchObject({
      thinking: { outcome: 'none' },
    });
  });

  test('passes prompt, limit, sampling and cache scope to the engine', async () => {
    const seen: GenerateRequest[] = [];
    await using engine = createScriptedEngine({
      model: 'double',
      reply: (received) => {
        seen.push(received);
        return ['</think>', 'ok'];
      },
    });
    const sampling = { temperature: 0.6, topP: 0.95, seed: 3 };
    await collect(converse(engine, { ...request, sampling, cacheScope: 'a' }));
    expect(seen).toEqual([
      {
        markers: ['<think>', '</think>'],
        prompt: tiegelTemplate.render(request.messages, { thinking: 'open' }),
        maxTokens: 100,
        sampling,
        cacheScope: 'a',
        forced: { text: '\n</think>\n', afterTokens: 74, unless: '</think>' },
      },
    ]);
  });

  test('lets a constraint begin where the answer does', async () => {
    const seen: (GenerateRequest['constraint'] | undefined)[] = [];
    await using engine = createScriptedEngine({
      model: 'double',
      reply: ({ constraint }) => {
        seen.push(constraint);
        return ['</think>', '{}'];
      },
      capabilities: { constraints: ['json-schema'] },
    });
    const constraint = { type: 'json-schema', schema: {} } as const;
    const closed = { mode: 'closed', budget: 0 } as const;
    await collect(converse(engine, { ...request, constraint }));
    await collect(converse(engine, { ...request, constraint, thinking: closed }));
    expect(seen).toEqual([{ ...constraint, after: '</think>' }, constraint]);
  });

  test('gives deltas their tokens with log-probabilities, those of tags left out', async () => {
    await using engine = playing('hm', '</think>', '\n', 'yes', ' <', 'b>');
    const parts = await partsOf(converse(engine, { ...request, logProbabilities: 1 }));
    const tokens = parts.flatMap((part) =>
      part.type === 'answer-delta' && 'tokens' in part ? part.tokens?.map(({ text }) => text) : [],
    );
    expect(tokens).toEqual(['\n', 'yes', ' <', 'b>']);
  });

  test('refuses tools where the family knows none', async () => {
    await using engine = playing('15');
    const asked = collect(converse(engine, { ...request, tools: [{ name: 'clock' }] }));
    await expect(asked).rejects.toMatchObject({ code: 'TGL_CAPABILITY_MISSING' });
  });

  test('gives calls of tools as parts of their own', async () => {
    await using engine = playing(
      'hm',
      '</think>',
      'Let me see.\n<tool_',
      'call>\n{"name": "clock"}\n</tool_call>',
    );
    const asked = { ...request, template: toolTemplate, tools: [{ name: 'clock' }] };
    expect(await collect(converse(engine, asked))).toMatchObject({
      answer: 'Let me see.',
      toolCalls: [{ name: 'clock', arguments: '{}' }],
      finish: 'stop',
    });
  });
});

describe('stop strings', () => {
  test('end the answer, are not part of it, and free the engine', async () => {
    await using engine = createScriptedEngine({
      model: 'double',
      reply: () => [
        'hm END',
        '</think>',
        'one',
        ' E',
        'N',
        'D',
        ...Array.from({ length: 80 }, () => ' more'),
      ],
    });
    const result = await collect(converse(engine, { ...request, stop: ['END'] }));
    expect(result).toMatchObject({
      reasoning: 'hm END',
      answer: 'one ',
      finish: 'stop',
      stopSequence: 'END',
      thinking: { outcome: 'closed' },
    });
    expect(result.usage.completionTokens).toBe(6);
    expect(engine.load().active).toBe(0);
  });

  test('text that only looked like one is not lost at the end', async () => {
    await using engine = playing('</think>', 'one EN');
    const result = await collect(converse(engine, { ...request, stop: ['END'] }));
    expect(result.answer).toBe('one EN');
    expect(result).not.toHaveProperty('stopSequence');
  });

  test('a line break that ends the text counts', async () => {
    await using engine = playing('</think>', 'one', '\n');
    expect(await collect(converse(engine, { ...request, stop: ['\n'] }))).toMatchObject({
      answer: 'one',
      stopSequence: '\n',
    });
  });
});

describe('abort', () => {
  const talker = (): Engine =>
    createScriptedEngine({ model: 'double', reply: () => Array(90).fill(' so'), tokensPerSecond: 500 });

  test('ends the stream with the reason of the signal and frees the engine', async () => {
    await using engine = talker();
    const stop = new AbortController();
    const reason = new Error('client left');
    const turn = converse(engine, request, stop.signal);
    await turn.parts.next();
    stop.abort(reason);
    await expect(collect(turn)).rejects.toBe(reason);
    expect(engine.load().active).toBe(0);
  });

  test('leaving the loop frees the engine', async () => {
    await using engine = talker();
    for await (const parts of converse(engine, request).parts)
      if (parts.some(({ type }) => type === 'reasoning-delta')) break;
    expect(engine.load().active).toBe(0);
  });

  test('a crash reaches the reader after the parts that came before it', async () => {
    await using engine = createScriptedEngine({
      model: 'double',
      reply: () => ['a', 'b', 'c'],
      maxBatchEvents: 1,
      failure: () => ({ type: 'crash', afterTokens: 2 }),
    });
    const seen: string[] = [];
    const reading = (async () => {
      for await (const parts of converse(engine, request).parts) seen.push(...parts.map(({ type }) => type));
    })();
    await expect(reading).rejects.toMatchObject({ code: 'TGL_ENGINE_CRASHED' });
    expect(seen).toEqual(['reasoning-start', 'reasoning-delta', 'reasoning-delta']);
  });
});

describe('in batches of several events', () => {
  const textOf = (parts: readonly StreamPart[], type: StreamPart['type']): string =>
    parts.map((part) => (part.type === type && 'text' in part ? part.text : '')).join('');

  test('the parts say the same, whatever the model writes and wherever it is stopped', async () => {
    const token = fc.constantFrom('a', ' b', '<', '<thi', 'nk>', '</think>', '<think>', '\n', 'EN', 'D');
    const stop = fc.constantFrom<readonly string[]>([], ['END'], ['b', 'ab']);
    await fc.assert(
      fc.asyncProperty(fc.array(token, { maxLength: 90 }), stop, async (tokens, stops) => {
        const asked = { ...request, stop: stops };
        const single = await partsOf(converse(playing(...tokens), asked));
        const reply = (): readonly string[] => tokens;
        const together = await partsOf(converse(createScriptedEngine({ model: 'double', reply }), asked));
        expect(together.at(-1)).toEqual(single.at(-1));
        for (const type of ['reasoning-delta', 'answer-delta'] as const)
          expect(textOf(together, type)).toBe(textOf(single, type));
        expect(together.filter(({ type }) => !type.endsWith('delta'))).toEqual(
          single.filter(({ type }) => !type.endsWith('delta')),
        );
      }),
    );
  });
});

describe('the usage of a turn', () => {
  const reply = ['a', 'b', '</think>', 'c', 'd'];
  const engine = createScriptedEngine({ model: 'scripted', reply: () => reply, reusedTokens: () => 3 });

  test('is nothing before it begins, and at its end what its end says', async () => {
    const turn = converse(engine, request);
    expect(turn.usage()).toEqual(noUsage);
    const parts = await partsOf(turn);
    expect(parts.at(-1)).toMatchObject({ type: 'end', usage: turn.usage() });
    expect(turn.usage()).toMatchObject({ cachedPromptTokens: 3, completionTokens: 5, reasoningTokens: 3 });
  });

  test('is what was made until then where the turn is broken off', async () => {
    const paced = createScriptedEngine({ model: 'scripted', reply: () => reply, tokensPerSecond: 1000 });
    const stop = new AbortController();
    const turn = converse(paced, request, stop.signal);
    const read = async (): Promise<void> => {
      for await (const parts of turn.parts) {
        if (parts.some((part) => part.type === 'answer-delta')) stop.abort(new Error('enough'));
      }
    };
    await expect(read()).rejects.toThrow('enough');
    expect(turn.usage()).toMatchObject({ completionTokens: 4, reasoningTokens: 3 });
    expect(turn.usage().promptTokens).toBeGreaterThan(0);
  });
});

test('a stream of parts without an end is not taken for a turn', async () => {
  async function* cut() {
    yield [{ type: 'answer-start' }, { type: 'answer-delta', text: '7' }] as const;
  }
  await expect(collect({ parts: cut() })).rejects.toThrow('no end part');
});

test('no batch of parts is empty, whatever waits', async () => {
  await using engine = playing('3', '<', '/thi', 'nk>', '\n', '1', '\n', '\n');
  for await (const batch of converse(engine, request).parts) expect(batch).not.toHaveLength(0);
});
