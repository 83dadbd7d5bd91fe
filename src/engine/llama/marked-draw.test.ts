import { expect, test } from 'vitest';
import { createKeyedUniforms, seededRandom } from '../../base/index.ts';
import { createMarkedDraw } from './marked-draw.ts';

const keyOf = (index: number): string => index.toString(16).padStart(64, '0');
const tokens = [...Array(12).keys()];
const random = seededRandom(7);
const logits = tokens.map(() => 3 * random.next());
const weights = logits.map(Math.exp);
const total = weights.reduce((sum, weight) => sum + weight, 0);
const window = 4;

test('over keys each token comes as often as the model would have it', () => {
  const counts = tokens.map(() => 0);
  const keys = 20_000;
  for (let index = 0; index < keys; index++) {
    const chosen = createMarkedDraw({ key: keyOf(index), window }, [1, 2, 3], random).choose({
      tokens,
      logits,
    });
    counts[chosen as number] = (counts[chosen as number] as number) + 1;
  }
  const squares = tokens.map((token) => {
    const expected = (keys * (weights[token] as number)) / total;
    return ((counts[token] as number) - expected) ** 2 / expected;
  });
  // Chi-squared with 11 degrees of freedom exceeds 31.3 once in a thousand.
  expect(squares.reduce((sum, square) => sum + square, 0)).toBeLessThan(31.3);
});

/** Text of a model that ignores what it has written, and thinks these tokens likely. */
function writeMarked(key: string, length: number, share = 1, seed = 11): readonly number[] {
  const without = seededRandom(seed);
  const draw = createMarkedDraw({ key, window, share }, [], without);

  return Array.from({ length }, () => {
    const token = draw.choose({ tokens, logits }) ?? without.integer(0, tokens.length - 1);
    draw.take(token);
    return token;
  });
}

/** The chance that text which has nothing to do with the key has numbers as large as these, each context once. */
function chanceUnder(key: string, text: readonly number[]): number {
  const { behind } = createKeyedUniforms(Buffer.from(key, 'hex'));
  const seen = new Set<string>();
  let [score, count] = [0, 0];
  for (let place = window; place < text.length; place++) {
    const context = text.slice(place - window, place);
    if (seen.has(context.join())) continue;
    seen.add(context.join());
    score -= Math.log1p(-(behind(context, [text[place] as number])[0] as number));
    count++;
  }
  return gammaTail(count, score);
}

/** P(Gamma(shape) > x) for a whole shape: a Poisson variable of mean x is below it. */
function gammaTail(shape: number, x: number): number {
  let [term, sum] = [Math.exp(-x), 0];
  for (let index = 0; index < shape; index++) {
    sum += term;
    term *= x / (index + 1);
  }
  return sum;
}

test('the key is found again in text, and other keys are as likely to fit as chance has it', () => {
  const text = writeMarked(keyOf(1), 400);
  expect(chanceUnder(keyOf(1), text)).toBeLessThan(1e-12);
  const others = Array.from({ length: 999 }, (_, index) => chanceUnder(keyOf(index + 2), text)).toSorted(
    (one, other) => one - other,
  );
  const distance = Math.max(
    ...others.map((chance, index) => Math.abs(chance - (index + 0.5) / others.length)),
  );
  expect(distance).toBeLessThan(1.63 / Math.sqrt(others.length));
});

test('behind a context that was there before nothing is drawn by the key', () => {
  const { choose, take } = createMarkedDraw({ key: keyOf(1), window: 2 }, [5, 5], random);
  expect(choose({ tokens, logits })).toBeDefined();
  take(5);
  expect(choose({ tokens, logits })).toBeUndefined();
  take(6);
  expect(choose({ tokens, logits })).toBeDefined();
});

test('with half of the tokens drawn by the key the text has it still, and two texts differ', () => {
  const half = [11, 12].map((seed) => writeMarked(keyOf(1), 400, 0.5, seed));
  for (const text of half) expect(chanceUnder(keyOf(1), text)).toBeLessThan(1e-6);
  expect(half[0]).not.toEqual(half[1]);
  expect(writeMarked(keyOf(1), 40, 1, 11).slice(0, 8)).toEqual(writeMarked(keyOf(1), 40, 1, 12).slice(0, 8));
});
