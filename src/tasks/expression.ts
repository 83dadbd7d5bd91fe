// Reads an answer such as `3*5+6 = 21` with a bounded recursive-descent parser: ASCII digits, + - *, brackets, and at
// most one `= number` at the end. Model output is hostile input: no eval, and the limits on length, depth, operations
// and size hold before any work is done. `**`, `//`, signs and unicode digits are not in the grammar.
//
//   answer = sum [ "=" number ] ;  sum = product { ("+" | "-") product } ;
//   product = factor { "*" factor } ;  factor = number | "(" sum ")"

const maxAnswerLength = 200; // UTF-16 code units
const deepestNesting = 8;
const maxOperations = 16;
const maxDigits = 9;
const largestMagnitude = 1e9;

export type Evaluation =
  | {
      readonly readable: true;
      readonly value: number;
      /** The numbers in the expression, from left to right; not the one after `=`. */
      readonly numbers: readonly number[];
      /** The number after `=`, or null if there is none. */
      readonly stated: number | null;
    }
  | { readonly readable: false; readonly reason: string };

/**
 * The value of an expression and the numbers it uses, or the reason why it is refused. Never throws. `3*(5+2) = 21`
 * has value 21, numbers 3, 5, 2 and states 21; `2**9` is refused.
 */
export function evaluateExpression(text: string): Evaluation {
  if (text.length > maxAnswerLength) return refusal(`longer than ${maxAnswerLength} characters`);
  const reader: Reader = { text, position: 0, operations: 0, numbers: [] };
  const value = readSum(reader, 0);
  if (typeof value === 'string') return refusal(value);
  const numbers = [...reader.numbers];
  let stated: number | null = null;
  if (take(reader, '=')) {
    const number = readNumber(reader);
    if (typeof number === 'string') return refusal(number);
    stated = number;
  }
  skipBlanks(reader);
  if (reader.position < text.length) return refusal(`unexpected ${nextCharacter(reader)}`);
  return { readable: true, value, numbers, stated };
}

/** The integer of an answer that is nothing else, or the reason why it is not one. Never throws. */
export function readWholeNumber(text: string): number | string {
  if (text.length > maxAnswerLength) return `longer than ${maxAnswerLength} characters`;
  const reader: Reader = { text, position: 0, operations: 0, numbers: [] };
  const number = readNumber(reader);
  if (typeof number === 'string') return number;
  skipBlanks(reader);
  return reader.position < text.length ? `unexpected ${nextCharacter(reader)}` : number;
}

type Reader = {
  readonly text: string;
  position: number;
  operations: number;
  readonly numbers: number[];
};

// Each of these functions returns the value, or the reason for a refusal.

function readSum(reader: Reader, depth: number): number | string {
  let sum = readProduct(reader, depth);
  while (typeof sum === 'number') {
    const sign = take(reader, '+') ? 1 : take(reader, '-') ? -1 : 0;
    if (sign === 0) return sum;
    sum = combine(reader, sum, readProduct(reader, depth), (left, right) => left + sign * right);
  }
  return sum;
}

function readProduct(reader: Reader, depth: number): number | string {
  let product = readFactor(reader, depth);
  while (typeof product === 'number' && take(reader, '*')) {
    product = combine(reader, product, readFactor(reader, depth), (left, right) => left * right);
  }
  return product;
}

function readFactor(reader: Reader, depth: number): number | string {
  if (!take(reader, '(')) {
    const number = readNumber(reader);
    if (typeof number === 'number') reader.numbers.push(number);
    return number;
  }
  if (depth >= deepestNesting) return `brackets deeper than ${deepestNesting}`;
  const sum = readSum(reader, depth + 1);
  if (typeof sum === 'string') return sum;
  return take(reader, ')') ? sum : 'a bracket is not closed';
}

function readNumber(reader: Reader): number | string {
  skipBlanks(reader);
  const start = reader.position;
  while (isDigit(reader.text.charCodeAt(reader.position))) reader.position++;
  const digits = reader.position - start;
  if (digits === 0) return `expected a number, got ${nextCharacter(reader)}`;
  if (digits > maxDigits) return `a number with more than ${maxDigits} digits`;
  if (digits > 1 && reader.text[start] === '0') return 'a number with a leading zero';
  return Number(reader.text.slice(start, reader.position));
}

function combine(
  reader: Reader,
  left: number,
  right: number | string,
  operation: (left: number, right: number) => number,
): number | string {
  if (typeof right === 'string') return right;
  if (++reader.operations > maxOperations) return `more than ${maxOperations} operations`;
  const value = operation(left, right);
  return Math.abs(value) > largestMagnitude ? `a value beyond ${largestMagnitude}` : value;
}

function take(reader: Reader, character: string): boolean {
  skipBlanks(reader);
  if (reader.text[reader.position] !== character) return false;
  reader.position++;
  return true;
}

function skipBlanks(reader: Reader): void {
  while (reader.text[reader.position] === ' ' || reader.text[reader.position] === '\n') reader.position++;
}

function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}

function nextCharacter(reader: Reader): string {
  return reader.position < reader.text.length
    ? JSON.stringify(reader.text[reader.position])
    : 'the end of the answer';
}

function refusal(reason: string): Evaluation {
  return { readable: false, reason };
}
