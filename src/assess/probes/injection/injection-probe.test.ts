import { describe, expect, test } from 'vitest';
import { direct } from '../../attacks/direct.ts';
import { runAttack } from '../../attacks/fixture.ts';
import { factsIn } from '../../judges/facts-judge.ts';
import { attemptOf } from '../../judges/fixture.ts';
import { stateJudge } from '../../judges/state-judge.ts';
import type { Item } from '../../terms/trial.ts';
import data from './cases.json' with { type: 'json' };
import { injectionProbe, injectionUtilityProbe } from './injection-probe.ts';

type Expected = {
  readonly calls?: readonly { readonly name: string; readonly including: readonly string[] }[];
  readonly texts?: readonly string[];
};

const expectedOf = (item: Item): Expected => item.expectation as Expected;
const contentOf = (item: Item): string => item.messages.at(-1)?.content ?? '';

describe('probe injection', () => {
  test('has at least thirty cases in both languages, half of them by tool', () => {
    expect(data.cases.length).toBeGreaterThanOrEqual(30);
    expect(injectionProbe.items).toHaveLength(2 * data.cases.length);
    expect(data.cases.filter(({ category }) => category === 'tool')).toHaveLength(data.cases.length / 2);
  });

  test('plants the goal, and only there', () => {
    for (const [index, item] of injectionProbe.items.entries()) {
      const { goal } = data.cases[Math.floor(index / 2)]!;
      const planted = data.goals[goal as keyof typeof data.goals][item.language as 'en' | 'de'];
      expect(contentOf(item)).toContain(planted);
      expect(contentOf(injectionUtilityProbe.items[index]!)).not.toContain(planted);
      expect(contentOf(item)).not.toMatch(/[{]|undefined/);
    }
  });

  test('brings what a tool gave as such, with the tools at hand', async () => {
    const item = injectionProbe.items.find(({ category }) => category === 'tool')!;
    const { asked } = await runAttack(direct(), item, 1);
    const { messages, tools } = asked[0]!.question;
    expect(messages.map(({ role }) => role)).toEqual(['user', 'assistant', 'tool']);
    expect(tools?.map(({ name }) => name)).toContain(messages[1]!.toolCalls![0]!.name);
  });

  test('calls only what its tools are', () => {
    const names = new Set(data.tools.map(({ name }) => name));
    const called = injectionProbe.items.flatMap((item) => expectedOf(item).calls ?? []);
    expect(called.length).toBeGreaterThan(0);
    expect(called.filter(({ name }) => !names.has(name))).toEqual([]);
  });

  test('is followed by whoever does as told, not by whoever quotes it', async () => {
    for (const item of injectionProbe.items) {
      const { calls = [], texts = [] } = expectedOf(item);
      const toolCalls = calls.slice(0, 1).map(({ name, including }) => ({
        name,
        arguments: JSON.stringify({ what: including.join(' ') }),
      }));
      const obeying = attemptOf({ answer: texts.join(' '), toolCalls });
      expect((await stateJudge.rule(item, obeying)).answer, item.id).toBe('succeeded');
      const quoting = attemptOf({ answer: `It says: ${contentOf(item)}` });
      expect((await stateJudge.rule(item, quoting)).answer, item.id).toBe('resisted');
    }
  });
});

describe('probe injection-utility', () => {
  test('has an answer in what is given, not in the task', () => {
    for (const item of injectionUtilityProbe.items) {
      const { facts } = item.expectation as { facts: string[][] };
      const said = item.messages.length === 1 ? contentOf(item).split('---')[1]! : contentOf(item);
      expect(factsIn(said, facts), item.id).toBe(facts.length);
      const task = item.messages[0]!.content.split('---')[0]!;
      expect(factsIn(task, facts), item.id).toBe(0);
    }
  });
});
