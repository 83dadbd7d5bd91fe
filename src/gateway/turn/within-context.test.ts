// Which turns of a conversation are dropped where all of them are more than the context holds.
import { describe, expect, test } from 'vitest';
import { TiegelError } from '../../base/index.ts';
import type { ChatMessage } from '../../formats/index.ts';
import type { ConverseRequest, RunningTurn, StreamPart } from '../../reasoning/index.ts';
import { noUsage } from '../../traffic/index.ts';
import { withinContext } from './within-context.ts';

const message = (role: ChatMessage['role'], length: number, more: Partial<ChatMessage> = {}): ChatMessage =>
  ({ role, content: 'x'.repeat(length), ...more }) as ChatMessage;

/** Ten characters of the user and as many of the assistant. */
const turn = [message('user', 10), message('assistant', 10)];
const part: StreamPart = { type: 'answer-start' };

/** What was asked, one conversation after another, of an engine that holds so many characters. */
async function asked(messages: readonly ChatMessage[], holds: number, fault?: (length: number) => unknown) {
  const conversations: (readonly ChatMessage[])[] = [];
  const lengthOf = (all: readonly ChatMessage[]): number =>
    all.reduce(
      (sum, { content, reasoning = '', toolCalls = [] }) =>
        sum +
        content.length +
        reasoning.length +
        toolCalls.reduce((own, call) => own + call.name.length + call.arguments.length, 0),
      0,
    );
  const converse = (request: ConverseRequest): RunningTurn => {
    conversations.push(request.messages);
    const length = lengthOf(request.messages);
    return {
      usage: () => ({ ...noUsage, promptTokens: length }),
      parts: (async function* () {
        if (length > holds)
          throw (
            fault?.(length) ??
            new TiegelError('TGL_PROMPT_TOO_LONG', { received: length, limit: holds } as never)
          );
        yield [part];
      })(),
    };
  };
  const running = withinContext({ messages } as unknown as ConverseRequest, converse);
  const before = running.usage().promptTokens;
  const parts = await Array.fromAsync(running.parts).catch((error: unknown) => error);
  return {
    conversations,
    parts,
    before,
    after: running.usage().promptTokens,
    lengths: conversations.map(lengthOf),
  };
}

describe('a conversation that is too long', () => {
  test('is asked as it is where it is not', async () => {
    const { conversations, parts } = await asked([...turn, ...turn], 40);
    expect([conversations.length, parts]).toEqual([1, [[part]]]);
  });

  test('loses its oldest turns, as many as leave room for a reply', async () => {
    const last = message('user', 10);
    const { conversations, parts, before, after } = await asked([...turn, ...turn, ...turn, last], 60);
    expect(parts).toEqual([[part]]);
    // Three quarters of sixty characters.
    expect(conversations[1]).toEqual([...turn, last]);
    expect([before, after]).toEqual([70, 30]);
  });

  test('keeps its instructions, wherever they stand, and what follows the last message of the user', async () => {
    const system = message('system', 5);
    const end = [message('user', 10), message('assistant', 5), message('tool', 5)];
    const { conversations } = await asked([system, ...turn, system, ...turn, ...end], 35);
    expect(conversations.at(-1)).toEqual([system, system, ...end]);
  });

  test('loses one turn at least, and the next one where that was not enough', async () => {
    const none = (length: number): unknown =>
      new TiegelError('TGL_PROMPT_TOO_LONG', { received: 'x', limit: 'y', length } as never);
    const { lengths } = await asked([...turn, ...turn, ...turn, ...turn, ...turn], 45, none);
    // Where nobody says how much is too much, half of it and a little more goes at a time.
    expect(lengths).toEqual([100, 20]);
    const close = await asked([...turn, message('user', 1)], 20);
    expect(close.lengths).toEqual([21, 1]);
  });

  test('counts what was thought and called as well', async () => {
    const thinking = message('assistant', 0, { reasoning: 'x'.repeat(40) });
    const calling = message('assistant', 0, {
      toolCalls: [{ name: 'x'.repeat(10), arguments: 'x'.repeat(30) }],
    });
    for (const heavy of [thinking, calling]) {
      const { conversations, lengths } = await asked(
        [message('user', 1), heavy, ...turn, message('user', 1)],
        40,
      );
      expect(lengths).toEqual([62, 21]);
      expect(conversations[1]).toEqual([...turn, message('user', 1)]);
    }
  });

  test('of one turn is refused, and so is what has another fault', async () => {
    const one = await asked([message('system', 50), message('user', 50), message('assistant', 9)], 20);
    expect([one.conversations.length, one.parts]).toMatchObject([1, { code: 'TGL_PROMPT_TOO_LONG' }]);
    const fault = new TiegelError('TGL_DRAINING');
    const other = await asked([...turn, ...turn], 1, () => fault);
    expect([other.conversations.length, other.parts]).toEqual([1, fault]);
    const error = new Error('x');
    expect((await asked([...turn, ...turn], 1, () => error)).parts).toBe(error);
  });
});
