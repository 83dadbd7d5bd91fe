// Who is withdrawn, and when.
import { expect, test } from 'vitest';
import { seededRandom } from '../../base/index.ts';
import { drawQuestion, evidenceOfChange, noKnownAnswers, questionAt, withAnswer } from './known-answers.ts';
import { simulateServer } from './simulation.ts';

const few = [1, 2];

test.each([
  ['another model', { becomes: 'another', after: 0, hasProbabilities: true }],
  [
    'another model, much later, without log-probabilities',
    { becomes: 'another', after: 150, hasProbabilities: false },
  ],
  ['a copy of five bits', { becomes: 5, after: 0, hasProbabilities: true }],
  [
    'another model for half of the requests',
    { becomes: 'another', share: 0.5, after: 0, hasProbabilities: true },
  ],
] as const)('a server that goes on with %s is withdrawn within 200 questions', async (_, server) => {
  for (const seed of few) {
    const found = await simulateServer(seed, { ...server, questions: server.after + 200 });
    expect(found).not.toBeNull();
    expect(found).toBeGreaterThan(0);
  }
});

test('a server that stays what it was is not withdrawn, though it rounds more under load', async () => {
  for (const seed of few) {
    const server = { becomes: 'same', after: 0, questions: 200, hasProbabilities: true } as const;
    expect(await simulateServer(seed, server)).toBeNull();
  }
});

test("a question is the same whenever it is asked, and what is asked next follows from nobody's answer", () => {
  const key = '01'.repeat(32);
  const [one, other] = ['yes', 'no'].map((text) => {
    let known = noKnownAnswers(key, false);
    const random = seededRandom(4);
    return Array.from({ length: 40 }, () => {
      const index = drawQuestion(known, random);
      known = withAnswer(known, index, { text, places: [] });
      return [index, questionAt(known, index)];
    });
  });
  expect(one).toEqual(other);
});

test('manners that a server does not know are not asked, and nothing is evident before anything was answered', () => {
  const known = noKnownAnswers('01'.repeat(32), false);
  expect(Array.from({ length: 20 }, (_, index) => questionAt(known, index).manner)).not.toContain(
    'probabilities',
  );
  expect(evidenceOfChange(known)).toBeCloseTo(0, 9);
});
