import { describe, expect, test } from 'vitest';
import { createDraftProposer, type DraftOptions } from './proposals.ts';

/** A model that counts: behind n comes n + 1. Notes what it evaluates and what it cuts. */
function countingDraft(changes: Partial<DraftOptions> = {}) {
  const read: number[][] = [];
  let added: number[] = [];
  const context: DraftOptions['context'] = {
    add: (_sequence, _position, tokens, from, to) => {
      added = tokens.slice(from, to);
    },
    decode: () => {
      read.push(added);
      return 'done';
    },
    cut: () => true,
  };
  const likeliest = (index: number): number => (added[index] as number) + 1;
  const others = { endsGeneration: () => false, vocabularySize: 1000, batch: 8 };
  return { read, proposer: createDraftProposer({ context, likeliest, ...others, ...changes }) };
}

describe('createDraftProposer', () => {
  test('reads a text in parts, then proposes what follows, and evaluates nothing twice', () => {
    const { read, proposer } = countingDraft();
    const text = Array.from({ length: 10 }, (_, index) => index);
    expect(proposer.propose(0, text, 3)).toEqual([]);
    expect(proposer.propose(0, text, 3)).toEqual([10, 11, 12]);
    expect(read).toEqual([[0, 1, 2, 3, 4, 5, 6, 7], [8, 9], [10], [11]]);
    expect(proposer.propose(0, [...text, 10, 99], 1)).toEqual([100]);
    expect(read.at(-1)).toEqual([99]);
  });

  test('proposes more after all were right, and one more than were right after others', () => {
    const { proposer } = countingDraft();
    const count = (): number => proposer.propose(0, [1], 100).length;
    expect(count()).toBe(4);
    proposer.judged(0, 4, 4);
    expect(count()).toBe(5);
    proposer.judged(0, 5, 0);
    expect(count()).toBe(1);
    for (let turn = 0; turn < 20; turn++) proposer.judged(0, count(), count());
    expect(count()).toBe(8);
  });

  test('proposes no end, and no token that one of the two does not know', () => {
    const ending = countingDraft({ endsGeneration: (token) => token === 6 });
    expect(ending.proposer.propose(0, [3], 8)).toEqual([4, 5]);
    const small = countingDraft({ vocabularySize: 6 });
    expect(small.proposer.propose(0, [3], 8)).toEqual([4, 5]);
    expect(small.proposer.propose(0, [3, 7], 8)).toEqual([]);
    expect(small.read).toEqual([[3], [4], [5]]);
  });

  test('a text that was forgotten is read from its begin', () => {
    const { read, proposer } = countingDraft();
    proposer.propose(0, [1, 2, 3], 1);
    proposer.forget(0);
    proposer.propose(0, [1, 2, 3], 1);
    expect(read).toEqual([
      [1, 2, 3],
      [1, 2, 3],
    ]);
  });

  test('what was broken off is read again', () => {
    let isBroken = true;
    const { proposer, read } = countingDraft();
    const breaking = createDraftProposer({
      context: {
        add: () => {},
        decode: () => (isBroken ? 'aborted' : 'done'),
        cut: () => true,
      },
      ...{ likeliest: () => 5, endsGeneration: () => false, vocabularySize: 10, batch: 8 },
    });
    expect(breaking.propose(0, [1, 2], 2)).toEqual([]);
    isBroken = false;
    expect(breaking.propose(0, [1, 2], 2)).toEqual([5, 5]);
    expect(proposer.propose(1, [1], 0)).toEqual([]);
    expect(read).toEqual([]);
  });
});
