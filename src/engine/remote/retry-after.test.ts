import { expect, test } from 'vitest';
import { retryAfterMs } from './retry-after.ts';

const now = 'Mon, 30 Nov 2026 08:00:00 GMT';

test.each([
  ['nothing', {}, 1000],
  ['seconds', { 'retry-after': '7' }, 7000],
  ['a part of a second', { 'retry-after': '0.25' }, 250],
  ['milliseconds beside seconds', { 'retry-after-ms': '120', 'retry-after': '7' }, 120],
  ['a date', { 'retry-after': 'Mon, 30 Nov 2026 08:00:09 GMT', date: now }, 9000],
  ['a date that has passed', { 'retry-after': 'Mon, 30 Nov 2026 07:00:00 GMT', date: now }, 1000],
  ['a date without one to compare it with', { 'retry-after': 'Mon, 30 Nov 2026 08:00:09 GMT' }, 1000],
  ['a day', { 'retry-after': '86400' }, 600_000],
  ['a negative number', { 'retry-after': '-5' }, 1000],
  ['no number', { 'retry-after': 'soon' }, 1000],
])('%s', (_, headers, milliseconds) => {
  expect(retryAfterMs(headers)).toBe(milliseconds);
});
