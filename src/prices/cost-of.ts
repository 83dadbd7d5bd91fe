// What use costs, in integers: amount × quantity over all units, divided once and rounded up once. Cached tokens are part of
// the prompt and reasoning tokens part of the completion, and neither is paid for twice.
import type { TokenUsage } from '../traffic/index.ts';
import type { Price } from './price-at.ts';
import { type PriceUnit, priceUnits } from './price-record.ts';

export type Use = TokenUsage & {
  /** Time of the engine, a request's share where several run at once. @default 0 */
  readonly engineMilliseconds?: number;
  /** @default 0 */
  readonly joules?: number;
};

/** A multiple of what every unit's amount pays for, so that all of them are divided at once. */
const divisor = 18_000_000;

/**
 * Nano-units of the price's currency, rounded up.
 *
 * A unit without an amount of its own is not free where another one stands for it: cached tokens then cost what the rest of
 * the prompt does, and reasoning tokens what those of the answer do.
 *
 * @throws RangeError for quantities that are no whole numbers from 0 on, for cached tokens beyond the prompt's and reasoning
 *   tokens beyond the completion's, and for a cost of more than 2⁵³ - 1 nano-units
 */
export function costOf(use: Use, price: Price): number {
  let [whole, exact] = [0, 0n];
  for (const unit of units) {
    const amount = amountOf(price, unit);
    const quantity = quantityOf(use, unit);
    if (!Number.isSafeInteger(quantity) || quantity < 0)
      throw new RangeError(`costOf: ${quantity} ${unit} is no whole number from 0 on`);
    // Nearly every product is exact as a number, which costs a tenth.
    const product = amount * quantity * weights[unit];
    if (product <= Number.MAX_SAFE_INTEGER - whole) whole += product;
    else exact += BigInt(amount) * BigInt(quantity) * BigInt(weights[unit]);
  }
  if (exact === 0n) return dividedUp(whole);
  return requireSafe((exact + BigInt(whole) + BigInt(divisor) - 1n) / BigInt(divisor));
}

/** Exact for a safe integer, where rounding the quotient of floats might not be. */
function dividedUp(whole: number): number {
  const rest = whole % divisor;
  return (whole - rest) / divisor + (rest > 0 ? 1 : 0);
}

function requireSafe(cost: bigint): number {
  if (cost > BigInt(Number.MAX_SAFE_INTEGER)) throw new RangeError(`costOf: ${cost} nano-units are too much`);
  return Number(cost);
}

const units = Object.keys(priceUnits) as readonly PriceUnit[];

const weights = Object.fromEntries(units.map((unit) => [unit, divisor / priceUnits[unit].per])) as Readonly<
  Record<PriceUnit, number>
>;

/** Which other unit says what one costs that has no amount of its own. */
const standIns: Readonly<Partial<Record<PriceUnit, PriceUnit>>> = {
  'cached-prompt-tokens': 'prompt-tokens',
  'reasoning-tokens': 'answer-tokens',
};

function amountOf({ amounts }: Price, unit: PriceUnit): number {
  const other = standIns[unit];
  return amounts[unit] ?? (other === undefined ? undefined : amounts[other]) ?? 0;
}

function quantityOf(use: Use, unit: PriceUnit): number {
  switch (unit) {
    case 'prompt-tokens':
      return use.promptTokens - use.cachedPromptTokens;
    case 'cached-prompt-tokens':
      return use.cachedPromptTokens;
    case 'reasoning-tokens':
      return use.reasoningTokens;
    case 'answer-tokens':
      return use.completionTokens - use.reasoningTokens;
    case 'engine-milliseconds':
      return use.engineMilliseconds ?? 0;
    case 'joules':
      return use.joules ?? 0;
  }
}

/** What a request may come to at most. */
export type MostUse = {
  readonly promptTokens: number;
  readonly completionTokens: number;
  readonly engineMilliseconds?: number;
  readonly joules?: number;
};

/**
 * No use within these bounds costs more, however much of the prompt is cached and of the completion is reasoning.
 *
 * @throws RangeError as {@link costOf}
 */
export function mostCostOf(most: MostUse, price: Price): number {
  const { promptTokens, completionTokens } = most;
  const cachedIsDearer = amountOf(price, 'cached-prompt-tokens') > amountOf(price, 'prompt-tokens');
  const reasoningIsDearer = amountOf(price, 'reasoning-tokens') > amountOf(price, 'answer-tokens');
  return costOf(
    {
      ...most,
      cachedPromptTokens: cachedIsDearer ? promptTokens : 0,
      reasoningTokens: reasoningIsDearer ? completionTokens : 0,
    },
    price,
  );
}
