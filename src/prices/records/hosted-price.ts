// What others ask for a model on their machines: dated, immutable records, of which a lookup gives the one in force at an instant or
// none, and never a price of zero. A name is not a model: what a host sells under one name has changed more than once.

import { digestOfJson } from '../../base/index.ts';
import { parseAmount } from '../amount.ts';
import type { Price } from '../price-at.ts';

export type HostedPrice = {
  /** Names it for ever; a correction is a record more. */
  readonly id: string;
  readonly host: string;
  /** As requests to the host name it. */
  readonly model: string;
  readonly currency: 'USD';
  /** Decimal currency units for a million tokens; null: cached tokens cost what others do. Reasoning is part of the output. */
  readonly input: string;
  readonly cachedInput: string | null;
  readonly output: string;
  /** ISO 8601, UTC. The end is no part of it; null where none is known. */
  readonly from: string;
  readonly until: string | null;
  /** Minutes of the day of UTC, over midnight where the end comes first; a price with hours goes before one without. */
  readonly hours: { readonly from: number; readonly to: number } | null;
  readonly source: {
    readonly name: string;
    readonly kind: 'vendor' | 'list' | 'press';
    /** The day on which it was last seen to hold. */
    readonly seen: string;
  };
  /** Whether the source says when it began; else it is from general knowledge, or the day on which it was seen. */
  readonly isStartVerified: boolean;
};

export type HostedPriceFound = {
  readonly record: HostedPrice;
  /** The instant lies where the source has seen it, and its start is known. */
  readonly isVerified: boolean;
};

const minute = 60_000;
const dayMs = 86_400_000;

/**
 * The price in force, or undefined where nothing says what it was.
 *
 * @param at milliseconds since the Unix epoch
 * @throws RangeError where two records contradict each other
 */
export function hostedPriceAt(
  records: readonly HostedPrice[],
  { host, model }: { readonly host: string; readonly model: string },
  at: number,
): HostedPriceFound | undefined {
  const inForce = records.filter(
    (record) => record.host === host && record.model === model && holds(record, at),
  );
  const ofHour = inForce.filter(({ hours }) => hours !== null);
  const chosen = ofHour.length > 0 ? ofHour : inForce;
  const [record] = chosen;
  if (record === undefined) return undefined;
  if (chosen.length > 1) {
    const ids = chosen.map(({ id }) => id).join(', ');
    throw new RangeError(`hostedPriceAt: ${ids} hold at ${new Date(at).toISOString()}`);
  }
  const seenUntil = record.until === null ? Date.parse(record.source.seen) + dayMs : Number.POSITIVE_INFINITY;
  return { record, isVerified: record.isStartVerified && at < seenUntil };
}

function holds({ from, until, hours }: HostedPrice, at: number): boolean {
  if (at < Date.parse(from) || (until !== null && at >= Date.parse(until))) return false;
  if (hours === null) return true;
  const time = (at % dayMs) / minute;
  return hours.from <= hours.to
    ? time >= hours.from && time < hours.to
    : time >= hours.from || time < hours.to;
}

/** The same as a price that costs are computed with. */
export function priceOfHosted(record: HostedPrice, isVerified: boolean): Price {
  const { currency } = record;
  return {
    digest: digestOfJson(record),
    currency,
    amounts: amountsOf(record),
    verified: isVerified,
    records: [],
  };
}

/** By the unit that costs are computed with. */
export function amountsOf({ input, cachedInput, output }: HostedPrice): Price['amounts'] {
  return {
    'prompt-tokens': parseAmount(input),
    ...(cachedInput !== null && { 'cached-prompt-tokens': parseAmount(cachedInput) }),
    'answer-tokens': parseAmount(output),
  };
}
