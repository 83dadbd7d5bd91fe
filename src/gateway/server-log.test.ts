import { expect, test } from 'vitest';
import { createServerLog, type ServerLogOptions } from './server-log.ts';

const clock = { now: () => 1_700_000_000_000, monotonic: () => 0 } as ServerLogOptions['clock'];

/** The lines that are written at that level, parsed. */
function linesAt(level: ServerLogOptions['level']) {
  const lines: { readonly line: Readonly<Record<string, unknown>>; readonly urgent: boolean }[] = [];
  const write = (text: string, urgent: boolean): void => {
    expect(text.indexOf('\n')).toBe(text.length - 1);
    lines.push({ line: JSON.parse(text), urgent });
  };
  return { lines, log: createServerLog({ level, clock, write }) };
}

test('a line is one JSON object, whatever stands in it', () => {
  const { lines, log } = linesAt('info');
  log.info({ model: 'a "b"\n\u2028', usage: { promptTokens: 1 } }, 'completion');
  const origin = { pid: process.pid, hostname: expect.any(String) };
  const line = {
    ...{ level: 30, time: 1_700_000_000_000, ...origin, msg: 'completion' },
    ...{ model: 'a "b"\n\u2028', usage: { promptTokens: 1 } },
  };
  expect(lines).toEqual([{ line, urgent: false }]);
});

test('an error shows its stack and its causes, also where they go round in a circle', () => {
  const { lines, log } = linesAt('error');
  const inner = Object.assign(new TypeError('inside'), { code: 'E1' });
  const outer = new Error('outside', { cause: inner });
  inner.cause = outer;
  log.info({}, 'dropped');
  log.error({ requestId: 'req_1', err: outer }, 'unexpected error');
  log.error({ err: 'text' }, 'unexpected error');
  expect(lines.map(({ urgent }) => urgent)).toEqual([true, true]);
  expect(lines[0]?.line).toMatchObject({
    level: 50,
    requestId: 'req_1',
    err: {
      message: 'outside',
      stack: expect.stringContaining('server-log.test'),
      cause: { type: 'TypeError', code: 'E1' },
    },
  });
  expect(lines[1]?.line).toMatchObject({ err: { message: 'text' } });
});
