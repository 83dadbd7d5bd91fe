// Collects the rules of a grammar and counts what they come to, so that whoever builds one is stopped in time.
import {
  type Grammar,
  type GrammarSymbol,
  grammarLimits,
  refuseConstraint,
  type Sequence,
} from './grammar.ts';

export type GrammarBuilder = {
  /** A rule that is defined later; the first one is the root. */
  readonly reserve: () => number;
  readonly define: (rule: number, alternatives: readonly Sequence[]) => void;
  /** @returns the rule */
  readonly add: (alternatives: readonly Sequence[]) => number;
  /** `body` at least and at most so many times; `most` may be infinite. */
  readonly repeat: (body: Sequence, least: number, most: number) => Sequence;
  readonly grammar: () => Grammar;
};

/** All its functions throw TGL_CONSTRAINT_INVALID once the grammar is larger than `grammarLimits` allow. */
export function createGrammarBuilder(): GrammarBuilder {
  const rules: (readonly Sequence[])[] = [];
  let elements = 0;

  const charge = (count: number): void => {
    elements += count;
    if (elements > grammarLimits.elements)
      refuseConstraint(
        `with its repetitions written out it has more than ${grammarLimits.elements} elements; shorten it or lower its bounds`,
      );
  };
  const reserve = (): number => {
    if (rules.length === grammarLimits.rules)
      refuseConstraint(`more than ${grammarLimits.rules} rules are needed`);
    return rules.push([]) - 1;
  };
  const define = (rule: number, alternatives: readonly Sequence[]): void => {
    for (const alternative of alternatives) charge(1 + weightOf(alternative));
    rules[rule] = alternatives;
  };
  const add = (alternatives: readonly Sequence[]): number => {
    const rule = reserve();
    define(rule, alternatives);
    return rule;
  };

  return {
    reserve,
    define,
    add,
    repeat: (body, least, most) => {
      // Counted before anything of that length is made.
      charge(least * weightOf(body));
      const repeated = Array.from({ length: least }, () => body).flat();
      if (most === Number.POSITIVE_INFINITY) {
        const more = reserve();
        define(more, [[...body, more], []]);
        return [...repeated, more];
      }
      let optional: Sequence = [];
      for (let count = least; count < most; count++) optional = [add([[...body, ...optional], []])];
      return [...repeated, ...optional];
    },
    grammar: () => ({ rules }),
  };
}

function weightOf(sequence: Sequence): number {
  return sequence.reduce<number>((sum, symbol) => sum + symbolWeight(symbol), 0);
}

function symbolWeight(symbol: GrammarSymbol): number {
  return typeof symbol === 'number' ? 1 : 2 * symbol.length;
}
