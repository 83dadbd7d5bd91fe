// From what a client wants of an answer to a grammar that engines may read. All of it is linear in the constraint and
// bounded by `grammarLimits`, since it runs on the thread that serves everybody.
import type { Constraint } from '../engine.ts';
import { jsonSchemaGrammar } from '../llama/json-schema-grammar.ts';
import { checkGrammar } from './gbnf/check-grammar.ts';
import { grammarText } from './gbnf/grammar-text.ts';
import { parseGrammar } from './gbnf/parse-grammar.ts';

/**
 * GBNF without groups and repetitions, with the rule `root`.
 *
 * @throws TGL_CONSTRAINT_INVALID when it is too large, or says what a grammar cannot.
 */
export function compileConstraint(constraint: Constraint): string {
  const grammar =
    constraint.type === 'json-schema'
      ? parseGrammar(jsonSchemaGrammar(constraint.schema))
      : parseGrammar(constraint.grammar);
  checkGrammar(grammar);
  return grammarText(grammar);
}
