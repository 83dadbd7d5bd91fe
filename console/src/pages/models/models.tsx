// Every model with its state, and for each the reasons: what it passed, or what stands against it. What is shown stands in the address.
import { useQuery } from '@tanstack/react-query';
import { Link, useSearch } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { CatalogModel } from '../../../../src/wire/index.ts';
import { catalogQuery } from '../../api/models.ts';
import { useFilter } from '../../frame/filter.ts';
import { useFormats, useStrings } from '../../frame/language.tsx';
import { useSignedIn } from '../../frame/session-context.ts';
import { DataTable } from '../../parts/data-table.tsx';
import { Icon, type IconName } from '../../parts/icon.tsx';
import { PageHead } from '../../parts/page-head.tsx';
import { Segments } from '../../parts/segments.tsx';
import { Unanswered } from '../../parts/unanswered.tsx';
import { ModelFacts } from './model-facts.tsx';
import { Assessments } from './report/report.tsx';
import { strings } from './strings.ts';

const filters = ['all', 'served', 'refused'] as const;

export default function Models(): ReactNode {
  const words = useStrings(strings);
  const { session } = useSignedIn();
  const { data, error, refetch } = useQuery(catalogQuery);
  const [filter, choose] = useFilter('show', filters, 'all');
  const { model }: { readonly model?: string } = useSearch({ strict: false });
  const shown = data?.filter(({ served }) => filter === 'all' || served === (filter === 'served')) ?? [];
  const chosen = data?.find(({ id }) => id === model);
  const count = data?.filter(({ served }) => served).length;
  return (
    <>
      <PageHead
        lead={
          data !== undefined && (
            <>
              <b>{count}</b> {words.of} {data.length} {words.lead}.
            </>
          )
        }
      />
      <Unanswered {...{ data, error, refetch }} />
      {data?.length === 0 && (
        <div className="empty">
          <h2>{words.none}</h2>
          <p>{words.noneFix}</p>
          <pre className="code">npm run tiegel -- pull MODEL</pre>
        </div>
      )}
      {data !== undefined && data.length > 0 && (
        <>
          <div className="line section">
            <Segments
              label={words.show}
              names={filters}
              chosen={filter}
              shown={(name) => words.filters[name]}
              onChoose={choose}
            />
          </div>
          <ModelTable models={shown} />
          {chosen !== undefined && <ModelFacts model={chosen} />}
          {chosen !== undefined && session.scopes.includes('assessments:read') && (
            <Assessments key={chosen.id} model={chosen.id} />
          )}
        </>
      )}
    </>
  );
}

function ModelTable({ models }: { readonly models: readonly CatalogModel[] }): ReactNode {
  const words = useStrings(strings);
  const format = useFormats();
  const { show }: { readonly show?: string } = useSearch({ strict: false });
  return (
    <DataTable label={words.model} columns={[words.model, words.state, words.why, words.until]} kind="two">
      {models.map((model) => (
        <tr key={model.id}>
          <td className="break">
            <Link to="." search={show === undefined ? { model: model.id } : { show, model: model.id }}>
              {model.id}
            </Link>
            <span className="sub">{model.quantisation ?? words.elsewhere}</span>
          </td>
          <td>
            <State model={model} />
          </td>
          <td className="break">{model.reason ?? model.decided_by}</td>
          <td className="nowrap">{model.expires_at === null ? '–' : format.day(model.expires_at)}</td>
        </tr>
      ))}
    </DataTable>
  );
}

const looks: Readonly<Record<CatalogModel['state'], { readonly name: string; readonly icon: IconName }>> = {
  admitted: { name: 'ok', icon: 'ok' },
  'admitted-with-conditions': { name: 'warn', icon: 'ok' },
  quarantined: { name: 'never', icon: 'clock' },
  stale: { name: 'warn', icon: 'clock' },
  revoked: { name: 'bad', icon: 'bad' },
  rejected: { name: 'bad', icon: 'bad' },
};

function State({ model: { state } }: { readonly model: CatalogModel }): ReactNode {
  const words = useStrings(strings);
  const { name, icon } = looks[state];
  return (
    <span className={`state ${name}`}>
      <Icon name={icon} />
      {words.states[state]}
    </span>
  );
}
