// Requests that did not end as requests do, with what they held and what of it was billed.
import { useInfiniteQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { lostAndLateQuery } from '../../api/usage.ts';
import { type Strings, useFormats, useStrings } from '../../frame/language.tsx';
import { useSignedIn } from '../../frame/session-context.ts';
import { visible } from '../../markdown/visible.ts';
import { DataTable, numberColumn } from '../../parts/data-table.tsx';
import { Unanswered } from '../../parts/unanswered.tsx';

type Words = Readonly<
  Record<'title' | 'none' | 'explained' | 'at' | 'what' | 'model' | 'tokens' | 'amount' | 'billed', string> &
    Record<'older' | 'lost' | 'late', string>
>;

const strings: Strings<Words> = {
  en: {
    ...{ title: 'Lost or late', none: 'No request of this range was lost, and none was settled late.' },
    explained:
      'Lost: it died with its process, and is not billed until that is corrected. Late: it was settled after what it held had been given back.',
    ...{ at: 'When', what: 'What', model: 'Model', tokens: 'Tokens', amount: 'Amount', billed: 'Billed' },
    ...{ older: 'Show more', lost: 'lost', late: 'late' },
  },
  de: {
    ...{
      title: 'Verloren oder verspätet',
      none: 'Keine Anfrage dieses Zeitraums ging verloren, keine wurde verspätet abgerechnet.',
    },
    explained:
      'Verloren: sie endete mit ihrem Prozess und wird nicht berechnet, bis das berichtigt ist. Verspätet: sie wurde abgerechnet, nachdem ihre Reservierung geendet hatte.',
    ...{ at: 'Wann', what: 'Was', model: 'Modell', tokens: 'Tokens', amount: 'Betrag', billed: 'Berechnet' },
    ...{ older: 'Mehr zeigen', lost: 'verloren', late: 'verspätet' },
  },
};

export function LostAndLate({ days }: { readonly days: number }): ReactNode {
  const words = useStrings(strings);
  const format = useFormats();
  const { account } = useSignedIn();
  const { data, error, refetch, hasNextPage, fetchNextPage } = useInfiniteQuery(
    lostAndLateQuery(days, account),
  );
  const rows = data?.pages.flatMap((page) => page.data) ?? [];
  return (
    <section className="section">
      <h2>{words.title}</h2>
      <Unanswered {...{ data, error, refetch }} />
      {data !== undefined && <p className="meta">{rows.length === 0 ? words.none : words.explained}</p>}
      {rows.length > 0 && (
        <DataTable
          label={words.title}
          columns={[
            ...[words.at, words.what, words.model],
            ...[words.tokens, words.amount, words.billed].map(numberColumn),
          ]}
          kind="compact"
        >
          {rows.map(({ id, kind, admitted_at, model, input_tokens, output_tokens, ...money }) => (
            <tr key={id}>
              <td className="num nowrap">{format.time(admitted_at)}</td>
              <td>{words[kind]}</td>
              <td className="break">{visible(model)}</td>
              <td className="n num">{format.count(input_tokens + output_tokens)}</td>
              <td className="n num">{format.money(money.amount, money.currency)}</td>
              <td className="n num">{format.money(money.billed, money.currency)}</td>
            </tr>
          ))}
        </DataTable>
      )}
      {hasNextPage && (
        <button type="button" className="button small" onClick={() => void fetchNextPage()}>
          {words.older}
        </button>
      )}
    </section>
  );
}
