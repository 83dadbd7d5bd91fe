// What a correct answer costs: each kept report by model and effort, as a plot, a table and a curve of budgets, with how it is known.
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import type {
  MeteredCalibration,
  MeteredCost,
  MeteredModel,
  MeteredReport,
  MeteredRow,
} from '../../../../src/wire/index.ts';
import { meterQuery } from '../../api/meter.ts';
import { useFilter } from '../../frame/filter.ts';
import { type Formats, useFormats, useStrings } from '../../frame/language.tsx';
import { visible } from '../../markdown/visible.ts';
import { DataTable, numberColumn } from '../../parts/data-table.tsx';
import { Icon } from '../../parts/icon.tsx';
import { Segments } from '../../parts/segments.tsx';
import { Unanswered } from '../../parts/unanswered.tsx';
import { CostPlot, type CostPoint } from './cost-plot.tsx';
import { strings } from './strings.ts';

const resources = ['tokens', 'seconds', 'joules', 'money'] as const;
type Resource = (typeof resources)[number];

export function Costs(): ReactNode {
  const words = useStrings(strings);
  const { data, error, refetch } = useQuery(meterQuery);
  const nameOf = ({ model, effort }: MeteredModel): string => `${model} · ${effort ?? words.anyEffort}`;
  const names = data?.data.map(nameOf) ?? [];
  const [resource, chooseResource] = useFilter<Resource>('cost', resources, 'tokens');
  const [name, chooseName] = useFilter('of', names, names[0] ?? '');
  if (data === undefined) return <Unanswered {...{ data, error, refetch }} />;
  const shown = data.data.find((each) => nameOf(each) === name);
  return (
    <>
      {data.unreadable.map(({ file, problem }) => (
        <p key={`${file} ${problem}`} className="note warn break">
          <Icon name="clock" />
          <span>
            {visible(file)} {words.unreadable}: <span lang="en">{visible(problem)}</span>
          </span>
        </p>
      ))}
      {shown === undefined ? (
        <Nothing />
      ) : (
        <>
          <div className="line section">
            <Segments
              label={words.resource}
              names={resources}
              chosen={resource}
              shown={(one) => words.resources[one]}
              onChoose={chooseResource}
            />
            {names.length > 1 && (
              <label className="line">
                <span className="vh">{words.model}</span>
                <select className="input" value={name} onChange={(event) => chooseName(event.target.value)}>
                  {names.map((one) => (
                    <option key={one}>{one}</option>
                  ))}
                </select>
              </label>
            )}
          </div>
          <Metered metered={shown} resource={resource} name={name} />
        </>
      )}
    </>
  );
}

function Nothing(): ReactNode {
  const words = useStrings(strings);
  return (
    <div className="empty">
      <h2>{words.none}</h2>
      <p>{words.noneFix}</p>
      <p className="mono break">tiegel meter calibrate tiegel-nano</p>
      <p className="mono break">tiegel meter report tiegel-nano</p>
    </div>
  );
}

type MeteredProps = {
  readonly metered: MeteredModel;
  readonly resource: Resource;
  readonly name: string;
};

function Metered({ metered, resource, name }: MeteredProps): ReactNode {
  const words = useStrings(strings);
  const format = useFormats();
  const { calibration, report } = metered;
  const isStale = calibration?.current === false || report?.current === false;
  return (
    <>
      {isStale && (
        <p className="note warn">
          <Icon name="clock" />
          <span>{words.stale}</span>
        </p>
      )}
      {report === null ? (
        <p className="section break">
          {words.noReport} <span className="mono">tiegel meter report {metered.model}</span>
        </p>
      ) : (
        <>
          <section className="section" aria-label={words.costs}>
            <div className="title">
              <h2>{words.costs}</h2>
              <span className="meta">
                {name} · {format.count(report.tasks)} {words.tasks} · {format.day(report.made_at)}
              </span>
            </div>
            <p className="key">
              <span>● {words.selectedMark}</span>
              <span>○ {words.measuredMark}</span>
              <span>┼ {words.interval}</span>
            </p>
            <CostPlot
              title={words.costs}
              unit={words.resources[resource]}
              points={pointsOf(report.rows, resource, calibration)}
            />
            <p className="meta">{words.better}</p>
            <RowTable rows={report.rows} resource={resource} metered={metered} />
          </section>
          <Budgets report={report} resource={resource} />
          <Known report={report} />
        </>
      )}
      {calibration !== null && <Tried calibration={calibration} />}
    </>
  );
}

function Budgets({
  report,
  resource,
}: {
  readonly report: MeteredReport;
  readonly resource: Resource;
}): ReactNode {
  const words = useStrings(strings);
  if (report.budgets.length === 0) return null;
  return (
    <section className="section" aria-label={words.budgets}>
      <h2>{words.budgets}</h2>
      <p className="quiet">{words.budgetsLead}</p>
      <CostPlot
        joined
        title={words.budgets}
        unit={words.resources[resource]}
        points={pointsOf(report.budgets, resource, null)}
      />
      <RowTable rows={report.budgets} resource={resource} />
    </section>
  );
}

/** Those of which an estimate is known; of a modelled range its upper end, as the table says. */
function pointsOf(
  rows: readonly MeteredRow[],
  resource: Resource,
  calibration: MeteredCalibration | null,
): readonly CostPoint[] {
  return rows.flatMap((row, index) => {
    const cost = resource === 'joules' ? (row.joules?.high ?? row.joules?.low) : row[resource];
    if (cost?.type !== 'estimated') return [];
    const { strategy: label, accuracy } = row;
    return [{ number: index + 1, label, cost, accuracy, isSelected: label === calibration?.selected }];
  });
}

