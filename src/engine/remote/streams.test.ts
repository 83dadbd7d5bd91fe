// Streams as servers are documented to send them, from fixtures/streams: whatever names and frames they use, reasoning
// and answer come apart alike, in whatever pieces the network delivers them.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { collect } from '../contract-case.ts';
import type { EngineEvent } from '../engine.ts';
import { delta, done, eventStreamHead, lastPiece, question, remoteEngine, upstream } from './fixture.ts';

const folder = join(import.meta.dirname, '..', '..', '..', 'fixtures', 'streams');

/** The events of a stream that arrives in pieces of that many bytes. */
async function eventsOf(
  stream: string,
  size = Number.POSITIVE_INFINITY,
  opensThinking = false,
): Promise<readonly EngineEvent[]> {
  await using server = await upstream((socket) => {
    socket.write(eventStreamHead);
    const bytes = Buffer.from(stream);
    for (let from = 0; from < bytes.length; from += size) {
      const part = bytes.subarray(from, from + size);
      socket.write(
        Buffer.concat([Buffer.from(`${part.length.toString(16)}\r\n`), part, Buffer.from('\r\n')]),
      );
    }
    socket.write(lastPiece);
  });
  await using setup = remoteEngine([server.endpoint], { opensThinking });
  return await collect(setup.engine, question);
}

function textIn(events: readonly EngineEvent[], segment: 'reasoning' | 'answer' | undefined): string {
  return events
    .flatMap((event) => (event.type === 'token' && event.segment === segment ? [event.text] : []))
    .join('');
}

describe('a documented stream', () => {
  test.each([
    ['vllm', undefined],
    ['vllm-reasoning', undefined],
    ['deepseek', 11],
    ['llama-server', undefined],
    ['sglang', 11],
  ])('of %s', async (name, reasoningTokens) => {
    const stream = readFileSync(join(folder, `${name}.txt`), 'utf8');
    const events = await eventsOf(stream);
    expect(textIn(events, 'reasoning')).toBe('I need 6 * 7, which is 42.\n');
    expect(textIn(events, 'answer')).toBe('The answer is 42.');
    expect(events.at(-1)).toEqual({
      type: 'end',
      reason: 'stop',
      completionTokens: 17,
      counted: {
        promptTokens: 14,
        ...(name === 'deepseek' && { reusedTokens: 0 }),
        ...(reasoningTokens === undefined ? {} : { reasoningTokens }),
      },
    });
    expect(await eventsOf(stream, 7)).toEqual(events);
    expect(await eventsOf(stream.replaceAll('\n', '\r\n'), 100)).toEqual(events);
  });

  test('of a server that leaves the tags in the text, whose beginning is reasoning where that is declared', async () => {
    const stream = readFileSync(join(folder, 'tags.txt'), 'utf8');
    const declared = await eventsOf(stream, 50, true);
    const text = 'I need 6 * 7, which is 42.\n</think>\n\nThe answer is 42.';
    expect(declared[1]).toEqual({ type: 'token', text: 'I need', segment: 'reasoning' });
    expect(textIn(declared, 'reasoning') + textIn(declared, undefined)).toBe(text);
    expect(textIn(await eventsOf(stream), undefined)).toBe(text);
    expect(declared.at(-1)).toEqual({ type: 'end', reason: 'stop', completionTokens: 9 });
  });
});

test('tags in the answer of a server that separates reasoning are text', async () => {
  const pieces = [delta({ reasoning: 'hm' }), delta({ content: 'Write </think> like this: <think>' })];
  const events = await eventsOf(`${pieces.join('')}${delta({}, 'stop')}${done}`);
  expect(textIn(events, 'answer')).toBe('Write </think> like this: <think>');
});

test('the same text under both names counts once', async () => {
  const both = { reasoning: 'hm', reasoning_content: 'hm' };
  const events = await eventsOf(delta(both) + delta({ content: 'yes' }, 'stop') + done);
  expect(textIn(events, 'reasoning')).toBe('hm');
});

test('characters that are cut between two reads arrive whole', async () => {
  const events = await eventsOf(delta({ content: 'ä😀ß' }, 'stop') + done, 1);
  expect(textIn(events, undefined)).toBe('ä😀ß');
});

test('a reply without a single token has a beginning and an end', async () => {
  const events = await eventsOf(delta({}, 'stop') + done);
  expect(events.map(({ type }) => type)).toEqual(['prompt', 'end']);
});

test('a tag in the very first piece ends the thinking that the template opened', async () => {
  for (const first of ['hm</think>so', '</think>so', '<think>hm</think>so']) {
    const events = await eventsOf(delta({ content: first }, 'stop') + done, undefined, true);
    const at = first.indexOf('<');
    expect(events.slice(1, -1)).toEqual([
      { type: 'token', text: first.slice(0, at), segment: 'reasoning', tokens: 0 },
      { type: 'token', text: first.slice(at) },
    ]);
    expect(events.at(-1)).toMatchObject({ completionTokens: 1 });
  }
});
