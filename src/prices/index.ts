// prices: dated records of what use costs, and the cost of a use in integers.
export { formatAmount, isCurrency, nanoUnits, parseAmount } from './amount.ts';
export { costOf, type MostUse, mostCostOf, type Use } from './cost-of.ts';
export { type Price, type Priced, priceAt, priceJump } from './price-at.ts';
export {
  digestOfPrice,
  type PriceRecord,
  type PriceUnit,
  parsePriceRecord,
  priceUnits,
} from './price-record.ts';
export { type HostedMoney, hostedMoneyAt } from './records/hosted-money.ts';
export { type HostedPrice, hostedPriceAt } from './records/hosted-price.ts';
export { hostedPrices } from './records/hosted-prices.ts';
