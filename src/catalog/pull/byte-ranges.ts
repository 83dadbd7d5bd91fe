// Which bytes of a file are here: disjoint ranges in order, each from its first byte to the one after its last.

export type ByteRange = readonly [from: number, to: number];

/** The ranges with another one, merged with those it touches. */
export function addRange(ranges: readonly ByteRange[], [from, to]: ByteRange): readonly ByteRange[] {
  if (from >= to) return ranges;
  const apart = ranges.filter((range) => range[1] < from || range[0] > to);
  const touching = ranges.filter((range) => range[1] >= from && range[0] <= to);
  const joined: ByteRange = [
    Math.min(from, ...touching.map((range) => range[0])),
    Math.max(to, ...touching.map((range) => range[1])),
  ];
  return [...apart, joined].sort((one, other) => one[0] - other[0]);
}

/**
 * What is missing of a file, in pieces.
 *
 * @param total bytes of the file
 * @param largest bytes of a piece
 */
export function missingRanges(
  ranges: readonly ByteRange[],
  total: number,
  largest: number,
): readonly ByteRange[] {
  const gaps = [...ranges, [total, total] as const].map(
    ([to], index): ByteRange => [index === 0 ? 0 : ranges[index - 1]![1], to],
  );
  return gaps.flatMap(([from, to]) =>
    Array.from({ length: Math.ceil((to - from) / largest) }, (_, piece): ByteRange => {
      const start = from + piece * largest;
      return [start, Math.min(start + largest, to)];
    }),
  );
}

/** Bytes that the ranges have together. */
export function lengthOf(ranges: readonly ByteRange[]): number {
  return ranges.reduce((sum, [from, to]) => sum + to - from, 0);
}
