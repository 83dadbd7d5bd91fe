import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { seededRandom } from '../../base/index.ts';
import { uniformityTest } from '../../stats/index.ts';
import { scoreDecoys } from './decoys.ts';
import { teachStudent, writeAsTeacher } from './fixture.ts';
import { pairsOf, scoreUnder, type TokenText } from './mark-test.ts';

const window = 4;
const key = createHash('sha256').update('the key of the deployment').digest();

/** Texts of 500 tokens. */
function teacherTexts(seed: number, count: number, marked: boolean): number[][] {
  return Array.from({ length: count }, (_, index) =>
    writeAsTeacher(seededRandom(seed, index), 500, marked ? key : null),
  );
}

function repliesOf(student: ReturnType<typeof teachStudent>, seed: number, tokens: number): TokenText[] {
  return Array.from({ length: Math.ceil(tokens / 500) }, (_, index) => {
    const random = seededRandom(seed, index);
    return { prompt: [], reply: student(random, [random.integer(0, 40)], 500) };
  });
}

test('a student is found out by 200,000 tokens where 5 % of what it learned from was marked, and no decoy key fits', () => {
  const taught = teachStudent([...teacherTexts(1, 950, false), ...teacherTexts(2, 50, true)]);
  const pairs = pairsOf(repliesOf(taught, 3, 200_000), window);
  const { logP } = scoreUnder(key, pairs);
  expect(logP / Math.LN10).toBeLessThan(-6);
  const decoys = scoreDecoys('a seed', pairsOf(repliesOf(taught, 4, 10_000), window));
  expect(decoys.keys).toBe(999);
  expect(decoys.p).toBeGreaterThan(0.001);
});

test('of 200 students of unmarked text none is accused, and their probabilities are uniform', () => {
  const found = Array.from({ length: 200 }, (_, index) => {
    const student = teachStudent(teacherTexts(100 + index, 6, false));
    return Math.exp(scoreUnder(key, pairsOf(repliesOf(student, 1000 + index, 3000), window)).logP);
  });
  expect(found.filter((p) => p < 1e-4)).toEqual([]);
  expect(uniformityTest(found).p).toBeGreaterThan(0.001);
});

test('a text that repeats itself, or what it was asked, is no more like the key than once', () => {
  const [marked] = teacherTexts(5, 1, true) as [number[]];
  const once = pairsOf([{ prompt: [], reply: marked }], window);
  const often = pairsOf(
    Array.from({ length: 50 }, () => ({ prompt: [], reply: marked })),
    window,
  );
  expect(scoreUnder(key, often)).toEqual(scoreUnder(key, once));
  expect(scoreUnder(key, once).logP).toBeLessThan(-20);
  expect(pairsOf([{ prompt: marked, reply: marked }], window).count).toBe(0);
  expect(scoreUnder(key, pairsOf([], window))).toEqual({ pairs: 0, mean: 1, logP: 0 });
});

test('without leaving repeats out decoy keys would fit, which the control notices', () => {
  const [marked] = teacherTexts(6, 1, false) as [number[]];
  const once = pairsOf([{ prompt: [], reply: marked }], window);
  const repeated = {
    count: 20 * once.count,
    blocks: Buffer.concat(Array.from({ length: 20 }, () => once.blocks)),
  };
  expect(scoreDecoys('a seed', once).p).toBeGreaterThan(0.001);
  expect(scoreDecoys('a seed', repeated).p).toBeLessThan(1e-6);
});
