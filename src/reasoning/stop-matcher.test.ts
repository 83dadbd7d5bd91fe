import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createStopMatcher, longestBeginning } from './stop-matcher.ts';

function match(
  stop: readonly string[],
  chunks: readonly string[],
): { text: string; stopped: string | undefined } {
  const matcher = createStopMatcher(stop);
  let text = '';
  for (const chunk of chunks) {
    const found = matcher.push(chunk);
    text += found.text;
    if (found.stopped !== undefined) return { text, stopped: found.stopped };
  }
  return { text: text + matcher.flush(), stopped: undefined };
}

describe('stop matcher', () => {
  test('cuts before a stop string that is spread over chunks', () => {
    expect(match(['END'], ['one E', 'N', 'D two'])).toEqual({ text: 'one ', stopped: 'END' });
  });

  test('gives back what only looked like a stop string', () => {
    expect(match(['END'], ['one E', 'N', ' two EN'])).toEqual({ text: 'one EN two EN', stopped: undefined });
  });

  test('the string that is complete first wins, of two that end together the longer', () => {
    expect(match(['bcd', 'abcdef'], ['abcdef'])).toEqual({ text: 'a', stopped: 'bcd' });
    expect(match(['c', 'abc'], ['abc'])).toEqual({ text: '', stopped: 'abc' });
    expect(match(['abc', 'c'], ['abc'])).toEqual({ text: '', stopped: 'abc' });
    expect(match(['bc', 'abc', 'c'], ['xabc'])).toEqual({ text: 'x', stopped: 'abc' });
  });

  test('holds back the longest end that may become a stop string, and no more', () => {
    const matcher = createStopMatcher(['ab', 'xxab!', 'b?']);
    expect(matcher.push('-xxa')).toEqual({ text: '-' });
    expect(matcher.flush()).toBe('xxa');
    expect(matcher.flush()).toBe('');
    expect(longestBeginning('xxxab', ['xxab!', 'b?'])).toBe(4);
    expect(longestBeginning('xb', ['xxab!', 'b?'])).toBe(1);
    // What is whole is not the beginning of something longer.
    expect(longestBeginning('ab', ['ab'])).toBe(0);
    expect(longestBeginning('', ['ab'])).toBe(0);
  });

  test('has nothing left behind a stop string', () => {
    const matcher = createStopMatcher(['END']);
    matcher.push('one E');
    expect(matcher.push('ND two')).toEqual({ text: '', stopped: 'END' });
    expect(matcher.flush()).toBe('');
  });

  test('an empty stop string stops nothing', () => {
    expect(match([''], ['abc'])).toEqual({ text: 'abc', stopped: undefined });
  });

  test('finds the same place however the text is cut, and never lets a stop string through', () => {
    const letters = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), maxLength: 20 });
    const stops = fc.array(fc.string({ unit: fc.constantFrom('a', 'b', 'c'), minLength: 1, maxLength: 4 }), {
      minLength: 1,
      maxLength: 4,
    });
    fc.assert(
      fc.property(stops, letters, fc.nat(20), (stop, text, place) => {
        const whole = match(stop, [text]);
        expect(match(stop, [...text])).toEqual(whole);
        expect(match(stop, [text.slice(0, place), text.slice(place)])).toEqual(whole);
        expect(stop.some((one) => whole.text.includes(one))).toBe(false);
        expect(whole.stopped === undefined).toBe(!stop.some((one) => text.includes(one)));
      }),
      { numRuns: 500 },
    );
  });
});
