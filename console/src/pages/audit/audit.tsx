// The newest entries of the audit log, and older ones on demand.
import { useInfiniteQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { readAuditPage } from '../../api/audit.ts';
import { type Strings, useFormats, useStrings } from '../../frame/language.tsx';
import { DataTable } from '../../parts/data-table.tsx';
import { PageHead } from '../../parts/page-head.tsx';
import { Unanswered } from '../../parts/unanswered.tsx';

type Words = Readonly<
  Record<'lead' | 'at' | 'action' | 'actor' | 'target' | 'outcome' | 'done' | 'older', string>
>;

const strings: Strings<Words> = {
  en: {
    lead: 'Who changed what and who was refused what, the newest first.',
    ...{ at: 'When', action: 'Action', actor: 'By', target: 'What', outcome: 'Outcome' },
    ...{ done: 'done', older: 'Show older' },
  },
  de: {
    lead: 'Wer was geändert hat und wem was verweigert wurde, das Neueste zuerst.',
    ...{ at: 'Wann', action: 'Vorgang', actor: 'Durch', target: 'Was', outcome: 'Ergebnis' },
    ...{ done: 'ausgeführt', older: 'Ältere zeigen' },
  },
};

export default function Audit(): ReactNode {
  const words = useStrings(strings);
  const format = useFormats();
  const { data, error, refetch, hasNextPage, fetchNextPage } = useInfiniteQuery({
    queryKey: ['audit'],
    queryFn: ({ pageParam }) => readAuditPage(pageParam),
    initialPageParam: '',
    getNextPageParam: ({ has_more, last_id }) => (has_more ? (last_id ?? undefined) : undefined),
  });
  const entries = data?.pages.flatMap((page) => page.data) ?? [];
  return (
    <>
      <PageHead lead={words.lead} />
      <Unanswered {...{ data, error, refetch }} />
      {data !== undefined && (
        <DataTable
          label={words.lead}
          columns={[words.at, words.action, words.actor, words.target, words.outcome]}
          kind="compact"
        >
          {entries.map(({ id, type, effective_at, x_tiegel: { actor, target, refused } }) => (
            <tr key={id}>
              <td className="num nowrap">{format.time(effective_at)}</td>
              <td className="mono">{type}</td>
              <td>{actor}</td>
              <td className="mono break">
                {target.type} {target.id}
              </td>
              <td>{refused ?? words.done}</td>
            </tr>
          ))}
        </DataTable>
      )}
      {hasNextPage && (
        <button type="button" className="button" onClick={() => void fetchNextPage()}>
          {words.older}
        </button>
      )}
    </>
  );
}
