// The price of a model at a moment, out of dated records: for each unit the newest one that is in force. What the ledger
// names is the digest over the digests of all that make the price.
import { type Digest, digestOfJson } from '../base/index.ts';
import { digestOfPrice, type PriceRecord, type PriceUnit, priceUnits } from './price-record.ts';

export type Price = {
  /** Of the records that make it. */
  readonly digest: Digest;
  readonly currency: string;
  /** By unit, nano-units for as many as {@link priceUnits} says. */
  readonly amounts: Readonly<Partial<Record<PriceUnit, number>>>;
  /** Every record that makes it was compared with its source. */
  readonly verified: boolean;
  readonly records: readonly PriceRecord[];
};

export type Priced = {
  readonly model: string;
  /** The engine that runs it, where it has a name. */
  readonly engine?: string | undefined;
  readonly currency: string;
};

const units = Object.keys(priceUnits) as readonly PriceUnit[];

/** Any of these says what a request costs. */
const sufficient: readonly (readonly PriceUnit[])[] = [
  ['prompt-tokens', 'answer-tokens'],
  ['engine-milliseconds'],
  ['joules'],
];

/**
 * Undefined where nothing says what it costs, or only half of it: that is no price of zero. A price says what prompts and
 * answers cost, be it nothing, or what the time or the energy of the engine does. A record of the model goes before one of its engine,
 * by unit; of two records that begin at the same moment the later one in the list is the correction.
 *
 * @param at milliseconds since the Unix epoch
 */
export function priceAt(
  records: readonly PriceRecord[],
  { model, engine, currency }: Priced,
  at: number,
): Price | undefined {
  const inForce = records.filter(
    (record) => record.currency === currency && Date.parse(record.validFrom) <= at,
  );
  const ofModel = inForce.filter(({ of }) => 'model' in of && of.model === model);
  const ofEngine = inForce.filter(({ of }) => 'engine' in of && of.engine === engine);
  const chosen = units.flatMap((unit) => newest(ofModel, unit) ?? newest(ofEngine, unit) ?? []);
  const priced = new Set(chosen.map(({ unit }) => unit));
  if (!sufficient.some((needed) => needed.every((unit) => priced.has(unit)))) return undefined;
  return {
    digest: digestOfJson(chosen.map(digestOfPrice)),
    currency,
    amounts: Object.fromEntries(chosen.map(({ unit, amount }) => [unit, amount])),
    verified: chosen.every(({ verified }) => verified),
    records: chosen,
  };
}

function newest(records: readonly PriceRecord[], unit: PriceUnit): PriceRecord | undefined {
  let found: PriceRecord | undefined;
  for (const record of records) {
    if (record.unit !== unit) continue;
    if (found === undefined || Date.parse(record.validFrom) >= Date.parse(found.validFrom)) found = record;
  }
  return found;
}

/**
 * How many times as much a record asks as the one that it takes the place of; 1 where there is none, and infinite where that
 * one was free. A change by more than a factor of ten is usually a mistake in the unit, and is confirmed.
 */
export function priceJump(records: readonly PriceRecord[], record: PriceRecord): number {
  const before = records.filter(
    ({ of, currency, validFrom }) =>
      currency === record.currency &&
      Date.parse(validFrom) <= Date.parse(record.validFrom) &&
      digestOfJson(of) === digestOfJson(record.of),
  );
  const previous = newest(before, record.unit)?.amount;
  if (previous === undefined || previous === record.amount) return 1;
  const [low, high] = [Math.min(previous, record.amount), Math.max(previous, record.amount)];
  return high / low;
}
