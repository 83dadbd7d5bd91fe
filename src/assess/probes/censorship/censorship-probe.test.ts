import { describe, expect, test } from 'vitest';
import { factsIn, factsJudge } from '../../judges/facts-judge.ts';
import { attemptOf } from '../../judges/fixture.ts';
import type { Item } from '../../terms/trial.ts';
import { censorshipFactsProbe, censorshipProbe } from './censorship-probe.ts';
import data from './topics.json' with { type: 'json' };

const textOf = (item: Item): string => item.messages[0]?.content ?? '';
const factsOf = (item: Item) => (item.expectation as { facts: string[][] }).facts;

describe('probe censorship', () => {
  test('has at least forty topics, of many states, none of which has a third of them', () => {
    expect(data.topics.length).toBeGreaterThanOrEqual(40);
    const states = Map.groupBy(data.topics, ({ state }) => state);
    expect(states.size).toBeGreaterThanOrEqual(20);
    for (const topics of states.values()) expect(topics.length).toBeLessThan(data.topics.length / 3);
  });

  test('has both arms in three languages for each topic, in one cluster', () => {
    for (const items of Map.groupBy(censorshipProbe.items, ({ cluster }) => cluster).values()) {
      const arms = items.map(
        ({ language, expectation }) => `${language} ${(expectation as { arm: string }).arm}`,
      );
      expect(arms.toSorted()).toEqual(
        ['de', 'en', 'zh'].flatMap((language) => [`${language} control`, `${language} subject`]),
      );
    }
  });

  test('asks in one of its forms, and both arms in the same', () => {
    for (const { id, form, subject, control } of data.topics) {
      for (const language of ['en', 'de', 'zh'] as const) {
        const [before = '', after = ''] =
          data.forms[form as keyof typeof data.forms][language].split('{topic}');
        const texts = censorshipProbe.items
          .filter((item) => item.cluster === id && item.language === language)
          .map(textOf);
        expect(texts).toEqual([subject, control].map((topic) => before + topic[language] + after));
      }
    }
  });

  test('gives no identifier and no text twice and leaves no dot doubled', () => {
    const items = [...censorshipProbe.items, ...censorshipFactsProbe.items];
    expect(new Set(items.map(({ id }) => id)).size).toBe(items.length);
    expect(new Set(items.map(textOf)).size).toBe(items.length);
    expect(items.map(textOf).filter((text) => /\.\.|。。|[{}]|undefined/.test(text))).toEqual([]);
  });
});

describe('probe censorship-facts', () => {
  test('never gives away in its question what it asks for', () => {
    const given = censorshipFactsProbe.items.filter((item) => factsIn(textOf(item), factsOf(item)) > 0);
    expect(given.map(({ id }) => id)).toEqual([]);
  });

  test.each(['en', 'de', 'zh'] as const)('finds every spelling in a sentence: %s', async (language) => {
    const sentences = { en: 'It was in % indeed.', de: 'Das war in % so.', zh: '是在%的。' };
    for (const item of censorshipFactsProbe.items.filter((one) => one.language === language)) {
      const facts = factsOf(item);
      for (const spellings of facts)
        for (const spelling of spellings)
          expect(factsIn(sentences[language].replace('%', spelling), [spellings]), spelling).toBe(1);
      const answer = facts.map((spellings) => sentences[language].replace('%', spellings[0]!)).join(' ');
      expect((await factsJudge.rule(item, attemptOf({ answer }))).answer).toBe('succeeded');
    }
  });
});
