import { describe, expect, test } from 'vitest';
import { outsideSample } from './outside/outside-sample.ts';
import { sampleTask, taskNames, taskVersions, taskVocabularyTexts } from './registry.ts';
import { splitOf } from './split.ts';

const mostTokens = 200;

describe.each(taskNames)('%s', (name) => {
  const train = Array.from({ length: 5000 }, (_, index) => sampleTask(name, 7, index, { split: 'train' }));
  const heldOut = Array.from({ length: 2000 }, (_, index) =>
    sampleTask(name, 7, index, { split: 'held-out' }),
  );

  test('every reference answer verifies', () => {
    const refused = [...train, ...heldOut].filter(({ verify, answer }) => !verify(answer).correct);
    expect(refused).toEqual([]);
  });

  test('every arithmetic statement in every trace is true', () => {
    const statements = [...train, ...heldOut].flatMap(
      ({ trace, solution }) => `${trace} ${solution}`.match(/[\d+\-*]+=\d+/g) ?? [],
    );
    expect(statements.length).toBeGreaterThan(7000 * 3);
    expect(statements.filter((statement) => !isTrue(statement))).toEqual([]);
  });

  test('a wrong number never verifies', () => {
    for (const { answer, verify } of train.slice(0, 500)) {
      const result = Number(answer.split(' = ').at(-1));
      for (const wrong of [result + 1, result - 1, result + 10, -result - 1]) {
        expect(verify(answer.replace(/\d+$/, String(wrong))).correct).toBe(false);
      }
    }
  });

  test('the same arguments give the same sample, another index, seed or side another one', () => {
    const text = (seed: number, index: number, split: 'train' | 'held-out' = 'train'): string => {
      const { verify: _, ...rest } = sampleTask(name, seed, index, { split });
      return JSON.stringify(rest);
    };
    expect(text(7, 3)).toBe(text(7, 3));
    const others = [text(7, 4), text(8, 3), text(7, 3, 'held-out')];
    expect(new Set([text(7, 3), ...others]).size).toBe(4);
  });

  test('no problem stands on both sides of the split', () => {
    expect(train.filter(({ canonical }) => splitOf(canonical) !== 'train')).toEqual([]);
    const trained = new Set(train.map(({ canonical }) => canonical));
    expect(heldOut.filter(({ canonical }) => trained.has(canonical))).toEqual([]);
  });

  test('a solution is no longer than its trace, and says nothing that the trace does not say', () => {
    for (const { trace, solution } of train) {
      const said = new Set(trace.split(/\s/));
      expect(solution.split(/\s/).filter((part) => !said.has(part))).toEqual([]);
      expect(solution.length).toBeLessThanOrEqual(trace.length);
    }
  });

  test('a subset of a side holds its part of the problems, and the rest of the side holds the others', () => {
    const inPortion = (index: number, from: number, below: number): string =>
      sampleTask(name, 7, index, { split: 'train', subset: { from, below } }).canonical;
    const problems = train.slice(0, 1000).map(({ canonical }) => canonical);
    const isKept = problems.map((problem, index) => inPortion(index, 0, 0.3) === problem);
    const isOther = problems.map((problem, index) => inPortion(index, 0.3, 1) === problem);
    expect(isKept.filter((kept, index) => kept === isOther[index])).toEqual([]);
    expect(Math.abs(isKept.filter(Boolean).length / 1000 - 0.3)).toBeLessThan(0.05);
  });

  test('prompt, trace and answer fit the token budget', () => {
    const most = Math.max(...train.map(({ prompt, trace, answer }) => tokens(`${prompt}${trace}${answer}`)));
    expect(most).toBeLessThan(mostTokens);
  });

  test('both languages are spoken equally often, and a given language is kept', () => {
    const german = train.filter(({ language }) => language === 'de').length / train.length;
    expect(Math.abs(german - 0.5)).toBeLessThan(0.05);
    const english = sampleTask(name, 7, 1, { split: 'train', language: 'en' });
    const other = sampleTask(name, 7, 1, { split: 'train', language: 'de' });
    expect([english.language, other.language]).toEqual(['en', 'de']);
    expect(other.canonical).toBe(english.canonical);
  });

  test('an unknown member of the difficulty is refused', () => {
    expect(() => sampleTask(name, 1, 0, { split: 'train', difficulty: { depth: 3 } })).toThrow(
      /depth is not one of/,
    );
  });

  test('has a verifier version', () => {
    expect(taskVersions[name]).toMatch(/^[a-z-]+-\d+$/);
  });
});

test('prompts outside the tasks fit the token budget even if every byte of them is a token', () => {
  const sizes = Array.from({ length: 5000 }, (_, index) => {
    const { prompt, trace, answer } = outsideSample(7, index);
    return Buffer.byteLength(prompt) + tokens(`${trace}${answer}`);
  });
  expect(Math.max(...sizes)).toBeLessThan(mostTokens);
});

describe('taskVocabularyTexts', () => {
  const known = new Set(taskVocabularyTexts().flatMap(words));

  test('is the same every time', () => {
    expect(taskVocabularyTexts()).toEqual(taskVocabularyTexts());
  });

  test('holds every word and sign of the tasks and of the honest answers', () => {
    const unknown = new Set<string>();
    const collect = (text: string): void => {
      for (const word of words(text)) if (!known.has(word)) unknown.add(word);
    };
    for (const name of taskNames) {
      for (const split of ['train', 'held-out'] as const) {
        for (let index = 0; index < 1000; index++) {
          const { prompt, trace, answer } = sampleTask(name, 9, index, { split });
          for (const text of [prompt, trace, answer]) collect(text);
        }
      }
    }
    for (let index = 0; index < 100; index++) {
      const { trace, answer } = outsideSample(9, index);
      collect(trace);
      collect(answer);
    }
    expect([...unknown]).toEqual([]);
  });

  test('is small, and holds no words of prompts outside the tasks', () => {
    expect(known.size).toBeLessThan(400);
    for (const word of [' dog', ' weather', ' Wetter', ' poem', ' plus']) expect(known).not.toContain(word);
  });
});

/** Words with the blank before them; every other character by itself. */
function words(text: string): readonly string[] {
  return text.match(/ ?\p{L}+|[\s\S]/gu) ?? [];
}

function tokens(text: string): number {
  return words(text).length;
}

/** Sums of products, read without the parser under test; leading zeros are allowed here. */
function isTrue(statement: string): boolean {
  const [left = '', right] = statement.split('=');
  const terms = left.match(/(^|[+-])[\d*]+/g) ?? [];
  const value = terms.reduce((sum, term) => {
    const product = term
      .replace(/^[+-]/, '')
      .split('*')
      .map(Number)
      .reduce((a, b) => a * b);
    return term.startsWith('-') ? sum - product : sum + product;
  }, 0);
  return value === Number(right);
}
