// How much of its thread's time a second kind of work may take beside the first: a part is due once what the parts before
// took is made up for by the first kind's time.

export type TimeShare = {
  /** The first kind of work took so long. */
  readonly earn: (milliseconds: number) => void;
  readonly isDue: () => boolean;
  /** A part took so long. */
  readonly spend: (milliseconds: number) => void;
};

/** @param share of the first kind's time. */
export function createTimeShare(share: number): TimeShare {
  let debt = 0;
  return {
    earn: (milliseconds) => {
      debt = Math.max(0, debt - share * milliseconds);
    },
    isDue: () => debt === 0,
    spend: (milliseconds) => {
      debt += milliseconds;
    },
  };
}
