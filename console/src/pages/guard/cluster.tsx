// Accounts that are taken for one: a graph whose edges open the test behind them, where there are few enough to be drawn, and a table.
import { type ReactNode, useState } from 'react';
import type { GuardCluster } from '../../../../src/wire/index.ts';
import { useFormats, useStrings } from '../../frame/language.tsx';
import { visible } from '../../markdown/visible.ts';
import { strings } from './strings.ts';

export function Cluster({ cluster }: { readonly cluster: GuardCluster }): ReactNode {
  const words = useStrings(strings);
  const format = useFormats();
  const { members, links, edges, reasons } = cluster;
  const [chosen, choose] = useState<string | undefined>(links[0]?.test);
  const open = links.find(({ test }) => test === chosen);
  return (
    <section className="section stack" aria-label={words.together}>
      <div className="title">
        <h2>{words.together}</h2>
        <span className="meta">{reasons.map((reason) => words.reasons[reason] ?? reason).join('; ')}</span>
      </div>
      <ul className="line">
        {links.map(({ test }, place) => (
          <li key={test}>
            <button
              type="button"
              className="button small"
              aria-pressed={test === chosen}
              onClick={() => choose(test)}
            >
              <EdgeSample place={place} />
              {words.tests[test] ?? test}
            </button>
          </li>
        ))}
      </ul>
      {open && (
        <p role="status">
          <b>{words.tests[open.test] ?? open.test}</b>: {words.joins} {format.count(open.accounts)}{' '}
          {words.accounts}, {format.count(open.neighbours)} {words.neighbours}, {words.limit}{' '}
          {format.count(Math.floor(open.limit))}; e = {format.count(Math.round(open.e_value))}
        </p>
      )}
      <p>
        {format.count(members.filter(({ measured }) => measured).length)} {words.accounts} {words.areMeasured}
      </p>
      {edges.length > 0 && <Graph cluster={cluster} chosen={chosen} onChoose={choose} />}
      <details open={edges.length === 0}>
        <summary className="meta">
          {words.asTable}: {format.count(members.length)} {words.members}
        </summary>
        <Members members={members} />
      </details>
    </section>
  );
}

/** Of the test at a place in the list. */
function classAt(place: number): string {
  return `e${place + 1}`;
}

function EdgeSample({ place }: { readonly place: number }): ReactNode {
  return (
    <svg className="chart" viewBox="0 0 16 8" width="16" height="8" aria-hidden="true">
      <line x1="0" x2="16" y1="4" y2="4" className={classAt(place)} />
    </svg>
  );
}

const [size, radius] = [360, 150];

type GraphProps = {
  readonly cluster: GuardCluster;
  readonly chosen: string | undefined;
  readonly onChoose: (test: string) => void;
};

/** Members on a circle. Whoever has no pointer chooses a test in the list above. */
function Graph({ cluster: { members, links, edges }, chosen, onChoose }: GraphProps): ReactNode {
  const words = useStrings(strings);
  const format = useFormats();
  const at = (place: number): readonly [x: number, y: number] => {
    const angle = (2 * Math.PI * place) / members.length - Math.PI / 2;
    return [size / 2 + radius * Math.cos(angle), size / 2 + radius * Math.sin(angle)];
  };
  const tests = links.map(({ test }) => test);
  // What is chosen is drawn last, above the others.
  const drawn = edges.toSorted((one, other) => Number(one.test === chosen) - Number(other.test === chosen));
  const names = tests.map((test) => words.tests[test] ?? test).join(', ');
  return (
    <figure>
      <svg
        className="chart"
        viewBox={`0 0 ${size} ${size}`}
        width={size}
        height={size}
        role="img"
        aria-label={`${format.count(members.length)} ${words.graph} ${names}`}
      >
        {drawn.map(({ test, one, other }) => {
          const [[x1, y1], [x2, y2]] = [at(one), at(other)];
          const look = test === chosen ? 'pick' : classAt(tests.indexOf(test));
          return (
            // biome-ignore lint/a11y/noStaticElementInteractions: the list of tests does the same by keyboard.
            <line
              key={`${test} ${one} ${other}`}
              {...{ x1, y1, x2, y2 }}
              className={look}
              onClick={() => onChoose(test)}
            >
              <title>{words.tests[test] ?? test}</title>
            </line>
          );
        })}
        {members.map(({ account, name, measured }, place) => {
          const [cx, cy] = at(place);
          return (
            <circle
              key={`${place} ${account}`}
              cx={cx}
              cy={cy}
              r="6"
              className={account === null ? 'node out' : 'node'}
            >
              <title>
                {visible(name ?? account ?? words.other)}
                {!measured && `, ${words.notMeasured}`}
              </title>
            </circle>
          );
        })}
      </svg>
    </figure>
  );
}

function Members({ members }: Pick<GuardCluster, 'members'>): ReactNode {
  const words = useStrings(strings);
  const format = useFormats();
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is to be scrolled by keyboard as well.
    <div className="table" tabIndex={0}>
      <table className="compact">
        <thead>
          <tr>
            <th>{words.account}</th>
            <th className="n">{words.asked}</th>
            <th className="n">{words.tokens}</th>
            <th>{words.joinedBy}</th>
          </tr>
        </thead>
        <tbody>
          {members.map(({ account, name, requests, trace_tokens, joined_by, measured }, place) => (
            <tr key={place}>
              <td className="break">{visible(name ?? account ?? words.other)}</td>
              <td className="n">{format.count(requests)}</td>
              <td className="n">{format.count(trace_tokens)}</td>
              <td>
                {joined_by.map((test) => words.tests[test] ?? test).join(', ')}
                {!measured && `; ${words.notMeasured}`}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
