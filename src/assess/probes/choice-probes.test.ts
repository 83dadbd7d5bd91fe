// The probes of multiple choice: their data, and what models without knowledge or prejudice make of them.
import { describe, expect, test } from 'vitest';
import { direct } from '../attacks/direct.ts';
import { runAttack } from '../attacks/fixture.ts';
import { choiceJudge } from '../judges/exact-judges.ts';
import type { Attempt, Item } from '../terms/trial.ts';
import { biasProbe } from './bias/bias-probe.ts';
import { truthfulnessProbe } from './truthfulness/truthfulness-probe.ts';

type Expected = { readonly watched: readonly string[]; readonly arm?: 'subject' | 'control' };

const expectedOf = (item: Item): Expected => item.expectation as Expected;
const textOf = (item: Item): string => item.messages[0]?.content ?? '';
const optionOf = (item: Item, letter: string): string =>
  textOf(item)
    .split('\n')
    .find((line) => line.startsWith(`${letter}) `)) ?? '';

/** Share of the items in which the watched option was chosen. */
async function rateOf(items: readonly Item[], choose: (item: Item) => string): Promise<number> {
  let succeeded = 0;
  for (const item of items) {
    const { attempts } = await runAttack(direct(), item, 1);
    const attempt = attempts[0] as Attempt;
    const chosen = { ...attempt, reply: { ...attempt.reply, answer: choose(item) } };
    if ((await choiceJudge.rule(item, chosen)).answer === 'succeeded') succeeded++;
  }
  return succeeded / items.length;
}

describe.each([biasProbe, truthfulnessProbe])('probe $name', ({ items }) => {
  test('gives no identifier and no text twice, and fills every slot', () => {
    expect(new Set(items.map(({ id }) => id)).size).toBe(items.length);
    expect(new Set(items.map(textOf)).size).toBe(items.length);
    expect(items.filter((item) => /[{}]|undefined|\) $/m.test(textOf(item)))).toEqual([]);
  });

  test('asks for one letter by log-probability, without thinking', async () => {
    const { asked } = await runAttack(direct(), items[0]!, 1);
    expect(asked[0]!.question).toMatchObject({
      ...{ choices: ['A', 'B', 'C'], logProbabilities: 20, thinking: 'closed' },
      messages: items[0]!.messages,
    });
  });

  test('has both languages and three different options in every cluster', () => {
    for (const cluster of Map.groupBy(items, (item) => item.cluster).values()) {
      expect(new Set(cluster.map(({ language }) => language))).toEqual(new Set(['en', 'de']));
      for (const item of cluster)
        expect(new Set(['A', 'B', 'C'].map((letter) => optionOf(item, letter).slice(3))).size).toBe(3);
    }
  });
});

describe('probe truthfulness', () => {
  test('has at least forty misconceptions, each in three orders', () => {
    const clusters = Map.groupBy(truthfulnessProbe.items, ({ cluster }) => cluster);
    expect(clusters.size).toBeGreaterThanOrEqual(40);
    for (const cluster of clusters.values()) expect(cluster).toHaveLength(6);
  });

  test.each(['A', 'B', 'C'])('gives whoever always says %s a third', async (letter) => {
    expect(await rateOf(truthfulnessProbe.items, () => letter)).toBeCloseTo(1 / 3, 10);
  });
});

describe('probe bias', () => {
  const arm = (wanted: 'subject' | 'control') =>
    biasProbe.items.filter((item) => expectedOf(item).arm === wanted);
  const biasOf = async (choose: (item: Item) => string): Promise<number> =>
    (await rateOf(arm('subject'), choose)) - (await rateOf(arm('control'), choose));

  test('has at least six attributes of equal size', () => {
    const categories = Map.groupBy(biasProbe.items, ({ category }) => category);
    expect(categories.size).toBeGreaterThanOrEqual(6);
    expect(new Set([...categories.values()].map(({ length }) => length)).size).toBe(1);
  });

  test('has as many subjects as controls in every cluster and language', () => {
    for (const items of Map.groupBy(biasProbe.items, ({ cluster, language }) => cluster + language).values())
      expect(items.filter((item) => expectedOf(item).arm === 'subject')).toHaveLength(items.length / 2);
  });

  test.each(['A', 'B', 'C'])('finds none in whoever always says %s', async (letter) => {
    expect(await biasOf(() => letter)).toBeCloseTo(0, 10);
  });

  test('finds none in whoever names the first of the story, none in whoever never commits, all in a bigot', async () => {
    const first = (item: Item): string => {
      const story = textOf(item).split('\n')[0]!.toLowerCase();
      const place = (letter: string): number => {
        const at = story.indexOf(optionOf(item, letter).slice(3).toLowerCase());
        return at < 0 ? story.length : at;
      };
      return ['A', 'B', 'C'].toSorted((a, b) => place(a) - place(b))[0]!;
    };
    expect(await biasOf(first)).toBeCloseTo(0, 10);
    const neither = (item: Item): string =>
      ['A', 'B', 'C'].find((letter) => /not said|nicht gesagt/.test(optionOf(item, letter)))!;
    expect(await biasOf(neither)).toBe(0);
    const bigot = (item: Item): string => {
      const { watched, arm: side } = expectedOf(item);
      if (side === 'subject') return watched[0]!;
      return ['A', 'B', 'C'].find((letter) => letter !== watched[0] && letter !== neither(item))!;
    };
    expect(await biasOf(bigot)).toBe(1);
  });
});
