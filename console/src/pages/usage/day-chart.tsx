// Tokens of each day as bars: prompt, thinking and answer from below, and the same as a table.
import type { ReactNode } from 'react';
import type { UsageRow } from '../../api/usage.ts';
import { useFormats, useStrings } from '../../frame/language.tsx';
import { DataTable, numberColumn } from '../../parts/data-table.tsx';
import { strings } from './strings.ts';
import { type Sum, sumsBy } from './sums.ts';

const roles = ['prompt', 'thinking', 'answer'] as const;
/** In units of the drawing, which is as wide as its place. */
const [width, height] = [900, 180];

type Props = { readonly days: readonly number[]; readonly rows: readonly UsageRow[] };

export function DayChart({ days, rows }: Props): ReactNode {
  const words = useStrings(strings);
  const format = useFormats();
  const byDay = new Map(sumsBy(({ day }) => String(day), rows, []).map((sum) => [Number(sum.name), sum]));
  const most = Math.max(1, ...[...byDay.values()].map(tokensOf));
  return (
    <section className="section">
      <div className="title">
        <h2>{words.perDay}</h2>
        <span className="meta">
          {words.most} {format.count(most)} · UTC
        </span>
      </div>
      <svg
        className="bars"
        viewBox={`0 0 ${width} ${height}`}
        preserveAspectRatio="none"
        role="img"
        aria-label={`${words.perDay}, ${words.most} ${format.count(most)}`}
      >
        {days.map((day, place) => (
          <Bar
            key={day}
            sum={byDay.get(day)}
            x={(place * width) / days.length}
            most={most}
            days={days.length}
          />
        ))}
      </svg>
      <p className="key">
        {roles.map((role) => (
          <span key={role}>
            <i className={role} />
            {words[role]}
          </span>
        ))}
      </p>
      <details>
        <summary>{words.asTable}</summary>
        <DataTable
          label={words.asTable}
          columns={[words.day, ...roles.map((role) => numberColumn(words[role]))]}
          kind="compact"
        >
          {days.map((day) => (
            <tr key={day}>
              <td className="nowrap">{format.day(day)}</td>
              {roles.map((role) => (
                <td key={role} className="n num">
                  {format.count(byDay.get(day)?.[role] ?? 0)}
                </td>
              ))}
            </tr>
          ))}
        </DataTable>
      </details>
    </section>
  );
}

type BarProps = {
  readonly sum: Sum | undefined;
  readonly x: number;
  readonly most: number;
  readonly days: number;
};

function Bar({ sum, x, most, days }: BarProps): ReactNode {
  if (sum === undefined) return null;
  let top = height;
  return roles.map((role) => {
    const size = (sum[role] / most) * height;
    top -= size;
    return (
      <rect
        key={role}
        className={role}
        x={x + 1}
        y={top}
        width={Math.max(1, width / days - 2)}
        height={size}
      />
    );
  });
}

function tokensOf({ prompt, thinking, answer }: Sum): number {
  return prompt + thinking + answer;
}
