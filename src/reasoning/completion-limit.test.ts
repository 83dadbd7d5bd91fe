// A limit that a reply does not reach changes nothing in it, however large it is.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createScriptedEngine } from '../engine/index.ts';
import { tiegelTemplate } from '../formats/index.ts';
import { type Conversation, collect, converse } from './converse.ts';
import type { ConverseRequest } from './parts.ts';
import { maxTokensOf } from './thinking-end.ts';
import { answerReserveOf } from './thinking-request.ts';

/** Ends thinking with a sentence, as the big families allow. */
const template = { ...tiegelTemplate, thinkingEnd: { text: '\n</think>\n\n', sentence: true } };
const maxEndTokens = maxTokensOf('\n\nI have thought about this long enough, so I answer now.\n</think>\n\n');

type Reply = {
  readonly thoughts: number;
  readonly answer: number;
  readonly budget: number | null;
  readonly forcedText: boolean;
};

/** In a context whose end no reply of the test comes near, once its prompt is in it. */
async function reply(wanted: Reply, maxTokens: number, contextLength: number): Promise<Conversation> {
  const { thoughts, answer, budget, forcedText } = wanted;
  const spoken = [...Array<string>(thoughts).fill(' hm'), '</think>', ...Array<string>(answer).fill(' so')];
  await using engine = createScriptedEngine({
    model: 'double',
    contextLength,
    capabilities: { thinkingStop: forcedText ? 'engine' : 'continuation' },
    // Interrupted, it goes on behind the end of its thinking.
    reply: ({ prompt }) =>
      prompt!.at(-1)!.text.endsWith('</think>\n\n') ? spoken.slice(thoughts + 1) : spoken,
  });
  const request: ConverseRequest = {
    template,
    messages: [{ role: 'user', content: 'What is the sum of these?' }],
    ...{ thinking: { mode: 'open', budget }, maxTokens, sampling: { temperature: 0, topP: 1 }, stop: [] },
  };
  return await collect(converse(engine, request));
}

/** Thinking, what ends it, and what is kept for the answer have room within a limit, or in a context. */
function holds(limit: number, { thoughts, answer, budget }: Reply): boolean {
  const thought = Math.min(thoughts + 1, budget ?? Number.POSITIVE_INFINITY) + maxEndTokens;
  return limit >= thought + Math.max(answer, answerReserveOf(limit)) + 1;
}

test('every limit that holds a reply gives the same reply', async () => {
  const replies = fc.record({
    thoughts: fc.integer({ min: 1, max: 200 }),
    answer: fc.integer({ min: 1, max: 60 }),
    budget: fc.option(fc.integer({ min: 1, max: 120 })),
    forcedText: fc.boolean(),
  });
  const limits = fc.oneof(fc.integer({ min: 1, max: 1200 }), fc.constantFrom(4096, 32_000, 1_000_000));
  await fc.assert(
    fc.asyncProperty(replies, limits, fc.integer({ min: 300, max: 2000 }), async (wanted, limit, context) => {
      const promptTokens = 12;
      fc.pre(holds(Math.min(limit, context - promptTokens - 64), wanted));
      const unlimited = await reply(wanted, 2000, 4096);
      expect(await reply(wanted, limit, context)).toEqual(unlimited);
    }),
    { numRuns: 300 },
  );
});

test('a limit beyond the context leaves as much to think as the context does', async () => {
  const wanted = { thoughts: 300, answer: 20, budget: null, forcedText: true };
  for (const limit of [512, 4096, 1_000_000]) {
    const { thinking, answer } = await reply(wanted, limit, 512);
    expect(thinking).toMatchObject({ outcome: 'closed', tokens: 301, stoppedBy: 'model' });
    expect(answer).not.toBe('');
  }
});
