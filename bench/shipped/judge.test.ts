import { expect, test } from 'vitest';
import { heldOutProblems, outsideSample } from '../../src/tasks/index.ts';
import { judgeAnswer, judgeOutside } from './judge.ts';

const [solvable] = heldOutProblems('countdown', 1, 1);
const [unsolvable] = heldOutProblems('countdown', 1, 1, { difficulty: { unsolvable: 100 } });
const { answer: honest, language } = outsideSample(1, 0);

test('a reply is right, honest, false or says nothing', () => {
  expect(judgeAnswer(solvable!, solvable!.answer)).toBe('right');
  expect(judgeAnswer(solvable!, 'It cannot be made.')).toBe('false');
  expect(judgeAnswer(solvable!, '1+1 = 3')).toBe('false');
  expect(judgeAnswer(solvable!, honest)).toBe('honest');
  expect(judgeAnswer(solvable!, '')).toBe('nothing');
  expect(judgeAnswer(unsolvable!, 'It cannot be made.')).toBe('right');
  expect(judgeAnswer(unsolvable!, '1+2 = 3')).toBe('false');
});

test('a prompt outside the tasks is answered by the honest sentence in its language', () => {
  expect(judgeOutside(language, honest)).toBe('right');
  expect(judgeOutside(language === 'en' ? 'de' : 'en', honest)).toBe('honest');
  expect(judgeOutside('en', '6776')).toBe('false');
  expect(judgeOutside('en', '7*8 = 54')).toBe('false');
  expect(judgeOutside('en', 'Paris')).toBe('nothing');
});
