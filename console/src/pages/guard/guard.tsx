// The guard: how much was looked at, the cases by suspicion, and one of them where the address names it.
import { useQuery } from '@tanstack/react-query';
import { Link, useSearch } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { GuardCaseSummary, GuardStatus } from '../../../../src/wire/index.ts';
import { guardCasesQuery, guardStatusQuery } from '../../api/guard.ts';
import { useFilter } from '../../frame/filter.ts';
import { useFormats, useStrings } from '../../frame/language.tsx';
import { visible } from '../../markdown/visible.ts';
import { Icon } from '../../parts/icon.tsx';
import { PageHead, Waiting } from '../../parts/page-head.tsx';
import { Problem } from '../../parts/problem.tsx';
import { Segments } from '../../parts/segments.tsx';
import { Calibration } from './calibration.tsx';
import { CaseCard } from './case-card.tsx';
import { strings } from './strings.ts';
import { Uses } from './uses.tsx';

const states = ['open', 'cleared'] as const;

export default function Guard(): ReactNode {
  const words = useStrings(strings);
  const format = useFormats();
  const { case: id }: { readonly case?: string } = useSearch({ strict: false });
  const { data, error, refetch } = useQuery(guardStatusQuery);
  return (
    <>
      <PageHead
        lead={
          data && (
            <>
              <Looked status={data} />; <b>{format.count(data.open_cases)}</b>{' '}
              {data.open_cases === 1 ? words.open1 : words.open}.
            </>
          )
        }
      />
      {error && <Problem error={error} retry={() => void refetch()} />}
      {data === undefined && !error && <Waiting />}
      {id !== undefined && <CaseCard key={id} id={id} />}
      {data && id === undefined && (
        <>
          <Silence status={data} />
          <Cases status={data} />
          <Uses />
          <Calibration status={data} />
        </>
      )}
    </>
  );
}

/** How much the guard has looked at in the week that runs. */
function Looked({ status: { requests, accounts, since } }: { readonly status: GuardStatus }): ReactNode {
  const words = useStrings(strings);
  const format = useFormats();
  return (
    <>
      <b>{format.count(requests)}</b> {words.requests} ({format.count(accounts)}{' '}
      {accounts === 1 ? words.ofAccount : words.ofAccounts}) {words.looked} {words.since} {format.day(since)}
    </>
  );
}

/** Why there can be no alarm, where there can be none: a detector that cannot alarm looks like one that found nothing. */
function Silence({ status }: { readonly status: GuardStatus }): ReactNode {
  const words = useStrings(strings);
  const { setting, problem, calibrated_at, classes } = status;
  const told =
    problem !== null
      ? `${words.unused}: ${visible(problem)}`
      : setting === 'off'
        ? words.off
        : setting === 'observe'
          ? words.observes
          : calibrated_at === null
            ? words.uncalibrated
            : classes.some(({ can_alarm }) => can_alarm)
              ? null
              : words.cannotAlarm;
  if (told === null) return null;
  return (
    <div className="note warn">
      <Icon name="clock" />
      <p className="break">{told}</p>
    </div>
  );
}

function Cases({ status }: { readonly status: GuardStatus }): ReactNode {
  const words = useStrings(strings);
  const [state, choose] = useFilter('show', states, 'open');
  const { data, error, refetch } = useQuery(guardCasesQuery(state));
  return (
    <section className="section stack" aria-label={words.cases}>
      <div className="title">
        <h2>{words.cases}</h2>
        <Segments
          label={words.show}
          names={states}
          chosen={state}
          shown={(name) => words.states[name]}
          onChoose={choose}
        />
      </div>
      {error && <Problem error={error} retry={() => void refetch()} />}
      {data === undefined && !error && <Waiting />}
      {data?.data.length === 0 && (
        <div className="empty">
          <h3>{state === 'open' ? words.nothing : words.none}</h3>
          {state === 'open' && (
            <p>
              <Looked status={status} />.
            </p>
          )}
        </div>
      )}
      {data !== undefined && data.data.length > 0 && <CaseTable cases={data.data} />}
      {data?.has_more && <p className="meta">{words.more}</p>}
    </section>
  );
}

function CaseTable({ cases }: { readonly cases: readonly GuardCaseSummary[] }): ReactNode {
  const words = useStrings(strings);
  const format = useFormats();
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is to be scrolled by keyboard as well.
    <div className="table" tabIndex={0}>
      <table className="two">
        <thead>
          <tr>
            <th>{words.account}</th>
            <th>{words.level}</th>
            <th className="n">{words.bound}</th>
            <th className="n">{words.tokens}</th>
            <th>{words.opened}</th>
            <th>{words.measures}</th>
          </tr>
        </thead>
        <tbody>
          {cases.map((one) => (
            <tr key={one.id}>
              <td className="break">
                <Link to="." search={{ case: one.id }}>
                  {one.accounts > 1
                    ? `${format.count(one.accounts)} ${words.accounts}: ${visible(one.account_name ?? one.account)}`
                    : visible(one.account_name ?? one.account)}
                </Link>
                <span className="sub">{words.useNames[one.class]}</span>
              </td>
              <td>
                <Level level={one.level} />
              </td>
              <td className="n strong">≤ {format.probability(one.bound)}</td>
              <td className="n">{format.count(one.trace_tokens)}</td>
              <td className="nowrap">{format.time(one.opened_at)}</td>
              <td>{one.measures.map((name) => words.measureNames[name]).join(', ') || '–'}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Level({ level }: Pick<GuardCaseSummary, 'level'>): ReactNode {
  const words = useStrings(strings);
  return (
    <span className={`state ${level === 'measure' ? 'bad' : 'warn'}`}>
      <Icon name="shield" />
      {words.levels[level]}
    </span>
  );
}
