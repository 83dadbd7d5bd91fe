import { describe, expect, test } from 'vitest';
import { splitOf } from '../split.ts';
import { multiplication } from './multiplication.ts';

const { answer, canonical, prompt, trace, verify } = multiplication;

describe('multiplication', () => {
  test('puts a problem into words', () => {
    expect(prompt({ left: 47, right: 36 }, 'en')).toBe('What is 47 * 36?');
    expect(prompt({ left: 47, right: 36 }, 'de')).toBe('Was ist 47 * 36?');
  });

  test('thinks in partial products, least significant digit first, then adds them column by column', () => {
    expect(trace({ left: 47, right: 36 }, 'en')).toBe(
      [
        '47*6: 7*6=42 4*6=24 24+4=28 282',
        '47*3: 7*3=21 4*3=12 12+2=14 141',
        '282+1410: 2 8+1+0=09 2+4+0=06 0+1+0=01',
      ].join('\n'),
    );
    expect(answer({ left: 47, right: 36 }, 'en')).toBe('1692');
  });

  test('the fields of every trace stand at the same places, and its last digits are the product', () => {
    for (let left = 10; left <= 99; left++) {
      for (let right = 10; right <= 99; right++) {
        const text = trace({ left, right }, 'en');
        expect(text.replaceAll(/\d/g, '0')).toBe(
          '00*0: 0*0=00 0*0=00 00+0=00 000\n00*0: 0*0=00 0*0=00 00+0=00 000\n000+0000: 0 0+0+0=00 0+0+0=00 0+0+0=00',
        );
        const columns = text.split(': ').at(-1)?.split(' ') ?? [];
        const digits = columns.map((column) => column.at(-1)).reverse();
        expect(Number(digits.join(''))).toBe(left * right);
      }
    }
  });

  test('a partial product on the right of a line is the product on its left', () => {
    for (let index = 0; index < 500; index++) {
      const lines = trace(multiplication.generate(2, index), 'en').split('\n').slice(0, 2);
      for (const line of lines) {
        const [, factor, digit, product] = line.match(/^(\d+)\*(\d):.* (\d+)$/) as RegExpMatchArray;
        expect(Number(factor) * Number(digit)).toBe(Number(product));
      }
    }
  });

  test.each([
    '1693',
    '47*36',
    '47 * 36 = 1692',
    '01692',
    '1692.0',
    '1,692',
    '-1692',
    '١٦٩٢',
    '',
    '1692 1692',
    '9**9',
  ])('refuses %j for 47 * 36', (text) => {
    expect(verify({ left: 47, right: 36 }, text).correct).toBe(false);
  });

  test('accepts white space around the number', () => {
    expect(verify({ left: 47, right: 36 }, ' 1692\n').correct).toBe(true);
  });

  test('siblings share their canonical text, and more than 400 problems are held out', () => {
    expect(canonical({ left: 36, right: 47 })).toBe(canonical({ left: 47, right: 36 }));
    let heldOut = 0;
    for (let left = 10; left <= 99; left++) {
      for (let right = left; right <= 99; right++)
        if (splitOf(canonical({ left, right })) === 'held-out') heldOut++;
    }
    expect(heldOut).toBeGreaterThan(400);
    expect(heldOut).toBeLessThan(600);
  });

  test('difficulty bounds the factors', () => {
    for (let index = 0; index < 200; index++) {
      const { left, right } = multiplication.generate(1, index, { difficulty: { lowest: 20, highest: 30 } });
      expect(Math.min(left, right)).toBeGreaterThanOrEqual(20);
      expect(Math.max(left, right)).toBeLessThanOrEqual(30);
    }
    expect(() => multiplication.generate(1, 0, { difficulty: { lowest: 5, highest: 99 } })).toThrow(
      expect.objectContaining({ code: 'TGL_DIFFICULTY_INVALID' }),
    );
  });
});
