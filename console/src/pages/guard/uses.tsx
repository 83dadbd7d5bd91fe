// What accounts are for: each is judged among honest weeks of what it declared.
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import type { DeclaredUse, GuardAccount } from '../../../../src/wire/index.ts';
import { declareUse, guardAccountsQuery } from '../../api/guard.ts';
import { useFormats, useStrings } from '../../frame/language.tsx';
import { useSignedIn } from '../../frame/session-context.ts';
import { visible } from '../../markdown/visible.ts';
import { Problem } from '../../parts/problem.tsx';
import { strings } from './strings.ts';

const uses: readonly DeclaredUse[] = ['chat', 'rag', 'agent', 'evaluation', 'labelling', 'synthetic-data'];

export function Uses(): ReactNode {
  const words = useStrings(strings);
  const format = useFormats();
  const { session } = useSignedIn();
  const queries = useQueryClient();
  const { data, error, refetch } = useQuery(guardAccountsQuery);
  const declared = useMutation({
    mutationFn: ({ account, use }: { readonly account: string; readonly use: DeclaredUse }) =>
      declareUse(account, use),
    onSettled: () => queries.invalidateQueries(guardAccountsQuery),
  });
  const problem = error ?? declared.error;
  return (
    <section className="section stack" aria-label={words.uses}>
      <h2>{words.uses}</h2>
      <p className="quiet">{words.usesLead}</p>
      {problem && <Problem error={problem} retry={() => void refetch()} />}
      {data && (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is to be scrolled by keyboard as well.
        <div className="table" tabIndex={0}>
          <table>
            <thead>
              <tr>
                <th>{words.account}</th>
                <th>{words.use}</th>
                <th className="n">{words.thisWeek}</th>
              </tr>
            </thead>
            <tbody>
              {data.data.map((account) => (
                <tr key={account.id}>
                  <td className="break">{visible(account.name)}</td>
                  <td>
                    <Use
                      account={account}
                      mayChange={session.scopes.includes('guard:act')}
                      onDeclare={(use) => declared.mutate({ account: account.id, use })}
                    />
                  </td>
                  <td className="n">{format.count(account.requests)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {data?.has_more && <p className="meta">{words.more}</p>}
    </section>
  );
}

type UseProps = {
  readonly account: GuardAccount;
  readonly mayChange: boolean;
  readonly onDeclare: (use: DeclaredUse) => void;
};

function Use({ account, mayChange, onDeclare }: UseProps): ReactNode {
  const words = useStrings(strings);
  const { name, class: declared } = account;
  if (!mayChange) return words.useNames[declared ?? 'undeclared'];
  return (
    <select
      className="input"
      aria-label={`${words.use}: ${name}`}
      value={declared ?? ''}
      onChange={(event) => onDeclare(event.target.value as DeclaredUse)}
    >
      {declared === null && <option value="">{words.useNames.undeclared}</option>}
      {uses.map((use) => (
        <option key={use} value={use}>
          {words.useNames[use]}
        </option>
      ))}
    </select>
  );
}
