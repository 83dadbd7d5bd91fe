// From what a client wants of an answer to a grammar that engines may read. All of it is linear in the constraint and
// bounded by `grammarLimits`, since it runs on the thread that serves everybody.
import type { Constraint } from '../engine.ts';
import { checkGrammar } from './gbnf/check-grammar.ts';
import { factorGrammar } from './gbnf/factor-grammar.ts';
import { grammarText } from './gbnf/grammar-text.ts';
import { parseGrammar } from './gbnf/parse-grammar.ts';
import { reduceGrammar } from './gbnf/reduce-grammar.ts';
import { jsonSchemaGrammar } from './json-schema/json-schema-grammar.ts';

/**
 * GBNF without groups and repetitions, with the rule `root`.
 *
 * @throws TGL_CONSTRAINT_INVALID when it is too large, or says what a grammar cannot.
 */
export function compileConstraint(constraint: Constraint): string {
  const written =
    constraint.type === 'json-schema'
      ? jsonSchemaGrammar(constraint.schema)
      : parseGrammar(constraint.grammar);
  const grammar = factorGrammar(reduceGrammar(written));
  checkGrammar(grammar);
  return grammarText(grammar);
}
