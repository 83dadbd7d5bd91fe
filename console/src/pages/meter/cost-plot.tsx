// Accuracy over what a correct answer costs: a point for each row with both of its intervals, numbered as in the table below it. Drawn
// twice, for wide and for narrow pages, of which one is shown.
import type { ReactNode } from 'react';
import type { MeteredEstimate } from '../../../../src/wire/index.ts';
import { useFormats, useStrings } from '../../frame/language.tsx';
import { BothWidths, type Drawn } from '../../parts/both-widths.tsx';
import { linearScale, logScale } from './scale.ts';
import { strings } from './strings.ts';

export type CostPoint = {
  /** As the table numbers it. */
  readonly number: number;
  readonly label: string;
  readonly cost: MeteredEstimate;
  readonly accuracy: MeteredEstimate;
  readonly isSelected: boolean;
};

type Props = {
  readonly title: string;
  readonly unit: string;
  readonly points: readonly CostPoint[];
  /** Joins the points in their order. */
  readonly joined?: boolean;
};

export function CostPlot(props: Props): ReactNode {
  if (props.points.length === 0) return null;
  return <BothWidths wide={900} draw={(drawn) => <Drawing {...props} {...drawn} />} />;
}

const height = 288;
const frame = { left: 48, right: 16, top: 14, bottom: 244 } as const;

type DrawingProps = Props & Drawn;

function Drawing({ title, unit, points, joined = false, width, form }: DrawingProps): ReactNode {
  const words = useStrings(strings);
  const format = useFormats();
  const right = width - frame.right;
  const x = logScale(
    points.flatMap(({ cost }) => [cost.lower, cost.upper]),
    frame.left,
    right,
  );
  const least = Math.floor(Math.min(...points.map(({ accuracy }) => accuracy.lower)) * 10) / 10;
  const y = linearScale([Math.min(least, 0.9), 1], frame.bottom, frame.top);
  const marks = Array.from({ length: 5 }, (_, index) => {
    const low = Math.min(least, 0.9);
    return low + (index * (1 - low)) / 4;
  });
  const axis = `${unit} ${words.perCorrect}, ${words.log}`;
  return (
    <svg
      className={`chart ${form}`}
      viewBox={`0 0 ${width} ${height}`}
      width={width}
      height={height}
      role="img"
      aria-label={`${title}: ${axis}`}
    >
      {marks.map((mark) => (
        <g key={mark}>
          <line className="grid" x1={frame.left} x2={right} y1={y(mark)} y2={y(mark)} />
          <text x={frame.left - 8} y={y(mark) + 4} textAnchor="end">
            {format.percent(mark, 0)}
          </text>
        </g>
      ))}
      <line className="axis" x1={frame.left} x2={right} y1={frame.bottom} y2={frame.bottom} />
      {x.ticks.map((tick) => (
        <text key={tick} x={x.at(tick)} y={frame.bottom + 18} textAnchor="middle">
          {format.figure(tick)}
        </text>
      ))}
      <text x={(frame.left + right) / 2} y={height - 8} textAnchor="middle">
        {axis}
      </text>
      {joined && (
        <path
          className="curve soft"
          d={`M${points.map(({ cost, accuracy }) => `${x.at(cost.estimate)} ${y(accuracy.estimate)}`).join('L')}`}
        />
      )}
      {points.map(({ number, label, cost, accuracy, isSelected }) => {
        const [px, py] = [x.at(cost.estimate), y(accuracy.estimate)];
        const whisk = isSelected ? 'whisk on' : 'whisk';
        return (
          <g key={number}>
            <title>{`${label}: ${format.percent(accuracy.estimate)}, ${format.figure(cost.estimate)} ${unit}`}</title>
            <line className={whisk} x1={x.at(cost.lower)} x2={x.at(cost.upper)} y1={py} y2={py} />
            <line className={whisk} x1={px} x2={px} y1={y(accuracy.lower)} y2={y(accuracy.upper)} />
            <circle className={isSelected ? 'node' : 'est'} cx={px} cy={py} r={isSelected ? 5.5 : 4} />
            <text className={isSelected ? 'ember' : 'mid'} x={px + 7} y={py - 6}>
              {number}
            </text>
          </g>
        );
      })}
    </svg>
  );
}
