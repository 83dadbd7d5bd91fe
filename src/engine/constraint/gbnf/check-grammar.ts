// Whether a parser that goes through a grammar from the left, as llama.cpp does, comes to an end, and soon: no rule
// begins with itself, not even behind parts that may be empty, and no search that follows every path is long.
import { type Grammar, grammarLimits, refuseConstraint } from './grammar.ts';
import { deriving } from './reduce-grammar.ts';

/** In time linear in the grammar. @throws TGL_CONSTRAINT_INVALID */
export function checkGrammar({ rules }: Grammar): void {
  const size = (rule: number): number =>
    (rules[rule] ?? []).reduce((sum, alternative) => sum + alternative.length + 1, 0);
  const empty = deriving({ rules }, false);
  /** The rules that a text of a rule may begin with, each as often as there are ways to it. */
  const begins = rules.map((alternatives) => {
    const first: number[] = [];
    for (const alternative of alternatives) {
      for (const symbol of alternative) {
        if (typeof symbol !== 'number') break;
        first.push(symbol);
        if (!empty.has(symbol)) break;
      }
    }
    return first;
  });
  let paths = 0;
  const lengths = new Map<number, number>();
  const depths = new Map<number, number>();
  for (const rule of inOrder(begins)) {
    const following = begins[rule] as readonly number[];
    const length = following.reduce((sum, next) => sum + (lengths.get(next) ?? 0), size(rule));
    const depth = 1 + following.reduce((most, next) => Math.max(most, depths.get(next) ?? 0), 0);
    lengths.set(rule, length);
    depths.set(rule, depth);
    paths += length;
    if (depth > grammarLimits.leftDepth)
      refuseConstraint(`more than ${grammarLimits.leftDepth} rules begin with one another`);
    if (paths > grammarLimits.leftPaths) refuseConstraint('too many rules begin with one another');
  }
}

/** Each rule behind those that it begins with. @throws TGL_CONSTRAINT_INVALID where there is no such order */
function inOrder(begins: readonly (readonly number[])[]): readonly number[] {
  const order: number[] = [];
  const state = new Map<number, 'open' | 'done'>();
  for (const start of begins.keys()) {
    const path: { readonly rule: number; next: number }[] = [];
    const open = (rule: number): void => {
      if (state.get(rule) === 'open')
        refuseConstraint('a rule begins with itself, or something is repeated that may be empty');
      if (state.get(rule) === 'done') return;
      state.set(rule, 'open');
      path.push({ rule, next: 0 });
    };
    open(start);
    for (let top = path.at(-1); top !== undefined; top = path.at(-1)) {
      const following = begins[top.rule]?.[top.next++];
      if (following !== undefined) open(following);
      else {
        state.set(top.rule, 'done');
        order.push(top.rule);
        path.pop();
      }
    }
  }
  return order;
}
