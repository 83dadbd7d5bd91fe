import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createStopMatcher } from './stop-matcher.ts';

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
