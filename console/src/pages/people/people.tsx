// People: added with a role, let in by a link that works once, given another role, removed after a question.
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import type { UserBody } from '../../../../src/wire/index.ts';
import { addPerson, makeLink, peopleQuery, removePerson, setRole } from '../../api/people.ts';
import { type Strings, useFormats, useStrings } from '../../frame/language.tsx';
import { useSignedIn } from '../../frame/session-context.ts';
import { visible } from '../../markdown/visible.ts';
import { AskedButton } from '../../parts/asked-button.tsx';
import { DataTable } from '../../parts/data-table.tsx';
import { PageHead } from '../../parts/page-head.tsx';
import { Unanswered } from '../../parts/unanswered.tsx';

type Words = Readonly<
  Record<
    'people' | 'lead' | 'name' | 'email' | 'role' | 'add' | 'person' | 'since' | 'link' | 'once',
    string
  > &
    Record<'remove' | 'sure' | 'keep' | 'none' | 'of' | 'you', string>
> & { readonly roles: Readonly<Record<string, string>> };

const strings: Strings<Words> = {
  en: {
    ...{ people: 'people', lead: 'are in this organisation.', name: 'Name', email: 'E-mail', role: 'Role' },
    ...{ add: 'Add', person: 'Person', since: 'Since', link: 'Sign-in link', remove: 'Remove…', you: 'you' },
    once: 'Give it to them: it signs in once, within ten minutes, and is shown this once.',
    ...{ sure: 'Remove, with their keys', keep: 'Keep', none: 'no role', of: 'Role of' },
    roles: {},
  },
  de: {
    ...{ people: 'Personen', lead: 'gehören zu dieser Organisation.', name: 'Name', email: 'E-Mail' },
    ...{ role: 'Rolle', add: 'Hinzufügen', person: 'Person', since: 'Seit', link: 'Anmeldelink', you: 'Sie' },
    once: 'Geben Sie ihn weiter: er meldet einmal an, innerhalb von zehn Minuten, und wird nur dieses Mal gezeigt.',
    ...{ remove: 'Entfernen…', sure: 'Entfernen, mit Schlüsseln', keep: 'Behalten', none: 'keine Rolle' },
    of: 'Rolle von',
    roles: {
      ...{ owner: 'Eigentum', administrator: 'Verwaltung', security: 'Sicherheit', billing: 'Abrechnung' },
      ...{ member: 'Mitglied', viewer: 'Einsicht' },
    },
  },
};

const roles = ['owner', 'administrator', 'security', 'billing', 'member', 'viewer'] as const;

export default function People(): ReactNode {
  const words = useStrings(strings);
  const queries = useQueryClient();
  const { data, error, refetch } = useQuery(peopleQuery);
  const again = (): Promise<void> => queries.invalidateQueries(peopleQuery);
  const [name, setName] = useState('');
  const [email, setEmail] = useState('');
  const [role, chooseRole] = useState<string>('member');
  const added = useMutation({
    mutationFn: addPerson,
    onSuccess: async () => {
      setName('');
      setEmail('');
      await again();
    },
  });
  const changed = useMutation({ mutationFn: setRole, onSettled: again });
  const removed = useMutation({ mutationFn: removePerson, onSuccess: again });
  // What is left behind is forgotten, so that the link is in no cache.
  const linked = useMutation({ mutationFn: makeLink, gcTime: 0 });
  const problem = error ?? added.error ?? changed.error ?? removed.error ?? linked.error;
  return (
    <>
      <PageHead
        lead={
          data && (
            <>
              <b>{data.length}</b> {words.people} {words.lead}
            </>
          )
        }
      />
      <form
        className="line"
        onSubmit={(event) => {
          event.preventDefault();
          added.mutate({ name, email: email || null, role });
        }}
      >
        <label className="field">
          <span>{words.name}</span>
          <input
            className="input"
            required
            maxLength={200}
            value={name}
            onChange={(event) => setName(event.target.value)}
          />
        </label>
        <label className="field">
          <span>{words.email}</span>
          <input
            className="input"
            type="email"
            maxLength={200}
            value={email}
            onChange={(event) => setEmail(event.target.value)}
          />
        </label>
        <label className="field">
          <span>{words.role}</span>
          <select className="input" value={role} onChange={(event) => chooseRole(event.target.value)}>
            {roles.map((one) => (
              <option key={one} value={one}>
                {words.roles[one] ?? one}
              </option>
            ))}
          </select>
        </label>
        <button type="submit" className="button primary" disabled={added.isPending}>
          {words.add}
        </button>
      </form>
      {linked.data && (
        <div className="note ok" role="status">
          <div className="break">
            <b>{words.once}</b>
            <p className="mono">{linked.data.url}</p>
          </div>
        </div>
      )}
      <Unanswered {...{ data, error: problem, refetch }} />
      {data && (
        <PeopleTable
          people={data}
          onRole={(id, next) => changed.mutate({ id, role: next })}
          onLink={linked.mutate}
          onRemove={removed.mutate}
        />
      )}
    </>
  );
}

type TableProps = {
  readonly people: readonly UserBody[];
  readonly onRole: (id: string, role: string) => void;
  readonly onLink: (id: string) => void;
  readonly onRemove: (id: string) => void;
};

function PeopleTable({ people, onRole, onLink, onRemove }: TableProps): ReactNode {
  const words = useStrings(strings);
  const format = useFormats();
  const { session } = useSignedIn();
  return (
    <section className="section">
      <DataTable
        label={words.people}
        columns={[words.person, words.role, words.since, { name: words.remove, kind: 'unseen' }]}
        kind="two"
      >
        {people.map(({ id, name, email, role, added_at }) => (
          <tr key={id}>
            <td className="break">
              {visible(name ?? email ?? id)} {id === session.person.id && `(${words.you})`}
              <span className="sub mono">{email === null ? id : `${visible(email)} · ${id}`}</span>
            </td>
            <td>
              <select
                className="input"
                aria-label={`${words.of} ${name ?? id}`}
                value={role ?? ''}
                onChange={(event) => onRole(id, event.target.value)}
              >
                {role === null && <option value="">{words.none}</option>}
                {roles.map((one) => (
                  <option key={one} value={one}>
                    {words.roles[one] ?? one}
                  </option>
                ))}
              </select>
            </td>
            <td className="nowrap">{format.day(added_at)}</td>
            <td className="n">
              <button type="button" className="button small" onClick={() => onLink(id)}>
                {words.link}
              </button>{' '}
              <AskedButton
                name={words.remove}
                sure={words.sure}
                keep={words.keep}
                onSure={() => onRemove(id)}
              />
            </td>
          </tr>
        ))}
      </DataTable>
    </section>
  );
}
