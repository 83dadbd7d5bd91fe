// The grammar of a constraint, checked for size before a native parser sees it: that parser recurses with the nesting
// and multiplies with counted repetitions.
import { TiegelError } from '../../base/index.ts';
import type { Constraint } from '../engine.ts';
import { jsonSchemaGrammar } from './json-schema-grammar.ts';

const longestGrammar = 256 * 1024;
const deepestNesting = 64;
/** Sum of all repetition counts. */
const mostRepetitions = 20_000;

/**
 * GBNF with the rule `root`.
 *
 * @throws TGL_CONSTRAINT_INVALID when it is too large or the schema cannot be expressed. Whether a grammar can be
 * read is known only to the runtime.
 */
export function grammarOf(constraint: Constraint): string {
  if (constraint.type === 'json-schema') return bounded(jsonSchemaGrammar(constraint.schema));
  return bounded(constraint.grammar);
}

function bounded(grammar: string): string {
  const refuse = (problem: string): never => {
    throw new TiegelError('TGL_CONSTRAINT_INVALID', { problem });
  };
  if (grammar.length > longestGrammar) refuse(`the grammar has more than ${longestGrammar} characters`);
  const structure = grammar.replaceAll(/"(?:[^"\\]|\\.)*"|\[(?:[^\]\\]|\\.)*\]|#[^\n]*/gs, '');
  let depth = 0;
  for (const character of structure) {
    if (character === '(') depth++;
    if (character === ')') depth--;
    if (depth > deepestNesting) refuse(`the grammar is nested deeper than ${deepestNesting} levels`);
  }
  let repetitions = 0;
  for (const [count] of structure.matchAll(/\d+(?=[^{}]*\})/g)) repetitions += Number(count);
  if (repetitions > mostRepetitions) refuse(`the counted repetitions add up to more than ${mostRepetitions}`);
  return grammar;
}
