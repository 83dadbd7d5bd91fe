// The data policy in force: which model may answer under it and which rule forbids the others, what is kept, and erasure. Of each change one sees first what would
// come of it.
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import type { DataPolicy } from '../../../../src/wire/index.ts';
import { policiesQuery, previewPolicy, setPolicy } from '../../api/data-policies.ts';
import { useFormats, useStrings } from '../../frame/language.tsx';
import { useSignedIn } from '../../frame/session-context.ts';
import { visible } from '../../markdown/visible.ts';
import { DataTable } from '../../parts/data-table.tsx';
import { Icon } from '../../parts/icon.tsx';
import { PageHead } from '../../parts/page-head.tsx';
import { Problem } from '../../parts/problem.tsx';
import { Unanswered } from '../../parts/unanswered.tsx';
import { Erasure } from './erasure.tsx';
import { strings } from './strings.ts';

export default function DataPolicyPage(): ReactNode {
  const words = useStrings(strings);
  const format = useFormats();
  const { session } = useSignedIn();
  const { data, error, refetch } = useQuery(policiesQuery);
  const whole = data?.data.find(({ account }) => account === null);
  const mayChange = session.scopes.includes('policy:write');
  return (
    <>
      <PageHead
        lead={
          whole && (
            <>
              <b>{whole.models.filter(({ allowed }) => allowed).length}</b> {words.of} {whole.models.length}{' '}
              {words.lead}.
            </>
          )
        }
      />
      <Unanswered {...{ data, error, refetch }} />
      {data && <EngineMap policies={data.data} />}
      {whole && (
        <section className="section stack" aria-label={words.rules}>
          <div className="title">
            <h2>{words.rules}</h2>
            <span className="meta">
              {whole.set_at === null
                ? words.never
                : `${words.version} ${whole.version}, ${words.since} ${format.day(whole.set_at)}`}
            </span>
          </div>
          <Rules policy={whole} />
        </section>
      )}
      {data && mayChange && <Presets presets={data.presets} />}
      {mayChange && <Erasure />}
    </>
  );
}

/** Models by those whom a policy of their own or the organisation's holds for. */
function EngineMap({ policies }: { readonly policies: readonly DataPolicy[] }): ReactNode {
  const words = useStrings(strings);
  const { session } = useSignedIn();
  const names = [...new Set(policies.flatMap(({ models }) => models.map(({ name }) => name)))].sort();
  const nameOf = (account: string | null): string =>
    account === null ? words.whole : (session.accounts.find(({ id }) => id === account)?.name ?? account);
  return (
    <section className="section" aria-label={words.where}>
      <h2>{words.where}</h2>
      <DataTable
        label={words.where}
        columns={[words.model, ...policies.map(({ account }) => visible(nameOf(account)))]}
        kind="two"
      >
        {names.map((name) => (
          <tr key={name}>
            <td className="strong break">{visible(name)}</td>
            {policies.map(({ account, models }) => (
              <Verdict key={account} model={models.find((one) => one.name === name)} />
            ))}
          </tr>
        ))}
      </DataTable>
    </section>
  );
}

function Verdict({ model }: { readonly model: DataPolicy['models'][number] | undefined }): ReactNode {
  const words = useStrings(strings);
  if (model === undefined) return <td>–</td>;
  if (model.allowed)
    return (
      <td>
        <span className="state ok">
          <Icon name="ok" />
          {words.may}
        </span>
      </td>
    );
  return (
    <td className="break">
      <span className="state bad">
        <Icon name="bad" />
        {visible(model.forbidden.join('; '))}
      </span>
    </td>
  );
}

/** Every member of the policy that holds, by its path: what a policy can say is for those who know policies. */
function Rules({ policy: { policy } }: { readonly policy: DataPolicy }): ReactNode {
  const words = useStrings(strings);
  const rules = membersOf(policy, '');
  if (rules.length === 0) return <p className="quiet">{words.none}</p>;
  return (
    <dl className="facts">
      {rules.map(([path, value]) => (
        <div key={path} className="fact">
          <dt className="mono">{visible(path)}</dt>
          <dd className="break">{visible(value)}</dd>
        </div>
      ))}
    </dl>
  );
}

function membersOf(value: unknown, path: string): readonly (readonly [string, string])[] {
  if (Array.isArray(value)) return [[path, value.length === 0 ? '–' : value.map(String).join(', ')]];
  if (typeof value === 'object' && value !== null)
    return Object.entries(value).flatMap(([name, member]) =>
      membersOf(member, path === '' ? name : `${path}.${name}`),
    );
  return [[path, value === null ? '–' : String(value)]];
}

type PresetsProps = { readonly presets: readonly { readonly name: string; readonly text: string }[] };

function Presets({ presets }: PresetsProps): ReactNode {
  const words = useStrings(strings);
  const queries = useQueryClient();
  const [name, setName] = useState(presets[0]?.name ?? '');
  const previewed = useMutation({ mutationFn: previewPolicy });
  const set = useMutation({
    mutationFn: setPolicy,
    onSuccess: async () => {
      previewed.reset();
      await queries.invalidateQueries(policiesQuery);
    },
  });
  const problem = previewed.error ?? set.error;
  return (
    <section className="section stack" aria-label={words.presets}>
      <h2>{words.presets}</h2>
      <form
        className="line"
        onSubmit={(event) => {
          event.preventDefault();
          previewed.mutate([name]);
        }}
      >
        <label className="field">
          <span>{words.preset}</span>
          <select
            className="input"
            value={name}
            onChange={(event) => {
              setName(event.target.value);
              previewed.reset();
            }}
          >
            {presets.map((preset) => (
              <option key={preset.name} value={preset.name}>
                {preset.name}: {preset.text}
              </option>
            ))}
          </select>
        </label>
        <button type="submit" className="button">
          {words.preview}
        </button>
      </form>
      {problem && <Problem error={problem} />}
      {previewed.data && (
        <div className="stack" role="status">
          <p>{words.would}</p>
          <ul className="notes">
            {previewed.data.models.map((model) => (
              <li key={model.name} className="break">
                {visible(model.name)}: {model.allowed ? words.may : visible(model.forbidden.join('; '))}
              </li>
            ))}
          </ul>
          <Rules policy={previewed.data} />
          <div>
            <button type="button" className="button danger" onClick={() => set.mutate([name])}>
              {words.set}
            </button>
          </div>
        </div>
      )}
    </section>
  );
}
