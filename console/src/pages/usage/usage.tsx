// Tokens by day, and what each model, project, key or person used of them and cost. Range and grouping stand in the address.
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { type CostRow, costQuery, daysOf, type Group, type UsageRow, usageQuery } from '../../api/usage.ts';
import { useFilter } from '../../frame/filter.ts';
import { useFormats, useStrings } from '../../frame/language.tsx';
import { useSignedIn } from '../../frame/session-context.ts';
import { DataTable, numberColumn } from '../../parts/data-table.tsx';
import { PageHead, Waiting } from '../../parts/page-head.tsx';
import { Problem } from '../../parts/problem.tsx';
import { Segments } from '../../parts/segments.tsx';
import { saveCsv } from './csv.ts';
import { DayChart } from './day-chart.tsx';
import { LostAndLate } from './lost-and-late.tsx';
import { strings } from './strings.ts';
import { type Sum, sumsBy } from './sums.ts';

const ranges = ['7', '30', '90'] as const;
const groups = ['model', 'project_id', 'api_key_id', 'user_id'] as const satisfies readonly Group[];

export default function Usage(): ReactNode {
  const words = useStrings(strings);
  const { account } = useSignedIn();
  const [range, chooseRange] = useFilter('days', ranges, '30');
  const [group, chooseGroup] = useFilter('by', groups, 'model');
  const asked = { days: Number(range), group };
  const usage = useQuery({ ...usageQuery(asked, account), placeholderData: (before) => before });
  const costs = useQuery({ ...costQuery(asked, account), placeholderData: (before) => before });
  const problem = usage.error ?? costs.error;
  const retry = (): void => void Promise.all([usage.refetch(), costs.refetch()]);
  return (
    <>
      <PageHead
        lead={usage.data && <Lead rows={usage.data} costs={costs.data ?? []} />}
        actions={
          usage.data &&
          usage.data.length > 0 && (
            <button
              type="button"
              className="button"
              onClick={() => saveCsv(`usage-${range}.csv`, usage.data, costs.data ?? [])}
            >
              {words.export}
            </button>
          )
        }
      />
      <div className="line section">
        <Segments
          label={words.range}
          names={ranges}
          chosen={range}
          shown={(days) => `${days} ${words.days}`}
          onChoose={chooseRange}
        />
        <Segments
          label={words.by}
          names={groups}
          chosen={group}
          shown={(name) => words.groups[name]}
          onChoose={chooseGroup}
        />
      </div>
      {problem && <Problem error={problem} retry={retry} />}
      {usage.data === undefined && !problem && <Waiting />}
      {usage.data?.length === 0 && (
        <div className="empty">
          <h2>{words.none}</h2>
          <p>{words.noneFix}</p>
        </div>
      )}
      {usage.data !== undefined && usage.data.length > 0 && (
        <>
          <DayChart days={daysOf(asked.days, Date.now())} rows={usage.data} />
          <Sums sums={sumsBy(({ name }) => name ?? '', usage.data, costs.data ?? [])} group={group} />
        </>
      )}
      {usage.data !== undefined && <LostAndLate days={asked.days} />}
    </>
  );
}

type LeadProps = { readonly rows: readonly UsageRow[]; readonly costs: readonly CostRow[] };

function Lead({ rows, costs }: LeadProps): ReactNode {
  const words = useStrings(strings);
  const format = useFormats();
  const [total] = sumsBy(() => '', rows, costs);
  if (total === undefined) return words.leadNone;
  const tokens = total.prompt + total.thinking + total.answer;
  const share = Math.round((100 * total.thinking) / Math.max(1, tokens));
  return (
    <>
      <b>{format.count(tokens)}</b> {words.tokens}, <b>{share} %</b> {words.ofThinking}
      {total.money.map(({ amount, currency }) => (
        <span key={currency}>
          , <b>{format.money(amount, currency)}</b>
        </span>
      ))}
      .
    </>
  );
}

function Sums({ sums, group }: { readonly sums: readonly Sum[]; readonly group: Group }): ReactNode {
  const words = useStrings(strings);
  const format = useFormats();
  const { session } = useSignedIn();
  const shown = (name: string): string => session.accounts.find(({ id }) => id === name)?.name ?? name;
  return (
    <section className="section">
      <h2>{words.sums}</h2>
      <DataTable
        label={words.sums}
        columns={[
          words.groups[group],
          ...[words.requests, words.prompt, words.thinking, words.answer, words.cost].map(numberColumn),
        ]}
      >
        {sums.map(({ name, requests, prompt, thinking, answer, money }) => (
          <tr key={name}>
            <td className="break">{shown(name)}</td>
            {[requests, prompt, thinking, answer].map((count, place) => (
              <td key={place} className="n num">
                {format.count(count)}
              </td>
            ))}
            <td className="n num">
              {money.length === 0
                ? '–'
                : money.map(({ amount, currency }) => format.money(amount, currency)).join(' + ')}
            </td>
          </tr>
        ))}
      </DataTable>
    </section>
  );
}
