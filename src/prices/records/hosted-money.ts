// What a host asks for tokens at a moment, and how that is known.
import type { TokenUsage } from '../../traffic/index.ts';
import { nanoUnits } from '../amount.ts';
import { costOf } from '../cost-of.ts';
import { hostedPriceAt, priceOfHosted } from './hosted-price.ts';
import { hostedPrices } from './hosted-prices.ts';

export type HostedMoney = {
  /** Units of the currency. */
  readonly moneyOf: (usage: TokenUsage) => number;
  /** Currency, model and source in words. */
  readonly source: string;
};

/**
 * Undefined where no price is known: it is never 0.
 *
 * @param name as HOST/MODEL
 * @param at milliseconds since the Unix epoch
 */
export function hostedMoneyAt(name: string, at: number): HostedMoney | undefined {
  const slash = name.indexOf('/');
  const [host, model] = [name.slice(0, slash), name.slice(slash + 1)];
  const found = hostedPriceAt(hostedPrices, { host, model }, at);
  if (found === undefined) return undefined;
  const price = priceOfHosted(found.record, found.isVerified);
  const { source, currency } = found.record;
  const checked = found.isVerified ? 'verified' : 'not verified for this moment';
  return {
    moneyOf: (usage) => costOf(usage, price) / nanoUnits,
    source: `${currency}, ${name} (${source.name}, seen ${source.seen}, ${checked})`,
  };
}