type RowTableProps = {
  readonly rows: readonly MeteredRow[];
  /** Which is shown with its interval. */
  readonly resource: Resource;
  readonly metered?: MeteredModel;
};

function RowTable({ rows, resource, metered }: RowTableProps): ReactNode {
  const words = useStrings(strings);
  const format = useFormats();
  const { tokens, seconds, joules, money } = words.resources;
  const textOf = (cost: MeteredCost, of: Resource): string =>
    of === resource ? costText(cost, words, format) : shortCost(cost, format);
  const figures = [words.accuracy, words.samples, tokens, seconds, joules, money, words.overGreedy];
  return (
    <DataTable kind="compact" label={words.costs} columns={[words.strategy, ...figures.map(numberColumn)]}>
      {rows.map((row, index) => (
        <tr key={row.strategy}>
          <td className="nowrap">
            <span className="faint num">{index + 1}</span> <span lang="en">{row.strategy}</span>
            {metered && (
              <div>
                <StateOf strategy={row.strategy} metered={metered} />
              </div>
            )}
          </td>
          <td className="n nowrap">{format.percent(row.accuracy.estimate)}</td>
          <td className="n">{format.figure(row.samples_per_task)}</td>
          <td className="n nowrap">{textOf(row.tokens, 'tokens')}</td>
          <td className="n nowrap">{textOf(row.seconds, 'seconds')}</td>
          <td className="n nowrap">
            <JoulesOf row={row} />
          </td>
          <td className="n nowrap">{row.money === null ? words.unknown : textOf(row.money, 'money')}</td>
          <td className="n nowrap">{overText(row, words, format)}</td>
        </tr>
      ))}
    </DataTable>
  );
}

type Words = (typeof strings)['en'];

function costText(cost: MeteredCost, words: Words, { figure }: Formats): string {
  if (cost.type === 'more_than') return `${words.moreThan} ${figure(cost.bound)}`;
  return `${figure(cost.estimate)} (${figure(cost.lower)} ${words.to} ${figure(cost.upper)})`;
}

function overText({ over_greedy }: MeteredRow, words: Words, format: Formats): string {
  if (over_greedy === null) return '–';
  const { difference, cost_ratio } = over_greedy;
  const sign = difference >= 0 ? '+' : '−';
  const points = `${sign}${format.figure(Math.abs(100 * difference))} ${words.points}`;
  if (cost_ratio === null) return points;
  const { estimate, lower, upper } = cost_ratio;
  return `${points}, ${format.figure(estimate)}× (${format.figure(lower)} ${words.to} ${format.figure(upper)})`;
}

function JoulesOf({ row: { joules } }: { readonly row: MeteredRow }): ReactNode {
  const words = useStrings(strings);
  const format = useFormats();
  if (joules === null) return <span className="badge">{words.methods.unknown}</span>;
  const [low, high] = [shortCost(joules.low, format), joules.high && shortCost(joules.high, format)];
  const range = high === null ? `${words.atLeast} ${low}` : low === high ? low : `${low} ${words.to} ${high}`;
  return (
    <>
      {range} <span className="badge">{words.methods[joules.method]}</span>
    </>
  );
}

function shortCost(cost: MeteredCost, { figure }: Formats): string {
  return cost.type === 'more_than' ? `> ${figure(cost.bound)}` : figure(cost.estimate);
}

type StateProps = { readonly strategy: string; readonly metered: MeteredModel };

function StateOf({ strategy, metered: { calibration, served } }: StateProps): ReactNode {
  const words = useStrings(strings);
  if (calibration === null) return null;
  if (strategy === calibration.selected) {
    if (served?.drifted === true)
      return (
        <span className="state bad">
          <Icon name="bad" />
          {words.drifted}
        </span>
      );
    const used = served === null ? words.selected : words.inUse;
    return (
      <span className={`state ${served === null ? 'info' : 'ok'}`}>
        <Icon name="ok" />
        {used}
      </span>
    );
  }
  const tried = calibration.tried.find((each) => each.strategy === strategy);
  if (tried?.shown !== false) return null;
  return <span className="state">{words.notShown}</span>;
}

function Known({ report }: { readonly report: MeteredReport }): ReactNode {
  const words = useStrings(strings);
  const { energy, money, command } = report;
  return (
    <dl className="facts section">
      <dt>{words.energy}</dt>
      <dd className="break">
        <span className="badge">{words.methods[energy.method]}</span>{' '}
        <span lang="en">{[...energy.sources, ...energy.unknown].map(visible).join(', ')}</span>
      </dd>
      <dt>{words.moneyBy}</dt>
      <dd className="break" lang="en">
        {money === null ? words.unknown : visible(money)}
      </dd>
      <dt>{words.command}</dt>
      <dd className="mono break">{visible(command)}</dd>
    </dl>
  );
}

function Tried({ calibration }: { readonly calibration: MeteredCalibration }): ReactNode {
  const words = useStrings(strings);
  const format = useFormats();
  const points = (share: number): string => format.figure(100 * share);
  return (
    <details className="section">
      <summary>{words.tried}</summary>
      <DataTable
        kind="compact"
        label={words.tried}
        columns={[
          words.strategy,
          words.baseline,
          numberColumn(words.accuracy),
          numberColumn(`${words.difference} (${words.atLeast})`),
        ]}
      >
        {calibration.tried.map(({ strategy, baseline, accuracy, difference, at_least }) => (
          <tr key={`${strategy} ${baseline}`}>
            <td lang="en">{strategy}</td>
            <td>{words.baselines[baseline]}</td>
            <td className="n nowrap">{format.percent(accuracy)}</td>
            <td className="n nowrap">
              {points(difference)} ({points(at_least)})
            </td>
          </tr>
        ))}
      </DataTable>
    </details>
  );
}
