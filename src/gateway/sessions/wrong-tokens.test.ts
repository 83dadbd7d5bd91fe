// Who has to wait after wrong tokens, for how long, and who does not.
import { expect, test } from 'vitest';
import { manualClock, TiegelError } from '../../base/index.ts';
import { createWrongTokens, type WrongTokens } from './wrong-tokens.ts';

const window = 600_000;

/** For how many milliseconds an address is refused; 0 where it is not. */
function waitOf(tokens: WrongTokens, address: string): number {
  try {
    tokens.requireFew(address);
    return 0;
  } catch (error) {
    if (!TiegelError.isInstance(error) || error.code !== 'TGL_SIGN_IN_THROTTLED') throw error;
    return error.details.retryAfterMs as number;
  }
}

function countTimes(tokens: WrongTokens, address: string, times: number): void {
  for (let time = 0; time < times; time++) tokens.count(address);
}

test('the tenth wrong token of ten minutes is the last one, counted from the first', () => {
  const clock = manualClock();
  const tokens = createWrongTokens(clock);
  countTimes(tokens, '192.0.2.1', 9);
  expect(waitOf(tokens, '192.0.2.1')).toBe(0);
  clock.advance(1000);
  tokens.count('192.0.2.1');
  expect(waitOf(tokens, '192.0.2.1')).toBe(window - 1000);
  expect(waitOf(tokens, '192.0.2.2')).toBe(0);
  clock.advance(window - 1001);
  expect(waitOf(tokens, '192.0.2.1')).toBe(1);
  clock.advance(1);
  expect(waitOf(tokens, '192.0.2.1')).toBe(0);
  countTimes(tokens, '192.0.2.1', 9);
  expect(waitOf(tokens, '192.0.2.1')).toBe(0);
});

test.each([
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2:ffff::1'],
  ['2001:db8:1:2::1', '2001:db8:1:2:a:b:c:d'],
  ['2001:db8::1', '2001:db8:0:0:9::'],
  ['::1', '0:0:0:0:7::'],
  ['fe80::1%eth0', 'fe80::2%eth1'],
])('%s and %s are one network of IPv6', (one, other) => {
  const tokens = createWrongTokens(manualClock());
  countTimes(tokens, one, 5);
  countTimes(tokens, other, 5);
  expect([one, other].map((address) => waitOf(tokens, address))).toEqual([window, window]);
});

test.each([
  ['2001:db8:1:2::1', '2001:db8:1:3::1'],
  ['2001:db8::1', '2001:db8:0:1::1'],
  ['1::', '::1'],
  ['::ffff:192.0.2.1', '::ffff:192.0.2.2'],
  ['192.0.2.1', '192.0.2.11'],
])('%s and %s are not', (one, other) => {
  const tokens = createWrongTokens(manualClock());
  countTimes(tokens, one, 10);
  expect([one, other].map((address) => waitOf(tokens, address))).toEqual([window, 0]);
});

test('of ten thousand addresses the one that was wrong least recently is forgotten', () => {
  const tokens = createWrongTokens(manualClock());
  const addressOf = (number: number): string => `10.${number >> 16}.${(number >> 8) & 255}.${number & 255}`;
  countTimes(tokens, 'first', 10);
  countTimes(tokens, 'second', 9);
  for (let number = 0; number < 9_998; number++) tokens.count(addressOf(number));
  // Wrong again, so that it is no longer the one before all others.
  countTimes(tokens, 'first', 1);
  expect([waitOf(tokens, 'first'), waitOf(tokens, 'second')]).toEqual([window, 0]);
  tokens.count('one more');
  tokens.count('second');
  expect([waitOf(tokens, 'first'), waitOf(tokens, 'second')]).toEqual([window, 0]);
});
