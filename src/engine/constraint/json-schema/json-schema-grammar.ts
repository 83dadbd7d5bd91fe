// JSON Schema (2020-12, the part that says what may be written next) to a grammar. Everything the grammar allows satisfies
// the schema, but not the other way round: no properties beyond those named unless the schema says what they are, numbers
// of at most 15 digits, arrays and strings of bounded length where a bound is given. What it cannot express is refused by
// name. Not covered: `oneOf` is taken as `anyOf`; formats without a rule here are annotations, as in the standard.

import type { Grammar } from '../gbnf/grammar.ts';
import { createGrammarBuilder } from '../gbnf/grammar-builder.ts';
import { createPatternBudget } from '../pattern/expression.ts';
import { refuseAt } from './schema.ts';
import { createSchemaRules } from './schema-rules.ts';

/** @throws TGL_CONSTRAINT_INVALID for a schema that is malformed, too large, or says what a grammar cannot. */
export function jsonSchemaGrammar(schema: unknown): Grammar {
  const builder = createGrammarBuilder();
  const root = builder.reserve();
  const rules = createSchemaRules(builder, createPatternBudget(), schema);
  const whole = rules.ruleFor(schema, '#');
  if (whole === undefined) return refuseAt('#', 'no value satisfies the schema');
  builder.define(root, [[whole]]);
  return builder.grammar();
}
