// From what a client wants of an answer to a grammar that engines may read. All of it is linear in the constraint and
// bounded by `grammarLimits`; at those limits it takes longer than a thread that serves everybody can spare, which is why
// only the child process of the checker does it.
import type { Constraint } from '../engine.ts';
import { checkGrammar } from './gbnf/check-grammar.ts';
import { factorGrammar } from './gbnf/factor-grammar.ts';
import type { Grammar } from './gbnf/grammar.ts';
import { grammarText } from './gbnf/grammar-text.ts';
import { parseGrammar } from './gbnf/parse-grammar.ts';
import { reduceGrammar } from './gbnf/reduce-grammar.ts';
import { jsonSchemaGrammar } from './json-schema/json-schema-grammar.ts';

/**
 * A grammar without groups and repetitions.
 *
 * @throws TGL_CONSTRAINT_INVALID when it is too large, or says what a grammar cannot.
 */
export function flatGrammar(constraint: Constraint): Grammar {
  const written =
    constraint.type === 'json-schema'
      ? jsonSchemaGrammar(constraint.schema)
      : parseGrammar(constraint.grammar);
  const grammar = factorGrammar(reduceGrammar(written));
  checkGrammar(grammar);
  return grammar;
}

/** The same in GBNF, with the rule `root`. */
export function compileConstraint(constraint: Constraint): string {
  return grammarText(flatGrammar(constraint));
}
