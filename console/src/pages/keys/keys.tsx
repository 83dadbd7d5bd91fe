// One's own keys: made here with the secret shown once, and revoked after a question.
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import type { OwnKey } from '../../../../src/wire/index.ts';
import { keysQuery, makeKey, revokeKey } from '../../api/keys.ts';
import { type Strings, useFormats, useStrings } from '../../frame/language.tsx';
import { useSignedIn } from '../../frame/session-context.ts';
import { AskedButton } from '../../parts/asked-button.tsx';
import { DataTable } from '../../parts/data-table.tsx';
import { PageHead } from '../../parts/page-head.tsx';
import { Unanswered } from '../../parts/unanswered.tsx';

type Words = Readonly<
  Record<'lead' | 'name' | 'make' | 'once' | 'none' | 'key' | 'used' | 'expires' | 'never' | 'soon', string> &
    Record<'revoke' | 'sure' | 'keep', string>
>;

const strings: Strings<Words> = {
  en: {
    lead: 'A key lets a program ask models as you. It can do no more than you can.',
    ...{ name: 'Name of the new key', make: 'Make key', none: 'You have no keys.', key: 'Key' },
    once: 'Copy it now: it is shown this once and kept nowhere.',
    ...{ used: 'Last used', expires: 'Expires', never: 'never', soon: 'soon' },
    ...{ revoke: 'Revoke…', sure: 'Revoke for ever', keep: 'Keep' },
  },
  de: {
    lead: 'Mit einem Schlüssel fragt ein Programm Modelle in Ihrem Namen. Er kann nicht mehr als Sie.',
    ...{
      name: 'Name des neuen Schlüssels',
      make: 'Anlegen',
      none: 'Sie haben keine Schlüssel.',
      key: 'Schlüssel',
    },
    once: 'Kopieren Sie ihn jetzt: er wird nur dieses Mal gezeigt und nirgends aufbewahrt.',
    ...{ used: 'Zuletzt benutzt', expires: 'Gilt bis', never: 'nie', soon: 'bald' },
    ...{ revoke: 'Widerrufen…', sure: 'Für immer widerrufen', keep: 'Behalten' },
  },
};

export default function Keys(): ReactNode {
  const words = useStrings(strings);
  const { account } = useSignedIn();
  const queries = useQueryClient();
  const { data, error, refetch } = useQuery(keysQuery);
  const [name, setName] = useState('');
  const again = (): Promise<void> => queries.invalidateQueries(keysQuery);
  // What is left behind is forgotten, so that the secret is in no cache.
  const made = useMutation({ mutationFn: () => makeKey(name, account), onSuccess: again, gcTime: 0 });
  const revoked = useMutation({ mutationFn: revokeKey, onSuccess: again });
  const problem = error ?? made.error ?? revoked.error;
  return (
    <>
      <PageHead lead={words.lead} />
      <form
        className="line"
        onSubmit={(event) => {
          event.preventDefault();
          made.mutate();
        }}
      >
        <label className="field">
          <span>{words.name}</span>
          <input className="input" required value={name} onChange={(event) => setName(event.target.value)} />
        </label>
        <button type="submit" className="button primary">
          {words.make}
        </button>
      </form>
      {made.data && (
        <div className="note ok" role="status">
          <div className="break">
            <b>{words.once}</b>
            <p className="mono">{made.data.value}</p>
          </div>
        </div>
      )}
      <Unanswered {...{ data, error: problem, refetch }} />
      {data?.length === 0 && <p className="empty">{words.none}</p>}
      {data !== undefined && data.length > 0 && <KeyTable keys={data} onRevoke={revoked.mutate} />}
    </>
  );
}

type TableProps = { readonly keys: readonly OwnKey[]; readonly onRevoke: (id: string) => void };

function KeyTable({ keys, onRevoke }: TableProps): ReactNode {
  const words = useStrings(strings);
  const format = useFormats();
  return (
    <section className="section">
      <DataTable
        label={words.key}
        columns={[words.key, words.used, words.expires, { name: words.revoke, kind: 'unseen' }]}
      >
        {keys.map(({ id, name, redacted_value, last_used_at, expires_at, expires_soon }) => (
          <tr key={id}>
            <td className="break">
              {name} <span className="sub mono">{redacted_value}</span>
            </td>
            <td>{last_used_at === null ? words.never : format.day(last_used_at)}</td>
            <td>
              {expires_at === null ? words.never : format.day(expires_at)} {expires_soon && `(${words.soon})`}
            </td>
            <td className="n">
              <AskedButton
                name={words.revoke}
                sure={words.sure}
                keep={words.keep}
                onSure={() => onRevoke(id)}
              />
            </td>
          </tr>
        ))}
      </DataTable>
    </section>
  );
}
