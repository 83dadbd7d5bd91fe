// Amounts of money: integers of 10⁻⁹ of a currency unit, never a float. Numbers are exact up to nine million units of the
// currency (2⁵³ nano-units); sums over many rows are BigInt.
import { TiegelError } from '../base/index.ts';

/** Nano-units of a currency unit. */
export const nanoUnits = 1_000_000_000;

const decimals = 9;
const leastDecimals = 2;

const currencies: ReadonlySet<string> = new Set(Intl.supportedValuesOf('currency'));

/** Whether it is a currency code of ISO 4217. */
export function isCurrency(code: string): boolean {
  return currencies.has(code);
}

/**
 * Nano-units of a decimal number of currency units, exactly.
 *
 * @throws TGL_AMOUNT_INVALID for anything but a plain, non-negative decimal number with at most nine decimals that is
 *   at most 9,007,199 units
 * @example
 * import { parseAmount } from './src/prices/index.ts';
 * parseAmount('0.55'); // → 550000000
 */
export function parseAmount(text: string): number {
  const match = /^(\d{1,7})(?:\.(\d{1,9}))?$/.exec(text);
  const amount =
    match === null
      ? Number.NaN
      : Number(match[1]) * nanoUnits + Number((match[2] ?? '').padEnd(decimals, '0'));
  if (!Number.isSafeInteger(amount))
    throw new TiegelError('TGL_AMOUNT_INVALID', { received: JSON.stringify(text) });
  return amount;
}

/**
 * Currency units as a decimal number with at least two and at most nine decimals.
 *
 * @param amount nano-units
 * @example
 * import { formatAmount } from './src/prices/index.ts';
 * formatAmount(1_500_000_000); // → '1.50'
 */
export function formatAmount(amount: number | bigint): string {
  // Nearly every amount is exact as a number.
  if (Number.isSafeInteger(amount)) return formatSafe(amount as number);
  const nano = BigInt(amount);
  const size = nano < 0n ? -nano : nano;
  return written(nano < 0n, size / BigInt(nanoUnits), Number(size % BigInt(nanoUnits)));
}

function formatSafe(amount: number): string {
  const size = Math.abs(amount);
  const rest = size % nanoUnits;
  // The quotient of floats might be rounded up.
  return written(amount < 0, (size - rest) / nanoUnits, rest);
}

function written(isNegative: boolean, whole: number | bigint, rest: number): string {
  const digits = String(rest + nanoUnits);
  let end = digits.length;
  while (end > leastDecimals + 1 && digits[end - 1] === '0') end--;
  return `${isNegative ? '-' : ''}${whole}.${digits.slice(1, end)}`;
}
