// For arithmetic: `7 + 5 = 12` and `5 + 7 = 12` say the same. Each sum and product of two whole numbers in a reply is a place of its own.
import type { EquivalenceGenerator } from './generators.ts';

/** Two numbers and their result, not a part of a longer expression. */
const step =
  /(?<![\d.,\p{L}_])(?<![)\]}*/^+−–×·÷-]\s*)(\d{1,15})(\s{0,2})([+*×·])(\s{0,2})(\d{1,15})(?=\s{0,2}=(?!=))/gu;

export const operandOrder: EquivalenceGenerator = {
  name: 'operand-order/1',
  realise: (_, reply, choose) =>
    reply.replace(
      step,
      (whole, first: string, before: string, sign: string, after: string, second: string) => {
        if (first === second) return whole;
        const [low, high] = ordered(first, second);
        const [left, right] = choose(itemOf(low, sign, high), 2) === 0 ? [low, high] : [high, low];
        return left + before + sign + after + right;
      },
    ),
  read: (_, reply) =>
    [...reply.matchAll(step)].flatMap(([, first = '', , sign = '', , second = '']) => {
      if (first === second) return [];
      const [low, high] = ordered(first, second);
      return [{ item: itemOf(low, sign, high), way: first === low ? 0 : 1, ways: 2 }];
    }),
};

function ordered(one: string, other: string): readonly [low: string, high: string] {
  const isLow = BigInt(one) < BigInt(other) || (BigInt(one) === BigInt(other) && one < other);
  return isLow ? [one, other] : [other, one];
}

function itemOf(low: string, sign: string, high: string): string {
  return `${low} ${sign === '+' ? '+' : '*'} ${high}`;
}
