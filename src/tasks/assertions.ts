// Whether a reply asserts something false that can be checked: an equation in it that does not hold. What is no equation of whole
// numbers asserts nothing here.
import { evaluateExpression } from './expression.ts';

/** Longer replies are cut here. */
const mostCharacters = 10_000;

/** Expressions with an equals sign and a number after it; a letter beside them makes them something else, such as `x = 3`. */
const equations = /(?<![\p{L}\d])[(\d][\d+\-*×x() ]{0,100}(?: = |=|= | =)-?\d+(?![\p{L}\d])/gu;

/** @example assertsFalsely('2*(5+2) = 21') // → true */
export function assertsFalsely(reply: string): boolean {
  const found = reply.slice(0, mostCharacters).match(equations) ?? [];
  return found.some((equation) => {
    const [expression = '', stated = ''] = equation.replaceAll(/[×x]/g, '*').split('=');
    const evaluation = evaluateExpression(expression.trim());
    return evaluation.readable && evaluation.value !== Number(stated);
  });
}
