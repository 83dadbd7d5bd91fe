// Every way to combine the numbers of a countdown problem, in a fixed order: two of the numbers become one until a single one is
// left. Negative values are left out: whatever a sign changes can be had by exchanging the two sides of a difference.

type Operator = '+' | '-' | '*';

/** One calculation, such as 8*2=16. */
export type Step = {
  readonly left: number;
  readonly operator: Operator;
  readonly right: number;
  readonly value: number;
};

/** One way to use all the numbers. */
export type Guess = {
  /** As many as there are numbers, less one; the last one has the value of the guess. */
  readonly steps: readonly Step[];
  readonly value: number;
  /** Without redundant brackets. */
  readonly expression: string;
};

/** A number that is there, and how it came about. */
type Part = { readonly value: number; readonly expression: string; readonly isSum: boolean };

/** Targets end here, so that a guess of a larger value need not be looked at. */
const largestTarget = 99;

const operators: readonly Operator[] = ['+', '-', '*'];

/**
 * All guesses at these numbers whose value can be a target. Neighbours share all steps but the last where they can: the order is
 * that of the first pair, its operator, the next pair and so on. Equal numbers give no guess twice.
 */
export function guessesAt(numbers: readonly number[]): readonly Guess[] {
  const parts = numbers.map((value) => ({ value, expression: String(value), isSum: false }));
  const guesses = new Map<string, Guess>();
  for (const guess of combinations(parts, [])) {
    if (guess.value > largestTarget) continue;
    const text = guess.steps.map(stepText).join(' ');
    if (!guesses.has(text)) guesses.set(text, guess);
  }
  return [...guesses.values()];
}

/** Every value from 0 on that the numbers can make. */
export function reachableValues(numbers: readonly number[]): ReadonlySet<number> {
  const [only, ...others] = numbers;
  if (only === undefined || others.length === 0) return new Set(numbers);
  const values = new Set<number>();
  for (const { rest, left, operator, right } of joins(numbers, (value) => value)) {
    for (const value of reachableValues([resultOf(left, operator, right), ...rest])) values.add(value);
  }
  return values;
}

/** @example stepText({ left: 8, operator: '*', right: 2, value: 16 }) // → '8*2=16' */
export function stepText({ left, operator, right, value }: Step): string {
  return `${left}${operator}${right}=${value}`;
}

/** The value of a calculation. */
export function resultOf(left: number, operator: Operator, right: number): number {
  if (operator === '+') return left + right;
  return operator === '-' ? left - right : left * right;
}

function* combinations(parts: readonly Part[], steps: readonly Step[]): Generator<Guess> {
  const [only, ...others] = parts;
  if (only !== undefined && others.length === 0) {
    yield { steps, value: only.value, expression: only.expression };
    return;
  }
  for (const { rest, left, operator, right } of joins(parts, ({ value }) => value)) {
    const value = resultOf(left.value, operator, right.value);
    const step = { left: left.value, operator, right: right.value, value };
    yield* combinations([joined(left, operator, right, value), ...rest], [...steps, step]);
  }
}

/** The ways to take two of the parts and calculate with them, and the parts that are left. */
function* joins<Item>(
  parts: readonly Item[],
  value: (part: Item) => number,
): Generator<{
  readonly left: Item;
  readonly operator: Operator;
  readonly right: Item;
  readonly rest: readonly Item[];
}> {
  for (const [first, one] of parts.entries()) {
    for (let second = first + 1; second < parts.length; second++) {
      const other = parts[second] as Item;
      const rest = parts.filter((_, position) => position !== first && position !== second);
      for (const operator of operators) {
        const [left, right] = operator === '-' && value(one) < value(other) ? [other, one] : [one, other];
        yield { left, operator, right, rest };
      }
    }
  }
}

function joined(left: Part, operator: Operator, right: Part, value: number): Part {
  const bracketed = ({ expression, isSum }: Part, needed: boolean): string =>
    needed && isSum ? `(${expression})` : expression;
  const isProduct = operator === '*';
  return {
    value,
    expression: `${bracketed(left, isProduct)}${operator}${bracketed(right, operator !== '+')}`,
    isSum: !isProduct,
  };
}
