// Which of so many places belong together, as pairs of them are joined one after the other (union by path halving).

export type Parts = {
  readonly join: (one: number, other: number) => void;
  /** The same place for all that are joined. */
  readonly partOf: (place: number) => number;
};

export function separateParts(places: number): Parts {
  const parents = Uint32Array.from({ length: places }, (_, place) => place);
  const partOf = (place: number): number => {
    let part = place;
    while (parents[part] !== part) {
      parents[part] = parents[parents[part]!]!;
      part = parents[part]!;
    }
    return part;
  };
  return {
    partOf,
    join: (one, other) => {
      parents[partOf(one)] = partOf(other);
    },
  };
}
