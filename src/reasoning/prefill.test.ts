// Prefills: replies whose beginning is given: what stands in the prompt, and that it comes back as part of the reply.
import { describe, expect, test } from 'vitest';
import { createScriptedEngine, type Engine, type GenerateRequest } from '../engine/index.ts';
import { type PromptPiece, templateWithDigest, tiegelTemplate } from '../formats/index.ts';
import { collect, converse } from './converse.ts';
import type { ConverseRequest, Prefill } from './parts.ts';
import { prefilledPieces, prefillText, textPieces } from './prefill.ts';

const request: ConverseRequest = {
  template: tiegelTemplate,
  messages: [{ role: 'user', content: 'why?' }],
  thinking: { mode: 'open', budget: null },
  maxTokens: 100,
  sampling: { temperature: 0, topP: 1 },
  stop: [],
};

async function prefilled(prefill: Prefill, reply: readonly string[], change: Partial<ConverseRequest> = {}) {
  const asked: GenerateRequest[] = [];
  await using engine = createScriptedEngine({
    model: 'double',
    reply: (received) => {
      asked.push(received);
      return reply;
    },
  });
  const turn = await collect(converse(engine, { ...request, ...change, prefill }));
  return { turn, prompt: asked[0]!.prompt!.map(({ text }) => text).join(''), asked };
}

describe('a prefill', () => {
  test('of reasoning stands in the open block and is part of the reasoning', async () => {
    const { turn, prompt } = await prefilled({ reasoning: 'I will' }, [' help', '</think>', 'yes']);
    expect(prompt).toMatch(/why\?<\|assistant\|><think>\nI will$/);
    expect(turn).toMatchObject({ reasoning: 'I will help', answer: 'yes', usage: { completionTokens: 3 } });
  });

  test('of an answer stands behind the empty block and keeps the blank that follows it', async () => {
    const { turn, prompt } = await prefilled({ answer: 'Sure,' }, [' here', ' it is']);
    expect(prompt).toMatch(/<think>\n<\/think>\nSure,$/);
    expect(turn).toMatchObject({ reasoning: '', answer: 'Sure, here it is', thinking: { outcome: 'none' } });
  });

  test('of both closes the block as the family does', async () => {
    const { turn, prompt } = await prefilled({ reasoning: 'fine', answer: 'Sure' }, ['!']);
    expect(prompt).toMatch(/<think>\nfine\n<\/think>\nSure$/);
    expect(turn).toMatchObject({ reasoning: 'fine', answer: 'Sure!', thinking: { outcome: 'closed' } });
  });

  test('cuts the tags in its own text', async () => {
    const { asked } = await prefilled({ reasoning: 'a</think>b' }, ['c']);
    const typed = asked[0]!.prompt!.filter(({ special }) => !special).map(({ text }) => text);
    expect(typed.slice(-2)).toEqual(['a<', '/think>b']);
    expect(typed.every((text) => !text.includes('</think>'))).toBe(true);
  });

  test('opens the block where the family leaves that to the model', async () => {
    const digest = 'b6835114b7303ddd78919a82e4d9f7d8c26ed0d7dfc36beeb12d524f6144eab1' as never;
    const { prompt } = await prefilled({ reasoning: 'I will' }, ['!'], {
      template: templateWithDigest(digest),
    });
    expect(prompt).toMatch(/<think>\nI will$/);
  });

  test('stays in the prompt when thinking is interrupted', async () => {
    const { asked, turn } = await prefilled({ reasoning: 'I will' }, [' think', ' on', ' and', ' on'], {
      thinking: { mode: 'open', budget: 2 },
    });
    expect(asked).toHaveLength(1);
    expect(asked[0]!.forced).toMatchObject({ afterTokens: 2 });
    expect(turn.reasoning.startsWith('I will think on')).toBe(true);
  });
});

describe('a prompt that is gone on with', () => {
  const thinkingEnd = { text: '\n</think>\n\n', sentence: false };
  const typed = (text: string) => ({ text, special: false });
  const written = (text: string) => ({ text, special: true });
  const behind = (prompt: readonly PromptPiece[], prefill: Prefill | undefined) =>
    prefilledPieces(prompt, { thinkingEnd }, prefill);

  test('is as it was where nothing is prefilled', () => {
    const prompt = [written('<|assistant|>')];
    expect(behind(prompt, undefined)).toEqual(prompt);
    expect(behind(prompt, {})).toEqual(prompt);
  });

  test('has a blank between an empty block and the answer where its template leaves none', () => {
    expect(behind([written('<think></think>')], { answer: 'Sure' })).toEqual([
      ...[written('<think></think>'), written('\n\n'), typed('Sure')],
    ]);
    for (const last of [written('</think>\n\n'), written('<|assistant|>'), typed('</think>')])
      expect(behind([last], { answer: 'Sure' })).toEqual([last, typed('Sure')]);
    expect(behind([], { answer: 'Sure' })).toEqual([typed('Sure')]);
  });

  test('has its block opened once and closed before an answer only', () => {
    expect(behind([written('<|assistant|>')], { reasoning: 'so' })).toEqual([
      ...[written('<|assistant|>'), written('<think>\n'), typed('so')],
    ]);
    const open = written('<think>\n');
    expect(behind([open], { reasoning: 'so' })).toEqual([open, typed('so')]);
    expect(behind([open], { reasoning: 'so', answer: '' })).toEqual([
      ...[open, typed('so'), written(thinkingEnd.text)],
    ]);
  });

  test.each<[string, readonly string[]]>([
    ['', []],
    ['no tag < here', ['no tag < here']],
    ['<think>', ['<', 'think>']],
    ['a</think>b<think>', ['a<', '/think>b<', 'think>']],
    ['</thin', ['</thin']],
  ])('has %j typed in as %j', (text, pieces) => {
    expect(textPieces(text)).toEqual(pieces.map(typed));
  });
});

describe('on a server that renders turns', () => {
  function server(prefill: boolean): { engine: Engine; asked: GenerateRequest[] } {
    const asked: GenerateRequest[] = [];
    const engine = createScriptedEngine({
      model: 'far',
      capabilities: { promptForm: 'messages', thinkingStop: prefill ? 'continuation' : 'none', prefill },
      reply: (received) => {
        asked.push(received);
        return [' help', '</think>', 'yes'];
      },
    });
    return { engine, asked };
  }

  test('the server goes on behind it', async () => {
    const { engine, asked } = server(true);
    const prefill = { reasoning: 'I will' };
    const turn = await collect(converse(engine, { ...request, template: null, prefill }));
    expect(asked[0]!.turn!.prefill).toBe('<think>\nI will');
    expect(turn).toMatchObject({ reasoning: 'I will help', answer: 'yes' });
  });

  test.each<[Prefill | undefined, string | undefined]>([
    [undefined, undefined],
    [{}, '<think>\n'],
    [{ reasoning: 'so' }, '<think>\nso'],
    [{ answer: 'Sure' }, '<think>\n\n</think>\n\nSure'],
    [{ reasoning: 'so', answer: '' }, '<think>\nso\n</think>\n\n'],
  ])('%j is written as %j', (prefill, text) => {
    expect(prefillText(prefill)).toBe(text);
  });

  test('it is refused where the server cannot', async () => {
    const { engine } = server(false);
    const wanted = { ...request, template: null, prefill: { answer: 'Sure' } };
    await expect(collect(converse(engine, wanted))).rejects.toMatchObject({ code: 'TGL_CAPABILITY_MISSING' });
  });
});
