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
  ['a number with more around it', { 'retry-after-ms': '5ms', 'retry-after': 'in 5' }, 1000],
  ['nothing but now', { 'retry-after': '0' }, 0],
  ['a fraction of a millisecond', { 'retry-after': '0.0001' }, 1],
  ['milliseconds with a fraction of several digits', { 'retry-after-ms': '12.25' }, 12.25],
  ['this very moment', { 'retry-after': now, date: now }, 0],
])('%s', (_, headers, milliseconds) => {
  expect(retryAfterMs(headers)).toBe(milliseconds);
});
