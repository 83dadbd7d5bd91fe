// A grammar without what no text goes through: rules that nothing refers to, and alternatives that never end.
import { type Grammar, refuseConstraint, type Sequence } from './grammar.ts';

/** The same texts, in linear time. @throws TGL_CONSTRAINT_INVALID when there are none */
export function reduceGrammar(grammar: Grammar): Grammar {
  const ending = deriving(grammar, true);
  if (!ending.has(0)) refuseConstraint('the rule root describes no text that ends');
  const alternativesOf = (rule: number): readonly Sequence[] =>
    (grammar.rules[rule] ?? []).filter((alternative) =>
      alternative.every((symbol) => typeof symbol !== 'number' || ending.has(symbol)),
    );
  const numbers = new Map([[0, 0]]);
  const reached = [0];
  for (const rule of reached) {
    for (const symbol of alternativesOf(rule).flat()) {
      if (typeof symbol !== 'number' || numbers.has(symbol)) continue;
      numbers.set(symbol, reached.push(symbol) - 1);
    }
  }
  const renumbered = (alternative: Sequence): Sequence =>
    alternative.map((symbol) => (typeof symbol === 'number' ? (numbers.get(symbol) as number) : symbol));
  return { rules: reached.map((rule) => alternativesOf(rule).map(renumbered)) };
}

/** The rules from which a text can be derived, made of characters (`true`) or the empty one only (`false`). */
export function deriving({ rules }: Grammar, ofCharacters: boolean): ReadonlySet<number> {
  const found = new Set<number>();
  const waiting: number[] = [];
  /** Alternatives by a rule in them. */
  const uses = new Map<number, { readonly rule: number; missing: number }[]>();
  const find = (rule: number): void => {
    if (found.has(rule)) return;
    found.add(rule);
    waiting.push(rule);
  };
  for (const [rule, alternatives] of rules.entries()) {
    for (const alternative of alternatives) {
      if (!ofCharacters && alternative.some((symbol) => typeof symbol !== 'number')) continue;
      const references = alternative.filter((symbol) => typeof symbol === 'number');
      if (references.length === 0) find(rule);
      const use = { rule, missing: references.length };
      for (const reference of references) {
        const others = uses.get(reference);
        if (others === undefined) uses.set(reference, [use]);
        else others.push(use);
      }
    }
  }
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    for (const use of uses.get(next) ?? []) if (--use.missing === 0) find(use.rule);
  }
  return found;
}
