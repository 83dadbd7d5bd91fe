// Numbers from the command line.
import { TiegelError } from '../base/index.ts';

/** @throws TGL_USAGE unless the text is absent or a whole number in the range. */
export function wholeNumber(
  flag: string,
  text: string | undefined,
  low: number,
  high: number,
): number | undefined {
  const value = number(flag, text, low, high);
  if (value !== undefined && !Number.isInteger(value))
    throw usage(flag, text, `a whole number from ${low} to ${high}`);
  return value;
}

/** @throws TGL_USAGE unless the text is absent or a number in the range. */
export function number(
  flag: string,
  text: string | undefined,
  low: number,
  high: number,
): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text);
  const valid = text.trim() !== '' && value >= low && value <= high;
  if (!valid) throw usage(flag, text, `a number from ${low} to ${high}`);
  return value;
}

function usage(flag: string, text: string | undefined, expected: string): TiegelError {
  return new TiegelError('TGL_USAGE', { problem: `${flag} is ${text}; expected ${expected}.` });
}
