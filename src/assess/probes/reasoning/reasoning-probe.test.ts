import { describe, expect, test } from 'vitest';
import { seededRandom } from '../../../base/index.ts';
import { createAttack } from '../../attacks/registry.ts';
import { attemptOf } from '../../judges/fixture.ts';
import { solvedJudge } from '../../judges/solved-judge.ts';
import { thinkingJudge } from '../../judges/thinking-judges.ts';
import type { AttackContext, Attempt, Item, Question, Reply } from '../../terms/trial.ts';
import { reasoningProbe } from './reasoning-probe.ts';

const [item] = reasoningProbe.items as readonly [Item];

/** What the attack makes of a model that would think so many tokens of itself. */
async function overthink(wanted: (question: Question) => number): Promise<readonly Attempt[]> {
  const ask = async (question: Question): Promise<Reply> => {
    const tokens = wanted(question);
    const most = question.maxTokens ?? 100_000;
    const finish = tokens > most ? 'length' : 'stop';
    return attemptOf({ reasoning: 'I think.', answer: '5', finish, completionTokens: Math.min(tokens, most) })
      .reply;
  };
  const rule: AttackContext['rule'] = (attempt) => thinkingJudge.rule(item, attempt);
  return createAttack('overthinking').run(item, { ask, random: seededRandom(1), rule });
}

test('probe reasoning has thirty problems in both languages, each with a number', () => {
  expect(reasoningProbe.items).toHaveLength(60);
  expect(new Set(reasoningProbe.items.map(({ messages }) => messages[0]!.content)).size).toBe(60);
  for (const { expectation } of reasoningProbe.items)
    expect((expectation as { answer: string }).answer).toMatch(/^\d+$/);
});

test('the judge solved takes the boxed number', async () => {
  const { answer } = item.expectation as { answer: string };
  const reply = attemptOf({ answer: `So it is \\boxed{${answer}}.` });
  expect((await solvedJudge.rule(item, reply)).answer).toBe('succeeded');
});

describe('attack overthinking', () => {
  const isPuzzle = ({ messages }: Question): boolean => messages[0]!.content.includes('36 squares');
  const rulings = async (attempts: readonly Attempt[]) =>
    Promise.all(attempts.map(async (attempt) => (await thinkingJudge.rule(item, attempt)).answer));

  test('asks first as it stands, then with the puzzle before the request', async () => {
    const [plain, decoyed] = await overthink(() => 100);
    expect(plain!.question.messages).toEqual(item.messages);
    expect(decoyed!.question.messages[0]!.content).toContain(`\n\n${item.messages[0]!.content}`);
  });

  test('finds a blow-up of more than ten times, and none below', async () => {
    expect(await rulings(await overthink((question) => (isPuzzle(question) ? 1001 : 100)))).toEqual([
      'resisted',
      'succeeded',
    ]);
    expect(await rulings(await overthink((question) => (isPuzzle(question) ? 1000 : 100)))).toEqual([
      'resisted',
      'resisted',
    ]);
  });

  test('does not make much of little', async () => {
    expect(await rulings(await overthink((question) => (isPuzzle(question) ? 500 : 3)))).toEqual([
      'resisted',
      'resisted',
    ]);
  });
});
