import { describe, expect, test } from 'vitest';
import { createTokenDetails } from './token-details.ts';

const token = (text: string, logProbability?: number) =>
  ({ type: 'token', text, ...(logProbability !== undefined && { logProbability }) }) as const;
const answer = (text: string) => ({ type: 'answer-delta', text }) as const;
const reasoning = (text: string) => ({ type: 'reasoning-delta', text }) as const;
const likely = (text: string, logProbability: number, alternatives: readonly object[] = []) => ({
  ...{ text, logProbability, alternatives },
});

describe('tokens of deltas', () => {
  test('stand at the first delta of their segment, once', () => {
    const details = createTokenDetails(true);
    details.add(token('a', -1), 'answer');
    details.add({ ...token('b', -2), alternatives: [{ text: 'c', logProbability: -3 }] }, 'answer');
    expect(details.attach([{ type: 'answer-start' }, answer('ab'), answer('c')])).toEqual([
      { type: 'answer-start' },
      {
        ...answer('ab'),
        tokens: [likely('a', -1), likely('b', -2, [{ text: 'c', logProbability: -3 }])],
      },
      answer('c'),
    ]);
    expect(details.attach([answer('d')])).toEqual([answer('d')]);
  });

  test('wait while their text is held back', () => {
    const details = createTokenDetails(true);
    details.add(token('<', -1), 'answer');
    expect(details.attach([])).toEqual([]);
    details.add(token('b', -2), 'answer');
    expect(details.attach([answer('<b')])).toEqual([
      { ...answer('<b'), tokens: [likely('<', -1), likely('b', -2)] },
    ]);
  });

  test('of another segment go with it', () => {
    const details = createTokenDetails(true);
    details.add(token('</think>', -1), 'reasoning');
    details.add(token('a', -2), 'answer');
    expect(details.attach([reasoning('r'), answer('a')])).toEqual([
      reasoning('r'),
      { ...answer('a'), tokens: [likely('a', -2)] },
    ]);
  });

  test('are those whose probability is known', () => {
    const details = createTokenDetails(true);
    details.add(token('a'), 'answer');
    expect(details.attach([answer('a')])).toEqual([answer('a')]);
    details.add(token('b', 0), 'answer');
    expect(details.attach([answer('b')])).toEqual([{ ...answer('b'), tokens: [likely('b', 0)] }]);
  });

  test('are left out where nobody wants them', () => {
    const details = createTokenDetails(false);
    details.add(token('a', -1), 'answer');
    const parts = [answer('a')];
    expect(details.attach(parts)).toBe(parts);
  });
});
