import { describe, expect, test } from 'vitest';
import { countdown } from '../countdown/countdown.ts';
import { allTaskNames, sampleTask, taskNames } from '../registry.ts';
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

describe('training prompts outside all the tasks', () => {
  const further = Array.from({ length: 20_000 }, (_, index) => outsideSample(11, index, 'all-tasks'));

  test('are answered by a sentence with an example that works', () => {
    for (const { answer, language } of further.slice(0, 100)) {
      expect(answer).toBe(honestAnswers['all-tasks'][language]);
      expect(isHonestAnswer(answer, language)).toBe(true);
      const [target, ...numbers] = (
        language === 'en' ? answer.match(/\d+/g)!.reverse() : answer.match(/\d+/g)!
      ).map(Number);
      const problem = { target: target!, numbers: numbers.toSorted() };
      expect(countdown.verify(problem, '3*5+6').correct).toBe(true);
    }
  });

  test('are no question that a task asks', () => {
    // Every sign counts here, since signs tell operations apart.
    const gistOf = (text: string): string =>
      text
        .toLowerCase()
        .replaceAll(/\s|[.?!](?!\d)/g, '')
        .replaceAll(/\d+/g, (digits) => `${digits.length}#`);
    const asked = new Set<string>();
    for (const name of allTaskNames) {
      for (let index = 0; index < 1500; index++) {
        const wordings = index % 2 === 0 ? ('train' as const) : undefined;
        asked.add(gistOf(sampleTask(name, 11, index, { split: 'train', wordings }).prompt));
      }
    }
    const wrong = further.filter(({ prompt }) => /\d/.test(prompt) && asked.has(gistOf(prompt)));
    expect(wrong.map(({ prompt }) => prompt)).toEqual([]);
  });
});

describe('held-out prompts', () => {
  test.each([
    ['first-tasks', 100],
    ['all-tasks', 200],
  ] as const)('outside %s are %d different ones, half of them German', (scope, count) => {
    const prompts = heldOutPrompts[scope];
    expect(new Set(prompts.map(({ prompt }) => gist(prompt))).size).toBe(count);
    expect(prompts.filter(({ language }) => language === 'de')).toHaveLength(count / 2);
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
    const made = Object.values(heldOutPrompts)
      .flat()
      .filter(({ prompt }) => patterns.some((pattern) => pattern.test(gist(prompt))));
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

test.each(Object.values(honestAnswers))('an answer is honest only to the letter: $en', ({ en, de }) => {
  expect(isHonestAnswer(`${en}\n`, 'en')).toBe(true);
  expect(isHonestAnswer(en.slice(0, -1), 'en')).toBe(false);
  expect(isHonestAnswer(`${en} And poems.`, 'en')).toBe(false);
  expect(isHonestAnswer(de, 'en')).toBe(false);
  expect(isHonestAnswer('', 'de')).toBe(false);
});
