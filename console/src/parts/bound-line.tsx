// A claim about a rate: its bound beside what is required, drawn, and whether it is met.
import type { ReactNode } from 'react';
import type { AssessedCriterion, CriterionState, JobCriterion } from '../../../src/wire/index.ts';
import { type Strings, useFormats, useStrings } from '../frame/language.tsx';
import { visible } from '../markdown/visible.ts';
import { type Column, DataTable, numberColumn } from './data-table.tsx';
import { Icon, type IconName } from './icon.tsx';

type Words = Readonly<
  Record<'criterion' | 'interval' | 'bound' | 'required' | 'trials' | 'state' | 'unassessed', string>
> & {
  readonly states: Readonly<Record<CriterionState, string>>;
};

const strings: Strings<Words> = {
  en: {
    ...{ criterion: 'Criterion', bound: 'Bound', required: 'Required', interval: '95 % interval' },
    ...{ trials: 'Trials', state: 'State', unassessed: 'unassessed' },
    states: { met: 'met', 'not-met': 'missed', undecided: 'not decided' },
  },
  de: {
    ...{ criterion: 'Kriterium', bound: 'Schranke', required: 'Verlangt', interval: '95-%-Intervall' },
    ...{ trials: 'Versuche', state: 'Zustand', unassessed: 'ungeprüft' },
    states: { met: 'erfüllt', 'not-met': 'verfehlt', undecided: 'nicht entschieden' },
  },
};

const looks: Readonly<Record<CriterionState, { readonly name: string; readonly icon: IconName }>> = {
  met: { name: 'ok', icon: 'ok' },
  'not-met': { name: 'bad', icon: 'bad' },
  undecided: { name: 'warn', icon: 'clock' },
};

/** What a table of claims has, in this order. */
export function useClaimColumns(): readonly Column[] {
  const words = useStrings(strings);
  return [
    words.criterion,
    numberColumn(words.bound),
    numberColumn(words.required),
    { name: words.interval, kind: 'wide' },
    numberColumn(words.trials),
    words.state,
  ];
}

/** Of the claim that was made: a criterion that was met or missed has its bound on that side. */
export function signOf({ side, state }: Pick<AssessedCriterion, 'side' | 'state'>): string {
  const isUpper = (side === 'at-most') === (state !== 'not-met');
  return isUpper ? '≤' : '≥';
}

export function ClaimState({ state }: { readonly state: CriterionState }): ReactNode {
  const words = useStrings(strings);
  const { name, icon } = looks[state];
  return (
    <span className={`state ${name}`}>
      <Icon name={icon} />
      {words.states[state]}
    </span>
  );
}

/** The criteria of an assessment that runs: their bounds close in on what is required. */
export function LiveClaims({ criteria }: { readonly criteria: readonly JobCriterion[] }): ReactNode {
  const words = useStrings(strings);
  const format = useFormats();
  return (
    <DataTable label={words.criterion} columns={useClaimColumns()} kind="two">
      {criteria.map((criterion) => {
        const { name, bound, side, threshold, trials, planned, unassessed, state } = criterion;
        return (
          <tr key={name}>
            <td className="break strong">{visible(name)}</td>
            <td className="n strong">
              {bound === null ? '–' : `${signOf(criterion)} ${format.percent(bound)}`}
            </td>
            <td className="n faint">
              {side === 'at-most' ? '≤' : '≥'} {format.percent(threshold)}
            </td>
            <td className="hide">
              <BoundLine claim={criterion} />
            </td>
            <td className="n num">
              {format.count(trials)} / {format.count(planned)}
              {unassessed > 0 && (
                <span className="sub">
                  {format.count(unassessed)} {words.unassessed}
                </span>
              )}
            </td>
            <td>
              <ClaimState state={state} />
            </td>
          </tr>
        );
      })}
    </DataTable>
  );
}

const width = 240;

/** What is drawn of a claim; the interval where there is one yet. */
type Claim = Pick<AssessedCriterion, 'estimate' | 'bound' | 'threshold' | 'state' | 'metric'> &
  Partial<Pick<AssessedCriterion, 'interval'>>;

/** The interval as a band, the estimate as a ring, the bound by its shape, the threshold as a line. */
export function BoundLine({ claim }: { readonly claim: Claim }): ReactNode {
  const words = useStrings(strings);
  const format = useFormats();
  const { interval = null, estimate, bound, threshold, state, metric } = claim;
  if (threshold === null || (estimate === null && bound === null)) return null;
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
      {estimate !== null && <circle cx={x(estimate)} cy="12" r="3" className="est" />}
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
