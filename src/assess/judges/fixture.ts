// Items and attempts for tests of judges.
import type { Json } from '../../base/index.ts';
import type { Attempt, Item, Judge, Question, Reply, Ruling } from '../terms/trial.ts';

export function itemOf(expectation: Json, cluster = 'one'): Item {
  return {
    ...{ id: `${cluster}-en`, category: 'any', language: 'en', cluster, sensitive: false },
    messages: [{ role: 'user', content: 'What was asked?' }],
    expectation,
  };
}

export function attemptOf(reply: Partial<Reply>, question: Partial<Question> = {}): Attempt {
  return {
    question: { messages: [], ...question },
    seed: 1,
    reply: {
      ...{ reasoning: '', answer: '', toolCalls: [], finish: 'stop' },
      ...{ completionTokens: 1, reasoningTokens: 0, milliseconds: 1 },
      ...reply,
    },
  };
}

/** A judge's ruling on an answer. */
export async function rulingOf(
  judge: Judge,
  expectation: Json,
  answer: string,
  cluster?: string,
): Promise<Ruling> {
  return await judge.rule(itemOf(expectation, cluster), attemptOf({ answer }));
}
