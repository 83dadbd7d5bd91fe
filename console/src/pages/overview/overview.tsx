// What needs a decision, what is served and why, what is used and left, and what was refused: each part for whoever may see it.
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { newestEntriesQuery } from '../../api/audit.ts';
import { catalogQuery, limitsQuery } from '../../api/models.ts';
import { type UsageRow, usageQuery } from '../../api/usage.ts';
import { useFormats, useStrings } from '../../frame/language.tsx';
import { useSignedIn } from '../../frame/session-context.ts';
import { LimitMeter } from '../../parts/limit-meter.tsx';
import { PageHead } from '../../parts/page-head.tsx';
import { Problem } from '../../parts/problem.tsx';
import { Decisions } from './decisions.tsx';
import { strings } from './strings.ts';

export default function Overview(): ReactNode {
  const words = useStrings(strings);
  const { session } = useSignedIn();
  const may = (scope: string): boolean => session.scopes.includes(scope);
  return (
    <>
      <PageHead
        actions={
          may('inference') && (
            <Link className="button primary" to="/console/playground">
              {words.first}
            </Link>
          )
        }
      />
      <Decisions seesModels={may('models:read')} />
      {may('models:read') && <ServedModels />}
      {may('usage:read') && <Used />}
      <Left />
      {may('audit:read') && <Refused />}
    </>
  );
}

type PartProps = {
  readonly name: string;
  /** Names the page that shows all of it. */
  readonly all: string;
  readonly to: string;
  readonly error: Error | null;
  readonly retry: () => void;
  readonly children: ReactNode;
};

function Part({ name, all, to, error, retry, children }: PartProps): ReactNode {
  return (
    <section className="section stack">
      <div className="title">
        <h2>{name}</h2>
        <Link className="meta" to={to}>
          {all}
        </Link>
      </div>
      {error && <Problem error={error} retry={retry} />}
      {children}
    </section>
  );
}

function ServedModels(): ReactNode {
  const words = useStrings(strings);
  const format = useFormats();
  const { data, error, refetch } = useQuery(catalogQuery);
  const served = data?.filter((model) => model.served) ?? [];
  return (
    <Part
      name={words.models}
      all={words.allModels}
      to="/console/models"
      error={error}
      retry={() => void refetch()}
    >
      {data !== undefined && (
        <p>
          <b>{served.length}</b> {words.of} {data.length} {words.served}.
        </p>
      )}
      <ul className="stack tight">
        {served.map(({ id, decided_by, expires_at }) => (
          <li key={id} className="break">
            <Link to="/console/models" search={{ model: id }}>
              {id}
            </Link>{' '}
            <span className="meta">
              {decided_by}
              {expires_at !== null && ` · ${words.until} ${format.day(expires_at)}`}
            </span>
          </li>
        ))}
      </ul>
    </Part>
  );
}

function Used(): ReactNode {
  const words = useStrings(strings);
  const { account } = useSignedIn();
  const { data, error, refetch } = useQuery(usageQuery({ days: 30, group: 'model' }, account));
  const last = data?.at(-1)?.day;
  const today = Math.floor(Date.now() / 86_400_000) * 86_400;
  return (
    <Part
      name={words.spent}
      all={words.allUsage}
      to="/console/usage"
      error={error}
      retry={() => void refetch()}
    >
      {data?.length === 0 && <p className="quiet">{words.firstFix}</p>}
      {data !== undefined && last !== undefined && (
        <>
          <UsedIn name={words.today} rows={data.filter(({ day }) => day === today)} />
          <UsedIn name={words.month} rows={data} />
        </>
      )}
    </Part>
  );
}

function UsedIn({ name, rows }: { readonly name: string; readonly rows: readonly UsageRow[] }): ReactNode {
  const words = useStrings(strings);
  const format = useFormats();
  const total = (of: (row: UsageRow) => number): number => rows.reduce((sum, row) => sum + of(row), 0);
  const tokens = total(({ prompt, thinking, answer }) => prompt + thinking + answer);
  const share = Math.round((100 * total(({ thinking }) => thinking)) / Math.max(1, tokens));
  return (
    <p className="num">
      {name}: <b>{format.count(tokens)}</b> {words.tokens}, {share} % {words.ofThinking},{' '}
      {format.count(total(({ requests }) => requests))} {words.requests}
    </p>
  );
}

function Left(): ReactNode {
  const words = useStrings(strings);
  const { account } = useSignedIn();
  const { data, error, refetch } = useQuery(limitsQuery(account));
  return (
    <Part
      name={words.left}
      all={words.allLimits}
      to="/console/limits"
      error={error}
      retry={() => void refetch()}
    >
      {data?.length === 0 && <p className="quiet">{words.noLimits}</p>}
      {data?.slice(0, 3).map((limit) => (
        <LimitMeter key={`${limit.scope} ${limit.model} ${limit.unit} ${limit.period}`} limit={limit} />
      ))}
    </Part>
  );
}

function Refused(): ReactNode {
  const words = useStrings(strings);
  const format = useFormats();
  const { data, error, refetch } = useQuery(newestEntriesQuery);
  const refused = data?.filter(({ x_tiegel }) => x_tiegel.refused !== null) ?? [];
  return (
    <Part
      name={words.refused}
      all={words.allAudit}
      to="/console/audit"
      error={error}
      retry={() => void refetch()}
    >
      {data !== undefined && refused.length === 0 && <p className="quiet">{words.noRefusals}</p>}
      <ul className="stack tight">
        {refused.slice(0, 5).map(({ id, type, effective_at, x_tiegel }) => (
          <li key={id} className="break">
            <span className="num">{format.time(effective_at)}</span> · <span className="mono">{type}</span> ·{' '}
            {x_tiegel.refused}
          </li>
        ))}
      </ul>
    </Part>
  );
}
