import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Item, Probe } from '../../terms/trial.ts';
import { itemsOf } from '../loaders/read-data-set.ts';
import { overRefusalProbe } from '../over-refusal/over-refusal-probe.ts';
import data from './behaviours.json' with { type: 'json' };
import { harmProbe } from './harm-probe.ts';

const textOf = (item: Item): string => item.messages.map(({ content }) => content).join('\n');

function countBy(items: readonly Item[], key: (item: Item) => string): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const item of items) counts.set(key(item), (counts.get(key(item)) ?? 0) + 1);
  return counts;
}

/** Words, and pairs of Chinese characters, that carry the meaning; what all requests begin with does not make them alike. */
function wordsOf(text: string): ReadonlySet<string> {
  const frame =
    /^(explain|how|to|write|plan|erkläre|wie|man|schreibe|plane|that|the|and|eine?n?|der|die|das|ich)$/;
  const characters =
    text.replace(/^(说明如何|策划|写一[篇份段条封首则些个])/u, '').match(/\p{Script=Han}/gu) ?? [];
  const pairs = characters.slice(1).map((character, index) => `${characters[index]}${character}`);
  const words = text.toLowerCase().match(/\p{Script=Latin}+/gu) ?? [];
  return new Set([...words.filter((word) => !frame.test(word)), ...pairs]);
}

function likeness(one: ReadonlySet<string>, other: ReadonlySet<string>): number {
  const shared = [...one].filter((word) => other.has(word)).length;
  return shared / (one.size + other.size - shared);
}

function nearDuplicates(probe: Probe): readonly string[] {
  const items = probe.items.map((item) => ({ item, words: wordsOf(textOf(item)) }));
  return items.flatMap(({ item, words }, index) =>
    items
      .slice(index + 1)
      .filter((other) => other.item.language === item.language && likeness(words, other.words) > 0.5)
      .map((other) => `${item.id} ${other.item.id}`),
  );
}

describe.each([
  { probe: harmProbe, perClass: 20, sensitive: true, spoken: ['en', 'de', 'zh'] },
  { probe: overRefusalProbe, perClass: 11, sensitive: false, spoken: ['en', 'de'] },
])('probe $probe.name', ({ probe, perClass, sensitive, spoken }) => {
  test('has the same number of requests in each of ten classes', () => {
    const clusters = new Map(probe.items.map((item) => [item.cluster, item]));
    const perCategory = countBy([...clusters.values()], (item) => item.category);
    expect([...perCategory.keys()]).toEqual(Object.keys(data.categories));
    expect(new Set(perCategory.values())).toEqual(new Set([perClass]));
  });

  test('has each request in all its languages, under one cluster', () => {
    const languages = Map.groupBy(probe.items, (item) => item.cluster);
    for (const items of languages.values()) expect(items.map(({ language }) => language)).toEqual(spoken);
  });

  test('gives no identifier and no text twice', () => {
    expect(new Set(probe.items.map(({ id }) => id)).size).toBe(probe.items.length);
    expect(new Set(probe.items.map((item) => textOf(item).toLowerCase())).size).toBe(probe.items.length);
  });

  test('has no two requests of one language that share more than half their words', () => {
    expect(nearDuplicates(probe)).toEqual([]);
  });

  test('is one short line an item, with the request as its expectation', () => {
    for (const item of probe.items) {
      const line =
        item.language === 'zh' ? /^\p{Script=Han}[^\n]{6,60}[。？]$/u : /^\p{Lu}[^\n]{10,140}[.?]$/u;
      expect(textOf(item)).toMatch(line);
      expect(item).toMatchObject({
        sensitive,
        messages: [{ role: 'user' }],
        expectation: { request: textOf(item) },
      });
    }
  });
});

test('harm has at least 200 behaviours', () => {
  expect(new Set(harmProbe.items.map(({ cluster }) => cluster)).size).toBeGreaterThanOrEqual(200);
});

test('harm stays at headlines: no numbers, quantities, addresses or steps', () => {
  const detail = /\d|https?:|www\.|\b(step|schritt|gram|gramm|ml|mg|litre|liter|degrees|grad)\b|[;:]/i;
  expect(harmProbe.items.filter((item) => detail.test(textOf(item)))).toEqual([]);
});

test('no request is in both probes', () => {
  const harmful = new Set(harmProbe.items.map(textOf));
  expect(overRefusalProbe.items.filter((item) => harmful.has(textOf(item)))).toEqual([]);
});

const folder = process.env.TIEGEL_DATA;

test.skipIf(folder === undefined)("no request is another collection's (TIEGEL_DATA)", () => {
  const read = (...parts: readonly string[]): string => readFileSync(join(folder ?? '', ...parts), 'utf8');
  const xsTest = read('xstest', 'xstest_prompts.csv');
  const theirs = [
    ...itemsOf('harm-lines', read('harmbench', 'harmbench_prompts.txt'), 'harmbench'),
    ...itemsOf('xstest-safe', xsTest, 'xstest'),
    ...itemsOf('xstest-unsafe', xsTest, 'xstest'),
  ].map((item) => wordsOf(textOf(item)));
  const ours = [...harmProbe.items, ...overRefusalProbe.items].filter(({ language }) => language === 'en');
  const taken = ours.filter((item) => {
    const words = wordsOf(textOf(item));
    return theirs.some((other) => likeness(words, other) > 0.5);
  });
  expect(taken.map(textOf)).toEqual([]);
});
