// Ticks of an axis: multiples of 1, 2 or 5 times a power of ten (Heckbert, "Nice numbers for graph labels", 1990), without
// the outer ticks where the data end well before them.

export type Scale = { readonly low: number; readonly high: number; readonly ticks: readonly number[] };

/**
 * A scale that includes both ends, with about `wanted` ticks.
 *
 * @example
 * import { niceScale } from './src/teach/report/ticks.ts';
 * niceScale(0.03, 0.88, 4).ticks; // → [0, 0.2, 0.4, 0.6, 0.8]
 */
export function niceScale(low: number, high: number, wanted: number): Scale {
  const size = Math.max(Math.abs(low), Math.abs(high));
  // A flat line still needs a scale around it.
  const isFlat = high - low <= 1e-9 * Math.max(size, 1e-3);
  const spread = isFlat ? (size > 1e-9 ? size : 1) : high - low;
  const step = niceStep(spread / wanted);
  const from = Math.floor(low / step + 1e-9);
  const to = Math.ceil((low + spread) / step - 1e-9);
  const place = (index: number): number => Number((index * step).toPrecision(12));
  const top = high > place(to - 1) + 0.45 * step || to - from < 2 ? place(to) : place(to - 1) + 0.45 * step;
  return {
    low: place(from),
    high: top,
    ticks: Array.from({ length: to - from + 1 }, (_, index) => place(from + index)).filter(
      (tick) => tick <= top,
    ),
  };
}

function niceStep(rough: number): number {
  const power = 10 ** Math.floor(Math.log10(rough));
  const times = rough / power;
  const factor = times < 1.5 ? 1 : times < 3.5 ? 2 : times < 7.5 ? 5 : 10;
  return factor * power;
}

/** A tick with as few digits as distinguish it from its neighbours. */
export function tickText(value: number, { ticks }: Scale): string {
  const step = Math.abs((ticks[1] ?? 1) - (ticks[0] ?? 0));
  if (value === 0) return '0';
  if (step < 1e-4) return value.toExponential(0).replace('e-', 'e−');
  const digits = Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
  const options = { minimumFractionDigits: digits, maximumFractionDigits: digits };
  return value.toLocaleString('en', options).replace('-', '−');
}

export function percentTick(value: number, { ticks }: Scale): string {
  const step = Math.abs((ticks[1] ?? 1) - (ticks[0] ?? 0));
  return `${(100 * value).toFixed(step < 0.00999 ? 1 : 0)} %`;
}
