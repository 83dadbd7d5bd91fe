// Amounts of money: integers of 10⁻⁹ of a currency unit, never a float. Numbers are exact up to nine million units of the
// currency (2⁵³ nano-units); sums over many rows are BigInt.
import { TiegelError } from '../base/index.ts';

/** Nano-units of a currency unit. */
export const nanoUnits = 1_000_000_000;

const decimals = 9;

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
  const nano = BigInt(amount);
  const digits = String(nano < 0n ? -nano : nano).padStart(decimals + 1, '0');
  const fraction = digits.slice(-decimals).replace(/0{1,7}$/, '');
  return `${nano < 0n ? '-' : ''}${digits.slice(0, -decimals)}.${fraction}`;
}
