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
