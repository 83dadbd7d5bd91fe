// Alternatives that begin alike are joined up to where they part, so that a list of words is read letter by letter at
// one place instead of at one a word.
import {
  type Grammar,
  type GrammarSymbol,
  grammarLimits,
  refuseConstraint,
  type Sequence,
} from './grammar.ts';

/** The same texts. @throws TGL_CONSTRAINT_INVALID */
export function factorGrammar(grammar: Grammar): Grammar {
  const rules = [...grammar.rules];
  // Rules that are added are factored in their turn.
  for (let rule = 0; rule < rules.length; rule++) {
    const alternatives = rules[rule] as readonly Sequence[];
    if (alternatives.length < 2) continue;
    rules[rule] = groupsOf(alternatives).map((group) => {
      const [first] = group as [Sequence];
      if (group.length === 1) return first;
      const shared = group.reduce((length, other) => sharedLength(first, other, length), first.length);
      if (rules.length >= grammarLimits.rules)
        refuseConstraint(`more than ${grammarLimits.rules} rules are needed`);
      const rest = rules.push(group.map((alternative) => alternative.slice(shared))) - 1;
      return [...first.slice(0, shared), rest];
    });
  }
  return { rules };
}

/** By their first symbol, without those that occur twice. */
function groupsOf(alternatives: readonly Sequence[]): readonly (readonly Sequence[])[] {
  const groups = new Map<string, Sequence[]>();
  let hasEmpty = false;
  for (const alternative of alternatives) {
    const [first] = alternative;
    // More than one way to end would be as many stacks.
    if (first === undefined && hasEmpty) continue;
    hasEmpty ||= first === undefined;
    const key = first === undefined ? '' : keyOf(first);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [alternative]);
    else group.push(alternative);
  }
  return [...groups.values()];
}

function keyOf(symbol: GrammarSymbol): string {
  return typeof symbol === 'number' ? `r${symbol}` : symbol.join();
}

function sharedLength(one: Sequence, other: Sequence, most: number): number {
  for (let length = 1; length < most; length++) {
    const [a, b] = [one[length], other[length]];
    if (a === undefined || b === undefined || (a !== b && keyOf(a) !== keyOf(b))) return length;
  }
  return most;
}
