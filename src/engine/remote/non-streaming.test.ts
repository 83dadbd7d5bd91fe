// Replies in one piece: who is asked for them, what their texts count for, and what is wrong with some.
import { describe, expect, test } from 'vitest';
import { collect } from '../contract-case.ts';
import type { EngineEvent, UnrenderedRequest } from '../engine.ts';
import { plain, question, remoteEngine, reply, type UpstreamRequest, upstream } from './fixture.ts';
import { replyLimits } from './reply-limits.ts';
import { tooMuch } from './upstream-fault.ts';

const usage = { prompt_tokens: 9, completion_tokens: 40 };

function document(message: object, more: object = {}, finish: string | null = 'stop'): string {
  return JSON.stringify({ choices: [{ index: 0, message, finish_reason: finish }], usage, ...more });
}

/** What an engine makes of a body that comes at once, and what its server was asked. */
async function replyTo(
  body: string,
  change: Partial<UnrenderedRequest> = {},
  options: Parameters<typeof remoteEngine>[1] = {},
): Promise<{ readonly events: readonly EngineEvent[]; readonly asked: UpstreamRequest }> {
  await using there = await upstream((socket, { body: { stream } }) =>
    socket.write(stream === true ? reply(['42']) : plain('200 OK', 'application/json; charset=utf-8', body)),
  );
  await using setup = remoteEngine([there.endpoint], options);
  const events = await collect(setup.engine, { ...question, nonStreaming: true, ...change });
  return { events, asked: there.requests[0] as UpstreamRequest };
}

describe('a reply in one piece', () => {
  test('is asked for where nobody follows it, of servers that hear a client leave', async () => {
    const body = document({ content: '42' });
    const { asked } = await replyTo(body);
    expect(asked.headers).toContain('accept: application/json');
    expect(asked.body.stream).toBe(false);
    expect(Object.keys(asked.body)).not.toContain('stream_options');
    expect((await replyTo(body, { nonStreaming: false })).asked.body.stream).toBe(true);
    expect((await replyTo(body, {}, { server: 'sglang' })).asked.body.stream).toBe(true);
  });

  test('holds reasoning and answer with the tokens that the server counted', async () => {
    const message = { reasoning_content: 'six times seven', content: '42' };
    const counted = { ...usage, completion_tokens_details: { reasoning_tokens: 31 } };
    expect((await replyTo(document(message, { usage: counted }))).events).toEqual([
      { type: 'prompt', promptTokens: 9 },
      { type: 'token', text: 'six times seven', segment: 'reasoning', tokens: 31 },
      { type: 'token', text: '42', segment: 'answer', tokens: 9 },
      {
        type: 'end',
        reason: 'stop',
        completionTokens: 40,
        counted: { promptTokens: 9, reasoningTokens: 31 },
      },
    ]);
  });

  test('is parted at tags where the server does not, its tokens by characters', async () => {
    const message = { content: `${'x'.repeat(24)}</think>${'y'.repeat(8)}` };
    const { events } = await replyTo(document(message), {}, { opensThinking: true });
    expect(events.filter(({ type }) => type === 'token')).toEqual([
      { type: 'token', text: 'x'.repeat(24), segment: 'reasoning', tokens: 24 },
      { type: 'token', text: '</think>', tokens: 8 },
      { type: 'token', text: 'y'.repeat(8), tokens: 8 },
    ]);
  });

  test('is parted at a tag that opens thinking as well', async () => {
    const message = { content: `<think>${'x'.repeat(8)}</think>${'y'.repeat(8)}` };
    const counted = { ...usage, completion_tokens_details: { reasoning_tokens: 31 } };
    for (const told of [usage, counted]) {
      const { events } = await replyTo(document(message, { usage: { ...told, completion_tokens: 31 } }));
      expect(events.filter(({ type }) => type === 'token')).toEqual([
        { type: 'token', text: '<think>', tokens: 7 },
        { type: 'token', text: 'x'.repeat(8), tokens: 8 },
        { type: 'token', text: '</think>', tokens: 8 },
        { type: 'token', text: 'y'.repeat(8), tokens: 8 },
      ]);
    }
  });

  test('is held to its size where a stream was asked for, which might have had more', async () => {
    const most = replyLimits({ maxTokens: 100 }, 4096);
    const padded = document({ content: '42' }, { pad: 'x'.repeat(most.documentBytes) });
    expect(padded.length).toBeLessThan(most.streamBytes);
    await using there = await upstream((socket) => socket.write(plain('200 OK', 'application/json', padded)));
    await using setup = remoteEngine([there.endpoint], { limits: { attempts: 1 } });
    await expect(collect(setup.engine, question)).rejects.toMatchObject({
      ...{ code: 'TGL_UPSTREAM_FAILED', details: { reason: tooMuch } },
    });
  });

  test('holds calls of tools; where it was cut off, the last one may be half', async () => {
    const call = (name: string) => ({ type: 'function', function: { name, arguments: '{}' } });
    const message = { content: null, tool_calls: [call('a'), call('b')] };
    const names = async (finish: string): Promise<readonly string[]> => {
      const { events } = await replyTo(document(message, {}, finish));
      return events.flatMap((event) => (event.type === 'tool-call' ? [event.name] : []));
    };
    expect(await names('tool_calls')).toEqual(['a', 'b']);
    expect(await names('length')).toEqual(['a']);
  });

  test.each([
    ['is not JSON', '<html>'],
    ['has no choices', '{}'],
    ['says nothing of how it ended', document({ content: '42' }, {}, null)],
    ['is an error', '{"error":{"message":"secret"},"choices":[]}'],
  ])('that %s is a fault, told in our words', async (_, body) => {
    await expect(replyTo(body)).rejects.toMatchObject({
      code: 'TGL_UPSTREAM_FAILED',
      message: expect.not.stringContaining('secret'),
    });
  });

  test('has time for its tokens and no more', async () => {
    await using there = await upstream(() => {});
    const limits = { firstTokenMs: 20, tokenMs: 1, attempts: 1 };
    await using setup = remoteEngine([there.endpoint], { limits });
    const asking = Array.fromAsync(setup.engine.generate({ ...question, nonStreaming: true, maxTokens: 30 }));
    await expect(asking).rejects.toMatchObject({
      code: 'TGL_UPSTREAM_TIMEOUT',
      message: expect.stringContaining('50'),
    });
  });

  test('that is given up closes its connection, which the server hears', async () => {
    await using there = await upstream(() => stop.abort(new Error('gone')));
    const stop = new AbortController();
    await using setup = remoteEngine([there.endpoint]);
    const asking = Array.fromAsync(setup.engine.generate({ ...question, nonStreaming: true }, stop.signal));
    await expect(asking).rejects.toThrow('gone');
    await expect.poll(() => there.sockets.size, { interval: 5 }).toBe(0);
    expect(setup.engine.load().active).toBe(0);
  });
});
