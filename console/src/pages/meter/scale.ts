// Scales of charts: from values to places of a drawing, and the round values that are marked on them.

export type Scale = {
  readonly at: (value: number) => number;
  readonly ticks: readonly number[];
};

/**
 * Logarithmic, with a little room at both ends.
 *
 * @param values above 0; others are left out
 * @param to may lie before `from`, for a scale that goes up
 */
export function logScale(values: readonly number[], from: number, to: number): Scale {
  const known = values.filter((value) => value > 0 && Number.isFinite(value)).map(Math.log10);
  const [least, most] = known.length === 0 ? [0, 1] : [Math.min(...known), Math.max(...known)];
  const room = Math.max(0.05, (most - least) * 0.04);
  const [low, high] = [least - room, most + room];
  const at = (value: number): number =>
    from + Math.min(1, Math.max(0, (Math.log10(Math.max(value, 1e-300)) - low) / (high - low))) * (to - from);
  return { at, ticks: ticksOf(low, high) };
}

/** One, two and five times powers of ten; fewer of them over a wide range, more over a narrow one. */
function ticksOf(low: number, high: number): readonly number[] {
  const times = high - low > 3 ? [1] : high - low > 0.8 ? [1, 2, 5] : [1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8];
  const powers = Array.from(
    { length: Math.ceil(high) - Math.floor(low) + 1 },
    (_, index) => Math.floor(low) + index,
  );
  const every = powers
    .flatMap((power) => times.map((factor) => Number((factor * 10 ** power).toPrecision(3))))
    .filter((tick) => Math.log10(tick) >= low && Math.log10(tick) <= high);
  const step = Math.ceil(every.length / 8);
  return every.filter((_, index) => index % step === 0);
}

/** Linear, between two ends. */
export function linearScale([low, high]: readonly [number, number], from: number, to: number): Scale['at'] {
  return (value) => from + Math.min(1, Math.max(0, (value - low) / (high - low))) * (to - from);
}

/** Places of labels in the order of their wishes, so that none lies on another. */
export function spread(wanted: readonly number[], distance: number, most: number): readonly number[] {
  const order = [...wanted.keys()].sort((one, other) => (wanted[one] ?? 0) - (wanted[other] ?? 0));
  const placed = [...wanted];
  let least = Number.NEGATIVE_INFINITY;
  for (const index of order) {
    placed[index] = Math.max(wanted[index] ?? 0, least);
    least = (placed[index] ?? 0) + distance;
  }
  const beyond = Math.max(0, least - distance - most);
  return placed.map((place) => place - beyond);
}
