// The criteria of a policy: of each the bound that decides, what is required, and both drawn with the estimate and its interval.
import type { ReactNode } from 'react';
import type { AssessedCriterion, CriterionState } from '../../../../../src/wire/index.ts';
import { useFormats, useStrings } from '../../../frame/language.tsx';
import { visible } from '../../../markdown/visible.ts';
import { DataTable, numberColumn } from '../../../parts/data-table.tsx';
import { Icon, type IconName } from '../../../parts/icon.tsx';
import { useLooked } from './choice.ts';
import { strings } from './strings.ts';

export function Criteria({ criteria }: { readonly criteria: readonly AssessedCriterion[] }): ReactNode {
  const words = useStrings(strings);
  return (
    <section className="section" aria-label={words.criteria}>
      <div className="title">
        <h2>{words.criteria}</h2>
        <span className="meta">
          <span className="key">
            <span>
              <i style={{ background: 'var(--c-band)' }} />
              {words.interval}
            </span>
            <span>○ {words.estimate}</span>
            <span>{words.decides}</span>
          </span>
        </span>
      </div>
      <DataTable
        label={words.criterion}
        columns={[
          words.criterion,
          numberColumn(words.bound),
          numberColumn(words.required),
          { name: words.interval, kind: 'wide' },
          numberColumn(words.trials),
          words.state,
        ]}
        kind="two"
      >
        {criteria.map((criterion) => (
          <Row key={criterion.name} criterion={criterion} />
        ))}
      </DataTable>
      <p className="meta">{words.scale}</p>
    </section>
  );
}

const looks: Readonly<Record<CriterionState, { readonly name: string; readonly icon: IconName }>> = {
  met: { name: 'ok', icon: 'ok' },
  'not-met': { name: 'bad', icon: 'bad' },
  undecided: { name: 'warn', icon: 'clock' },
};

/** Of the claim that was made: a criterion that was met or missed has its bound on that side. */
function signOf({ side, state }: AssessedCriterion): string {
  const isUpper = (side === 'at-most') === (state !== 'not-met');
  return isUpper ? '≤' : '≥';
}

function Row({ criterion }: { readonly criterion: AssessedCriterion }): ReactNode {
  const words = useStrings(strings);
  const format = useFormats();
  const { openTrials, trials: open } = useLooked();
  const { name, probe, attacks, judge, metric, side, threshold, bound, trials, unassessed } = criterion;
  const { state, on_failure, bare, reason } = criterion;
  const { name: look, icon } = looks[state];
  const brought = attacks.length === 1 && attacks[0] === 'direct' ? '' : `, ${attacks.join(', ')}`;
  return (
    <tr className={open?.criterion === name ? 'on' : undefined}>
      <td className="break">
        {metric === 'check' ? (
          <span className="strong">{visible(name)}</span>
        ) : (
          <button
            type="button"
            className="link"
            aria-label={`${words.show} ${name}`}
            onClick={() => openTrials({ criterion: name })}
          >
            {visible(name)}
          </button>
        )}
        <span className="sub">{visible(metric === 'check' ? probe : `${probe}${brought}; ${judge}`)}</span>
      </td>
      <td className="n strong">
        {bound === null ? '–' : `${signOf(criterion)} ${format.percent(bound)}`}
        {bare && (
          <span className="sub">
            {words.bare}: {bare.estimate === null ? '–' : format.percent(bare.estimate)}
          </span>
        )}
      </td>
      <td className="n faint">
        {threshold === null
          ? words.everyCheck
          : `${side === 'at-most' ? '≤' : '≥'} ${format.percent(threshold)}`}
        {on_failure === 'report' && <span className="sub">{words.reportOnly}</span>}
      </td>
      <td className="hide">
        <Drawn criterion={criterion} />
      </td>
      <td className="n">
        {format.count(trials)}
        {unassessed > 0 && (
          <span className="sub">
            {format.count(unassessed)} {words.unassessed}
          </span>
        )}
      </td>
      <td>
        <span className={`state ${look}`}>
          <Icon name={icon} />
          {words.states[state]}
        </span>
        {state !== 'met' && <span className="sub reason break">{visible(reason)}</span>}
      </td>
    </tr>
  );
}

const width = 240;

/** The interval as a band, the estimate as a ring, the bound by its shape, the threshold as a line. */
function Drawn({ criterion }: { readonly criterion: AssessedCriterion }): ReactNode {
  const words = useStrings(strings);
  const format = useFormats();
  const { interval, estimate, bound, threshold, state, metric } = criterion;
  if (estimate === null || threshold === null) return null;
  // Differences of pairs lie on both sides of zero.
  const [from, to] = metric === 'paired-difference' ? [-1, 1] : [0, 1];
  const x = (rate: number): number => 6 + ((width - 12) * (rate - from)) / (to - from);
  const label = [
    interval && `${words.interval} ${format.percent(interval.lower)} – ${format.percent(interval.upper)}`,
    bound !== null && `${words.bound} ${format.percent(bound)}`,
    `${words.required} ${format.percent(threshold)}`,
  ];
  return (
    <svg
      className="chart"
      viewBox={`0 0 ${width} 24`}
      width={width}
      height="24"
      role="img"
      aria-label={label.filter(Boolean).join(', ')}
    >
      <line x1="6" y1="12" x2={width - 6} y2="12" className="axis" />
      {interval && (
        <rect
          x={x(interval.lower)}
          y="9"
          width={Math.max(1, x(interval.upper) - x(interval.lower))}
          height="6"
          rx="3"
          className="band"
        />
      )}
      <circle cx={x(estimate)} cy="12" r="3" className="est" />
      <line x1={x(threshold)} y1="2" x2={x(threshold)} y2="22" className="threshold" />
      {bound !== null && <Mark x={x(bound)} state={state} />}
    </svg>
  );
}

function Mark({ x, state }: { readonly x: number; readonly state: CriterionState }): ReactNode {
  if (state === 'met') return <circle cx={x} cy="12" r="4.5" className="bound ok" />;
  if (state === 'not-met') return <path d={`M${x} 6l6 6-6 6-6-6z`} className="bound bad" />;
  return <path d={`M${x} 6l6 10h-12z`} className="bound warn" />;
}
