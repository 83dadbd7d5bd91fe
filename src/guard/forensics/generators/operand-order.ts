// For arithmetic: `7 + 5 = 12` and `5 + 7 = 12` say the same. Each sum and product of two whole numbers in a reply is a place of its own.
import type { Choose, EquivalenceGenerator, StreamedText } from './generators.ts';

/** Two numbers and their result, not a part of a longer expression. Only digits look back, so that long white space takes no time. */
const step =
  /(?=\d)(?<![\d.,\p{L}_])(?<![)\]}*/^+−–×·÷-]\s*)(\d{1,15})(\s{0,2})([+*×·])(\s{0,2})(\d{1,15})(?=\s{0,2}=(?!=))/gu;

/** The end of a text that may be the beginning of such a place, up to what shows that it is none. */
const begun =
  /(?=\d)(?<![\d.,\p{L}_])(?<![)\]}*/^+−–×·÷-]\s*)\d{1,15}\s{0,2}(?:[+*×·]\s{0,2}(?:\d{1,15}\s{0,2}=?)?)?$/u;

export const operandOrder: EquivalenceGenerator = {
  name: 'operand-order/1',
  realise: (_, reply, choose) => realised(reply, choose, 0),
  stream: (_, choose) => streamed(choose),
  read: (_, reply) =>
    [...reply.matchAll(step)].flatMap(([, first = '', , sign = '', , second = '']) => {
      if (first === second) return [];
      const [low, high] = ordered(first, second);
      return [{ item: itemOf(low, sign, high), way: first === low ? 0 : 1, ways: 2 }];
    }),
};

/** @param from places that begin before it are left as they are. */
function realised(text: string, choose: Choose, from: number): string {
  return text.replace(
    step,
    (
      whole,
      first: string,
      before: string,
      sign: string,
      after: string,
      second: string,
      ...[at]: readonly number[]
    ) => {
      if (first === second || at! < from) return whole;
      const [low, high] = ordered(first, second);
      const [left, right] = choose(itemOf(low, sign, high), 2) === 0 ? [low, high] : [high, low];
      return left + before + sign + after + right;
    },
  );
}

/** Holds back what may be the beginning of a place; what is realised is as long as what was there. */
function streamed(choose: Choose): StreamedText {
  let before = '';
  let held = '';
  const release = (until: number): string => {
    const text = before + held;
    const released = realised(text, choose, before.length).slice(before.length, until);
    held = text.slice(until);
    before = endOf(text.slice(0, until));
    return released;
  };
  return {
    push: (text) => {
      held += text;
      const start = (before + held).search(begun);
      return release(start < before.length ? before.length + held.length : start);
    },
    keep: (text) => {
      before = endOf(before + text);
    },
    end: () => release(before.length + held.length),
  };
}

/** As much of a text as decides what may begin behind it. */
function endOf(text: string): string {
  const written = text.trimEnd();
  const last = [...written.slice(-2)].at(-1) ?? '';
  return written.length < text.length ? `${last} ` : last;
}

function ordered(one: string, other: string): readonly [low: string, high: string] {
  const isLow = BigInt(one) < BigInt(other) || (BigInt(one) === BigInt(other) && one < other);
  return isLow ? [one, other] : [other, one];
}

function itemOf(low: string, sign: string, high: string): string {
  return `${low} ${sign === '+' ? '+' : '*'} ${high}`;
}
