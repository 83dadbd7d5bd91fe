// What the gateway tells of costs and fleets.
import type { Meter } from '../../gateway/index.ts';
import { type HostedPrice, hostedPrices } from '../../prices/index.ts';
import type { HostedPriceRecord } from '../../wire/index.ts';
import { openPlanner, type PlannerOptions } from './plan-fleets.ts';
import { type MeterSource, meterReader } from './read-meter.ts';

export function openMeter(options: MeterSource & PlannerOptions): Meter & AsyncDisposable {
  const planner = openPlanner(options);
  return { ...planner, models: meterReader(options), prices: () => hostedPrices.map(priceBody) };
}

function priceBody(record: HostedPrice): HostedPriceRecord {
  const { cachedInput, from, until, isStartVerified, ...same } = record;
  const secondsOf = (time: string): number => Date.parse(time) / 1_000;
  return {
    ...{ object: 'hosted_price', ...same, cached_input: cachedInput, start_verified: isStartVerified },
    ...{ from: secondsOf(from), until: until === null ? null : secondsOf(until) },
  };
}
