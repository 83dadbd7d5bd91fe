// A curve from one value per step. A few steps are shown as they are, with a running mean; many become means of equal
// stretches with a band that contains most of their steps.
import { mean, quantileOf } from '../../stats/index.ts';
import type { Point, Series } from './chart.ts';

const fewSteps = 100;
const stretches = 50;
/** Steps on either side of the running mean. */
const reach = 2;

export type Curve = Required<Pick<Series, 'line' | 'band' | 'dots'>>;

export function curveOf(points: readonly Point[]): Curve {
  if (points.length <= fewSteps) {
    const line = points.map(({ x }, index) => {
      const near = points.slice(Math.max(0, index - reach), index + reach + 1);
      return { x, y: mean(near.map(({ y }) => y)) };
    });
    return { line, band: [], dots: points };
  }
  const size = Math.ceil(points.length / stretches);
  const parts = Array.from({ length: Math.ceil(points.length / size) }, (_, part) =>
    points.slice(part * size, (part + 1) * size),
  );
  const middleOf = (part: readonly Point[]): number => mean(part.map(({ x }) => x));
  return {
    line: parts.map((part) => ({ x: middleOf(part), y: mean(part.map(({ y }) => y)) })),
    band: parts.map((part) => {
      const sorted = part.map(({ y }) => y).sort((one, other) => one - other);
      return { x: middleOf(part), low: quantileOf(sorted, 0.1), high: quantileOf(sorted, 0.9) };
    }),
    dots: [],
  };
}
