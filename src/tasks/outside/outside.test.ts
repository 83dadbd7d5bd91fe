import { describe, expect, test } from 'vitest';
import { sampleTask, taskNames } from '../registry.ts';
import { frames } from './frames.ts';
import { heldOutPrompts, isHeldOutPrompt } from './held-out-prompts.ts';
import { honestAnswers, isHonestAnswer } from './honest-answer.ts';
import { outsideSample } from './outside-sample.ts';
import { slotWords } from './words.ts';

const generated = Array.from({ length: 20_000 }, (_, index) => outsideSample(11, index));

/** Case, punctuation and spaces dropped: what makes two prompts the same to a reader. */
function gist(prompt: string): string {
  return prompt.toLowerCase().replaceAll(/[^\p{L}\p{N}+\-*/]/gu, '');
}

describe('training prompts outside the tasks', () => {
  test('are the same for the same seed and index, and others for another seed', () => {
    expect(outsideSample(11, 5)).toEqual(generated[5]);
    const other = generated
      .slice(0, 200)
      .filter(({ prompt }, index) => outsideSample(12, index).prompt === prompt);
    expect(other.length).toBeLessThan(10);
  });

  test('are broad: 17 in 20 of 10,000 differ, and both languages come about equally often', () => {
    const some = generated.slice(0, 10_000);
    expect(new Set(some.map(({ prompt }) => prompt)).size).toBeGreaterThan(8500);
    const german = some.filter(({ language }) => language === 'de').length;
    expect(german).toBeGreaterThan(3500);
    expect(german).toBeLessThan(5000);
  });

  test('are never a prompt of a task', () => {
    const taskPrompts = new Set<string>();
    for (const name of taskNames) {
      for (let index = 0; index < 3000; index++) {
        taskPrompts.add(sampleTask(name, 11, index, { split: 'train' }).prompt);
      }
    }
    const twoDigitProduct = /^\D*\b(\d\d ?(\*|x|mal|times) ?\d\d|mult\w+ \d\d (by|mit) \d\d)\b\D*$/i;
    const countdownOfThree = /^\D*\d+, \d+ (and|und) \d+ [^/^]*\b\d{1,2}\D*$/;
    const wrong = generated.filter(
      ({ prompt }) =>
        twoDigitProduct.test(prompt) || (countdownOfThree.test(prompt) && prompt.includes('+ - *')),
    );
    expect(wrong.map(({ prompt }) => prompt)).toEqual([]);
  });

  test('fill every slot with a word of their language', () => {
    for (const language of ['en', 'de'] as const) {
      const slots = frames[language].flatMap((frame) =>
        [...frame.matchAll(/\{(.*?)\}/g)].map((match) => match[1]),
      );
      expect(Object.keys(slotWords[language])).toEqual(expect.arrayContaining([...new Set(slots)]));
    }
    expect(generated.filter(({ prompt }) => prompt.includes('undefined'))).toEqual([]);
  });

  test('are answered by the honest sentence of their language', () => {
    for (const { answer, language } of generated.slice(0, 100)) {
      expect(isHonestAnswer(answer, language)).toBe(true);
      expect(isHonestAnswer(answer, language === 'en' ? 'de' : 'en')).toBe(false);
    }
  });
});

describe('held-out prompts', () => {
  test('are fifty different ones in each language', () => {
    expect(new Set(heldOutPrompts.map(({ prompt }) => gist(prompt))).size).toBe(100);
    expect(heldOutPrompts.filter(({ language }) => language === 'de')).toHaveLength(50);
  });

  test('occur neither among 20,000 generated prompts nor among the frames, whatever the case and punctuation', () => {
    const trained = [...generated.map(({ prompt }) => prompt), ...frames.en, ...frames.de];
    expect(trained.filter(isHeldOutPrompt)).toEqual([]);
    expect(isHeldOutPrompt('  what IS 15+27')).toBe(true);
  });

  test('cannot be made by filling a frame', () => {
    const patterns = (['en', 'de'] as const).flatMap((language) =>
      frames[language].map((frame) => framePattern(frame, slotWords[language])),
    );
    const made = heldOutPrompts.filter(({ prompt }) =>
      patterns.some((pattern) => pattern.test(gist(prompt))),
    );
    expect(made.map(({ prompt }) => prompt)).toEqual([]);
  });
});

function framePattern(frame: string, words: Readonly<Record<string, readonly string[]>>): RegExp {
  const source = frame.split(/\{(.*?)\}/).map((part, position) => {
    const literal = (text: string): string => RegExp.escape(gist(text));
    return position % 2 === 0 ? literal(part) : `(${(words[part] ?? []).map(literal).join('|')})`;
  });
  return new RegExp(`^${source.join('')}$`, 'u');
}

test('an answer is honest only to the letter', () => {
  expect(isHonestAnswer(`${honestAnswers.en}\n`, 'en')).toBe(true);
  expect(isHonestAnswer(honestAnswers.en.slice(0, -1), 'en')).toBe(false);
  expect(isHonestAnswer(`${honestAnswers.en} And poems.`, 'en')).toBe(false);
  expect(isHonestAnswer('', 'de')).toBe(false);
});
