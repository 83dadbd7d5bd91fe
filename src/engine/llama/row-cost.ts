// By how much a row makes a step longer, from the steps of the fewest rows and those of the most that there were lately:
// nearly nothing where reading the weights is what takes time, nearly a step where the model is small.

export type RowCost = {
  /** @param rows absent where the step read prompts as well */
  readonly evaluated: (milliseconds: number, rows?: number) => void;
  /**
   * Milliseconds a row beyond the first so many; 0 as long as all steps had as many. Undefined where none had as few: the
   * next one should, as far as that is up to whoever asks, for it is not said more than a few times in a row.
   */
  readonly beyond: (first: number) => number | undefined;
};

/** Steps by which it is told, and how many of one number of rows it takes to count. */
const remembered = 64;
const least = 3;
/** It is looked at again after so many steps. */
const stepsBetweenLooks = 8;

type Step = { readonly rows: number | undefined; readonly milliseconds: number };

export function createRowCost(): RowCost {
  let steps: readonly Step[] = [];
  let made = 0;
  let missed = 0;
  let known:
    | { readonly cost: number | undefined; readonly first: number; readonly until: number }
    | undefined;
  return {
    evaluated: (milliseconds, rows) => {
      steps = [...steps, { rows, milliseconds }].slice(-remembered);
      if (++made % remembered === 0) missed = 0;
    },
    beyond: (first) => {
      if (known?.cost === undefined || known.first !== first || made >= known.until)
        known = { cost: slopeOf(steps, first), first, until: made + stepsBetweenLooks };
      if (known.cost !== undefined) return known.cost;
      return ++missed > least ? 0 : undefined;
    },
  };
}

function slopeOf(steps: readonly Step[], first: number): number | undefined {
  const times = new Map<number, number[]>();
  for (const { rows, milliseconds } of steps)
    if (rows !== undefined) times.set(rows, [...(times.get(rows) ?? []), milliseconds]);
  const counts = [...times]
    .filter(([, { length }]) => length >= least)
    .toSorted(([one], [other]) => one - other);
  const [fewest, most] = [counts.at(0), counts.at(-1)];
  if (fewest === undefined || most === undefined || fewest[0] > first) return undefined;
  if (fewest === most) return 0;
  return Math.max(0, (median(most[1]) - median(fewest[1])) / (most[0] - fewest[0]));
}

export function median(values: readonly number[]): number {
  return values.toSorted((one, other) => one - other)[values.length >> 1] ?? 0;
}
