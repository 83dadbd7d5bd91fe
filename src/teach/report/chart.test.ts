import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { textOfHtml } from '../../base/index.ts';
import { lineChart, spread } from './chart.ts';
import { curveOf } from './stretches.ts';
import { niceScale, percentTick, tickText } from './ticks.ts';

const value = fc.double({ min: -1e6, max: 1e6, noNaN: true });

describe('a scale', () => {
  test('holds all values, with few round ticks in order', () => {
    fc.assert(
      fc.property(value, value, (one, other) => {
        const [low, high] = [Math.min(one, other), Math.max(one, other)];
        const scale = niceScale(low, high, 4);
        const slack = 1e-6 * Math.max(1, Math.abs(low), Math.abs(high));
        expect(scale.low).toBeLessThanOrEqual(low + slack);
        expect(scale.high).toBeGreaterThanOrEqual(high - slack);
        expect(scale.high).toBeGreaterThan(scale.low);
        expect(scale.ticks.length).toBeGreaterThanOrEqual(2);
        expect(scale.ticks.length).toBeLessThanOrEqual(8);
        expect(scale.ticks).toEqual([...new Set(scale.ticks)].sort((a, b) => a - b));
      }),
    );
  });

  test('is written in as few digits as tell ticks apart', () => {
    const texts = (low: number, high: number) => {
      const scale = niceScale(low, high, 4);
      return scale.ticks.map((tick) => tickText(tick, scale));
    };
    expect(texts(0, 7500)).toEqual(['0', '2,000', '4,000', '6,000', '8,000']);
    expect(texts(-0.02, 0.02)).toEqual(['−0.02', '−0.01', '0', '0.01', '0.02']);
    const rates = niceScale(0.985, 1, 4);
    expect(rates.ticks.map((tick) => percentTick(tick, rates))).toEqual([
      '98.5 %',
      '99.0 %',
      '99.5 %',
      '100.0 %',
    ]);
  });
});

describe('a curve', () => {
  const straight = (steps: number) => Array.from({ length: steps }, (_, x) => ({ x, y: 2 * x }));

  test('of few steps keeps them and runs through a straight line', () => {
    const { line, dots, band } = curveOf(straight(10));
    expect(dots).toHaveLength(10);
    expect(band).toEqual([]);
    expect(line.slice(2, -2)).toEqual(straight(10).slice(2, -2));
  });

  test('of many steps has the mean of all of them, within its band', () => {
    const { line, dots, band } = curveOf(straight(1000));
    expect(dots).toEqual([]);
    expect(line).toHaveLength(50);
    expect(line.reduce((sum, { y }) => sum + y, 0) / 50).toBeCloseTo(999);
    for (const [index, { low, high }] of band.entries()) {
      const y = line[index]?.y as number;
      expect(low < y && y < high).toBe(true);
    }
  });
});

describe('a chart', () => {
  test('draws whatever finite values it gets without a number that is none', () => {
    const points = fc.array(value, { minLength: 1, maxLength: 150 });
    fc.assert(
      fc.property(fc.array(points, { minLength: 1, maxLength: 8 }), (all) => {
        const series = all.map((values, tone) => ({
          label: `run ${tone}`,
          tone,
          ...curveOf(values.map((y, index) => ({ x: index + 1, y }))),
        }));
        const options = { title: 't', xLabel: 'x', xTick: tickText, yTick: tickText };
        const svg = textOfHtml(lineChart({ ...options, series }));
        expect(svg).not.toMatch(/NaN|Infinity|undefined/);
        expect(svg.match(/class="line /g)).toHaveLength(all.length);
      }),
      { numRuns: 30 },
    );
  });

  test('keeps names apart, within its room, in their order', () => {
    const wanted = fc.array(fc.double({ min: 34, max: 192, noNaN: true }), { maxLength: 9 });
    fc.assert(
      fc.property(wanted, (positions) => {
        const spreadOut = spread(
          positions.toSorted((a, b) => a - b),
          13,
          192,
        );
        for (const [index, position] of spreadOut.entries()) {
          expect(position).toBeLessThanOrEqual(192);
          if (index > 0) expect(position - (spreadOut[index - 1] as number)).toBeGreaterThanOrEqual(12.999);
        }
      }),
    );
  });
});
