// The automaton of texts that match patterns: deterministic, so that a grammar made of it stands at one place in each
// text, and without states that lead nowhere, so that a model that follows it can always come to an end.
import { type CharacterSet, characterSet, lastCodePoint, refuseConstraint } from '../gbnf/grammar.ts';
import { createExpressions, type Expression, type Expressions, type PatternBudget } from './expression.ts';
import { type PatternTree, parsePattern, textEnd, textStart } from './pattern-tree.ts';

export type AutomatonState = {
  /** A text may end here. */
  readonly accepts: boolean;
  /** Disjoint. */
  readonly next: readonly (readonly [characters: CharacterSet, state: number])[];
};

export type TextRule = {
  /** In the notation of ECMAScript; a text has to hold a match of each. */
  readonly patterns: readonly string[];
  /** Code points. */
  readonly least: number;
  readonly most: number;
};

const mostStates = 500;

/**
 * The first state is where a text begins.
 *
 * @throws TGL_CONSTRAINT_INVALID for a pattern that cannot be read, has too many states, or that no text matches.
 */
export function automatonOf(
  { patterns, least, most }: TextRule,
  budget: PatternBudget,
): readonly AutomatonState[] {
  const expressions = createExpressions(budget);
  const { characters, sequence, both, repeat } = expressions;
  const text = repeat(characters([[0, lastCodePoint]]), least, most);
  const whole = sequence(
    characters([[textStart, textStart]]),
    sequence(text, characters([[textEnd, textEnd]])),
  );
  const rules = patterns.map((pattern) => searched(expressions, parsePattern(pattern)));
  const start = expressions.derivative(both([whole, ...rules]), textStart);
  return withoutDeadEnds(explore(expressions, start));
}

/** Texts, with their anchors, that hold a match. */
function searched(expressions: Expressions, tree: PatternTree): Expression {
  const { sequence, not, nothing } = expressions;
  const anything = not(nothing);
  return sequence(anything, compile(expressions, tree, anything));
}

/** @param rest what follows, which looking ahead looks into */
function compile(expressions: Expressions, tree: PatternTree, rest: Expression): Expression {
  const { characters, sequence, either, both, not, nothing, empty, repeat } = expressions;
  switch (tree.type) {
    case 'characters':
      return sequence(characters(tree.set), rest);
    case 'sequence':
      return tree.parts.reduceRight((behind, part) => compile(expressions, part, behind), rest);
    case 'choice':
      return either(tree.parts.map((part) => compile(expressions, part, rest)));
    case 'repeat': {
      const { part, least, most } = tree;
      if (!looksAhead(part)) return sequence(repeat(compile(expressions, part, empty), least, most), rest);
      if (most > 1) refuseConstraint('a pattern looks ahead within a repetition');
      const once = most === 0 ? nothing : compile(expressions, part, rest);
      return least === 0 ? either([once, rest]) : once;
    }
    case 'ahead': {
      const ahead = compile(expressions, tree.part, not(nothing));
      return both([tree.negated ? not(ahead) : ahead, rest]);
    }
  }
}

function looksAhead(tree: PatternTree): boolean {
  if (tree.type === 'ahead') return true;
  if (tree.type === 'characters') return false;
  return tree.type === 'repeat' ? looksAhead(tree.part) : tree.parts.some(looksAhead);
}

function explore(expressions: Expressions, start: Expression): readonly AutomatonState[] {
  const { derivative, nothing } = expressions;
  const classes = characterClasses(expressions.sets());
  const numbers = new Map([[start, 0]]);
  const order = [start];
  const states: AutomatonState[] = [];
  for (const expression of order) {
    const targets = new Map<number, CharacterSet[]>();
    for (const characters of classes) {
      const target = derivative(expression, characters[0]?.[0] as number);
      if (target === nothing) continue;
      const number = numbers.get(target) ?? order.push(target) - 1;
      numbers.set(target, number);
      targets.set(number, [...(targets.get(number) ?? []), characters]);
    }
    if (order.length > mostStates) refuseConstraint(`a pattern needs more than ${mostStates} states`);
    states.push({
      accepts: derivative(expression, textEnd).nullable,
      next: [...targets].map(([number, sets]) => [characterSet(sets.flat()), number] as const),
    });
  }
  return states;
}

/** Characters that no set tells apart. */
function characterClasses(sets: readonly CharacterSet[]): readonly CharacterSet[] {
  const edges = new Set([0]);
  for (const [low, high] of sets.flat()) {
    edges.add(low);
    edges.add(high + 1);
  }
  const starts = [...edges].filter((edge) => edge <= lastCodePoint).toSorted((one, other) => one - other);
  if (starts.length * sets.length > 200_000) refuseConstraint('a pattern names too many characters');
  const classes = new Map<string, (readonly [number, number])[]>();
  for (const [index, low] of starts.entries()) {
    const high = (starts[index + 1] ?? lastCodePoint + 1) - 1;
    const signature = sets
      .map((set) => (set.some(([from, to]) => from <= low && low <= to) ? 1 : 0))
      .join('');
    const ranges = classes.get(signature);
    if (ranges === undefined) classes.set(signature, [[low, high]]);
    else ranges.push([low, high]);
  }
  return [...classes.values()];
}

function withoutDeadEnds(states: readonly AutomatonState[]): readonly AutomatonState[] {
  const before = new Map<number, number[]>();
  for (const [state, { next }] of states.entries()) {
    for (const [, target] of next) before.set(target, [...(before.get(target) ?? []), state]);
  }
  const live = new Set(states.flatMap(({ accepts }, state) => (accepts ? [state] : [])));
  for (const state of live) for (const earlier of before.get(state) ?? []) live.add(earlier);
  if (!live.has(0)) refuseConstraint('no text matches its patterns and bounds');
  return states.map(({ accepts, next }) => ({
    accepts,
    next: next.filter(([, target]) => live.has(target)),
  }));
}
