import { expect, test, vi } from 'vitest';
import { createServerLogger } from './server-logger.ts';

test('lines are gathered; an error is written at once, with those before it', () => {
  const blocks: string[] = [];
  const logger = createServerLogger({ level: 'info', write: (block) => void blocks.push(block) });
  logger.info({ model: 'm' }, 'completion');
  expect(blocks).toEqual([]);
  logger.error({ err: new Error('broken') }, 'unexpected error');
  expect(blocks).toHaveLength(1);
  const messages = blocks[0]!.trimEnd().split('\n');
  expect(messages.map((line) => JSON.parse(line).msg)).toEqual(['completion', 'unexpected error']);
});

test('what a client or a server wrote steers no terminal that shows the log, and means the same', () => {
  const blocks: string[] = [];
  const logger = createServerLogger({ level: 'info', write: (block) => void blocks.push(block) });
  const hostile = 'a\u001b]0;owned\u0007\u009b31m\u202eb';
  logger.error({ model: hostile }, hostile);
  expect(blocks.join('').trimEnd()).not.toMatch(/[\p{Cc}\u202e]/u);
  expect(JSON.parse(blocks.join(''))).toMatchObject({ model: hostile, msg: hostile });
});

test('what is not urgent is written within a second', () => {
  vi.useFakeTimers();
  try {
    const blocks: string[] = [];
    const logger = createServerLogger({ level: 'info', write: (block) => void blocks.push(block) });
    logger.info({}, 'completion');
    vi.advanceTimersByTime(1000);
    expect(blocks).toHaveLength(1);
  } finally {
    vi.useRealTimers();
  }
});

test('warn drops the lines of requests', () => {
  const blocks: string[] = [];
  const logger = createServerLogger({ level: 'warn', write: (block) => void blocks.push(block) });
  logger.info({}, 'completion');
  logger.error({}, 'unexpected error');
  expect(blocks.join('')).not.toContain('completion');
});

test('a line of members that are JSON already is the line that pino writes of them', () => {
  const blocks: string[] = [];
  const logger = createServerLogger({ level: 'info', write: (block) => void blocks.push(block) });
  const members = { requestId: 'req_1', usage: { promptTokens: 1 }, finish: ['stop'], model: null };
  logger.info(members, 'request');
  logger.infoJson(JSON.stringify(members).slice(1, -1), 'request');
  logger.error({}, 'written at once');
  const [one, other] = blocks
    .join('')
    .split('\n')
    .map((line) => line.replace(/"time":\d+/, '"time":0'));
  expect(other).toBe(one);
});

test('warn drops such lines as well, and a key in one leaves in none', () => {
  const blocks: string[] = [];
  const quiet = createServerLogger({ level: 'warn', write: (block) => void blocks.push(block) });
  quiet.infoJson('"a":1', 'request');
  quiet.error({}, 'written at once');
  expect(blocks.join('')).not.toContain('request');
  const logger = createServerLogger({ level: 'info', write: (block) => void blocks.push(block) });
  logger.infoJson('"model":"tgl_sk_0123456789"', 'request');
  logger.error({}, 'written at once');
  expect(blocks.join('')).toContain('"model":"tgl_…"');
});
