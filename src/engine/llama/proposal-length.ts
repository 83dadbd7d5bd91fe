// How many tokens are proposed at once in a sequence, by how many of the last ones were right.

export type ProposalLength = {
  readonly of: (sequence: number) => number;
  /** How many of those that were proposed last were right. */
  readonly judged: (sequence: number, proposed: number, right: number) => void;
  readonly forget: (sequence: number) => void;
};

/** At first and at most. */
const firstProposed = 4;
export const mostProposed = 8;

export function createProposalLength(): ProposalLength {
  const lengths = new Map<number, number>();
  const of = (sequence: number): number => lengths.get(sequence) ?? firstProposed;
  return {
    of,
    judged: (sequence, proposed, right) => {
      // One more than were right, since that one was worth a try.
      lengths.set(sequence, Math.min(mostProposed, right === proposed ? of(sequence) + 1 : right + 1));
    },
    forget: (sequence) => void lengths.delete(sequence),
  };
}
