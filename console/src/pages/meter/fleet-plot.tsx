// What 95 of 100 requests wait for by the number of replicas: simulated with the spread of redrawn traces, and beside it what the formula
// of an M/M/k queue says. Drawn for wide and for narrow pages.
import type { ReactNode } from 'react';
import type { FleetPlanBody } from '../../../../src/wire/index.ts';
import { useFormats, useStrings } from '../../frame/language.tsx';
import { BothWidths, type Drawn } from '../../parts/both-widths.tsx';
import { strings } from './plan-strings.ts';
import { linearScale, logScale } from './scale.ts';

type Props = {
  readonly plan: FleetPlanBody;
  /** Seconds. */
  readonly wait: number;
  readonly chosen: number;
};

export function FleetPlot(props: Props): ReactNode {
  return <BothWidths wide={560} draw={(drawn) => <Drawing {...props} {...drawn} />} />;
}

const height = 260;
const frame = { left: 52, right: 20, top: 14, bottom: 212 } as const;

type DrawingProps = Props & Drawn;

function Drawing({ plan: { fleets }, wait, chosen, width, form }: DrawingProps): ReactNode {
  const words = useStrings(strings);
  const format = useFormats();
  const right = width - frame.right;
  const [first, last] = [fleets[0]?.replicas ?? 1, fleets.at(-1)?.replicas ?? 1];
  const x = linearScale([first, Math.max(last, first + 1)], frame.left + 16, right - 8);
  const y = logScale(
    [
      wait,
      ...fleets.flatMap(({ p95_lower, p95_upper, p95, formula_p95 }) => [
        p95_lower,
        p95_upper,
        p95,
        formula_p95 ?? p95,
      ]),
    ],
    frame.bottom,
    frame.top,
  );
  const pathOf = (points: readonly (readonly [number, number])[]): string =>
    points.length === 0
      ? ''
      : `M${points.map(([replicas, seconds]) => `${x(replicas)} ${y.at(seconds)}`).join('L')}`;
  const upper = fleets.map(({ replicas, p95_upper }) => [replicas, p95_upper] as const);
  const lower = fleets.map(({ replicas, p95_lower }) => [replicas, p95_lower] as const);
  const formula = fleets.flatMap(({ replicas, formula_p95 }) =>
    formula_p95 === null ? [] : [[replicas, formula_p95] as const],
  );
  const marked = fleets.find(({ replicas }) => replicas === chosen);
  const every = Math.ceil(fleets.length / 8);
  return (
    <svg
      className={`chart ${form}`}
      viewBox={`0 0 ${width} ${height}`}
      width={width}
      height={height}
      role="img"
      aria-label={`${words.first}, ${words.replicas}`}
    >
      {y.ticks.map((tick) => (
        <g key={tick}>
          <line className="grid" x1={frame.left} x2={right} y1={y.at(tick)} y2={y.at(tick)} />
          <text x={frame.left - 8} y={y.at(tick) + 4} textAnchor="end">
            {format.figure(tick)} s
          </text>
        </g>
      ))}
      <line className="axis" x1={frame.left} x2={right} y1={frame.bottom} y2={frame.bottom} />
      <path className="band" d={`${pathOf([...upper, ...lower.toReversed()])}Z`} />
      <path className="curve" d={pathOf(fleets.map(({ replicas, p95 }) => [replicas, p95]))} />
      <path className="curve soft dash" d={pathOf(formula)} />
      <line className="capline" x1={frame.left} x2={right} y1={y.at(wait)} y2={y.at(wait)} />
      <text className="cap" x={right} y={y.at(wait) - 6} textAnchor="end">
        {words.wanted} {format.figure(wait)} s
      </text>
      {fleets
        .filter((_, index) => index % every === 0)
        .map(({ replicas }) => (
          <text
            key={replicas}
            className={replicas === chosen ? 'strong' : ''}
            x={x(replicas)}
            y={frame.bottom + 18}
            textAnchor="middle"
          >
            {replicas}
          </text>
        ))}
      <text x={(frame.left + right) / 2} y={height - 8} textAnchor="middle">
        {words.replicas}
      </text>
      {marked && <circle className="node" cx={x(marked.replicas)} cy={y.at(marked.p95)} r={5} />}
    </svg>
  );
}
