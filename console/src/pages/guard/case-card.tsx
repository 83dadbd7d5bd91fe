// One case: its verdict and bound in a sentence, what counts most, what would clear it, what is not known, who belongs together, and what was
// and can be done.
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { type ReactNode, useEffect, useRef } from 'react';
import type { GuardCaseBody } from '../../../../src/wire/index.ts';
import { evidencePath, guardCaseQuery } from '../../api/guard.ts';
import { useFormats, useStrings } from '../../frame/language.tsx';
import { useSignedIn } from '../../frame/session-context.ts';
import { visible } from '../../markdown/visible.ts';
import { Icon } from '../../parts/icon.tsx';
import { Waiting } from '../../parts/page-head.tsx';
import { Problem } from '../../parts/problem.tsx';
import { Cluster } from './cluster.tsx';
import { Contributions } from './contributions.tsx';
import { Decisions } from './decisions.tsx';
import { strings } from './strings.ts';

export function CaseCard({ id }: { readonly id: string }): ReactNode {
  const words = useStrings(strings);
  const { session } = useSignedIn();
  const { data, error, refetch } = useQuery(guardCaseQuery(id));
  return (
    <>
      <p className="crumb section line">
        <Link to="." search={{}}>
          {words.back}
        </Link>
        <a className="button small end" href={evidencePath(id)} download>
          <Icon name="down" />
          {words.evidence}
        </a>
      </p>
      {error && <Problem error={error} retry={() => void refetch()} />}
      {data === undefined && !error && <Waiting />}
      {data && (
        <>
          <Verdict found={data} />
          <Contributions contributions={data.contributions} />
          {data.cluster && <Cluster cluster={data.cluster} />}
          <Grounds found={data} />
          {session.scopes.includes('guard:act') && <Decisions found={data} />}
          <Log entries={data.log} />
        </>
      )}
    </>
  );
}

function Verdict({ found }: { readonly found: GuardCaseBody }): ReactNode {
  const words = useStrings(strings);
  const format = useFormats();
  const heading = useRef<HTMLHeadingElement>(null);
  // What was opened from the list is where one goes on reading.
  useEffect(() => heading.current?.focus(), []);
  const { account, account_name, accounts, bound, statistic, thresholds, cluster, state } = found;
  const name = visible(account_name ?? account);
  return (
    <section className="section stack" aria-label={name}>
      <div className="title">
        <h2 className="big break" ref={heading} tabIndex={-1}>
          {cluster === null ? `${name} ${words.what}` : `${format.count(accounts)} ${words.joined}: ${name}`}
        </h2>
        <span className={`state tag ${state === 'open' ? 'bad' : 'ok'}`}>
          <Icon name={state === 'open' ? 'shield' : 'ok'} />
          {words.states[state]}
        </span>
      </div>
      <p>
        {cluster === null ? (
          <>
            {words.atMost} <b>{format.probability(bound)}</b> {words.reach} ({words.useNames[found.class]};{' '}
            {format.count(found.honest_weeks)} {words.seen}).
          </>
        ) : (
          <>
            {words.chance} <b>{format.probability(bound)}</b>.
          </>
        )}
      </p>
      <dl className="figures">
        <div>
          <dt>{words.declaredAs}</dt>
          <dd>{words.useNames[found.class]}</dd>
        </div>
        <div>
          <dt>{words.asked}</dt>
          <dd>{format.count(found.requests)}</dd>
          <dd className="sub">
            {words.week} {format.day(found.week_began)}
          </dd>
        </div>
        <div>
          <dt>{words.tokens}</dt>
          <dd>{format.count(found.trace_tokens)}</dd>
        </div>
        <div>
          <dt>{words.reached}</dt>
          <dd>{format.decimal(statistic)}</dd>
          <dd className="sub">
            {words.units}, {words.after} {format.count(found.reached_after)} {words.requests}; {words.ask}{' '}
            {format.decimal(thresholds.ask)}, {words.measure} {format.decimal(thresholds.measure)}
          </dd>
        </div>
      </dl>
    </section>
  );
}

/** Of a long calibration the first few. */
const mostKinds = 20;

function Grounds({ found }: { readonly found: GuardCaseBody }): ReactNode {
  const words = useStrings(strings);
  const format = useFormats();
  const { cleared_by, cluster, not_known, kinds, other_kinds, calibrated_at } = found;
  const clearing =
    cluster === null
      ? (cleared_by ?? []).map((feature) => words.features[feature] ?? visible(feature))
      : cluster.links.map(({ test }) => words.tests[test] ?? test);
  const seen = [
    ...kinds.slice(0, mostKinds).map(visible),
    ...(kinds.length > mostKinds ? [`${format.count(kinds.length - mostKinds)} ${words.furtherKinds}`] : []),
    ...(other_kinds > 0 ? [`${format.count(other_kinds)} ${words.otherKinds}`] : []),
  ];
  return (
    <div className="cols c2">
      <section className="section stack tight" aria-label={words.clears}>
        <h2>{words.clears}</h2>
        {clearing.length === 0 ? (
          <p>{words.neither}</p>
        ) : (
          <>
            <p>
              <span className="state ok">
                <Icon name="ok" />
                {words.checked}
              </span>{' '}
              {cluster === null ? words.without : words.withoutLinks}
            </p>
            <ul className="notes">
              {clearing.map((name) => (
                <li key={name}>{name}</li>
              ))}
            </ul>
          </>
        )}
      </section>
      <section className="section stack tight" aria-label={words.unknown}>
        <h2>{words.unknown}</h2>
        <ul className="notes">
          {not_known.map((text) => (
            <li key={text}>{words.unknowns[text] ?? visible(text)}</li>
          ))}
        </ul>
        <p className="meta break">
          {words.sawKinds} ({format.day(calibrated_at)}): {seen.join(', ') || '–'}
        </p>
      </section>
    </div>
  );
}

function Log({ entries }: { readonly entries: GuardCaseBody['log'] }): ReactNode {
  const words = useStrings(strings);
  const format = useFormats();
  return (
    <section className="section stack tight" aria-label={words.log}>
      <h2>{words.log}</h2>
      <ul className="stack tight">
        {entries.map(({ at, action, measure, by, reason }) => (
          <li key={`${at} ${action} ${measure}`} className="break">
            <span className="num">{format.time(at)}</span> ·{' '}
            {measure !== null && `${words.measureNames[measure]} `}
            {words.actions[action] ?? action} {words.by} <span className="mono">{by}</span>
            {reason !== null && `: ${visible(reason)}`}
          </li>
        ))}
      </ul>
    </section>
  );
}
