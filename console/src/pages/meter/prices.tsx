// What hosts have asked for tokens: the models of which a history is known as steps over time, and every record with its source.
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import type { HostedPriceRecord } from '../../../../src/wire/index.ts';
import { pricesQuery } from '../../api/meter.ts';
import { useFormats, useLanguage, useStrings } from '../../frame/language.tsx';
import { DataTable, numberColumn } from '../../parts/data-table.tsx';
import { Unanswered } from '../../parts/unanswered.tsx';
import { strings } from './price-strings.ts';
import { linearScale, logScale, spread } from './scale.ts';

export function Prices(): ReactNode {
  const words = useStrings(strings);
  const { data, error, refetch } = useQuery(pricesQuery);
  if (data === undefined) return <Unanswered {...{ data, error, refetch }} />;
  const shown = withHistory(data);
  return (
    <section className="section" aria-label={words.title}>
      <div className="title">
        <h2>{words.title}</h2>
        <span className="meta">
          {words.lead}, {words.log}
        </span>
      </div>
      <figure>
        <Drawing records={shown} width={900} form="wide" />
        <Drawing records={shown} width={358} form="narrow" />
        <figcaption>
          {words.key}. {words.sameName}
        </figcaption>
      </figure>
      <Records records={data} />
    </section>
  );
}

const nameOf = ({ host, model }: HostedPriceRecord): string => `${host}/${model}`;

/** Of models that began before the newest snapshot of a list; all of them where none did. */
function withHistory(records: readonly HostedPriceRecord[]): readonly HostedPriceRecord[] {
  const newest = Math.max(...records.map(({ from }) => from));
  const old = new Set(records.filter(({ from }) => from < newest).map(nameOf));
  return old.size === 0 ? records : records.filter((record) => old.has(nameOf(record)));
}

const height = 300;
const frame = { left: 48, top: 14, bottom: 256 } as const;
const tones = 3;

type DrawingProps = {
  readonly records: readonly HostedPriceRecord[];
  readonly width: number;
  readonly form: 'wide' | 'narrow';
};

function Drawing({ records, width, form }: DrawingProps): ReactNode {
  const words = useStrings(strings);
  const format = useFormats();
  const { language } = useLanguage();
  const right = width - (form === 'wide' ? 240 : 116);
  const outputs = records.map(({ output }) => Number(output));
  const y = logScale(outputs, frame.bottom, frame.top);
  const start = Math.min(...records.map(({ from }) => from));
  const end = Date.now() / 1000;
  const x = linearScale([start, end], frame.left, right);
  const names = [...new Set(records.map(nameOf))];
  const lasts = names.map((name) =>
    records.filter((record) => nameOf(record) === name && record.hours === null).at(-1),
  );
  const places = spread(
    lasts.map((last) => y.at(Number(last?.output ?? 1)) + 4),
    16,
    height - 4,
  );
  const years = new Intl.DateTimeFormat(language === 'de' ? 'de-DE' : 'en-GB', {
    month: 'short',
    year: 'numeric',
  });
  const spans = form === 'wide' ? 4 : 2;
  const marks = Array.from({ length: spans + 1 }, (_, index) => start + (index * (end - start)) / spans);
  return (
    <svg
      className={`chart ${form}`}
      viewBox={`0 0 ${width} ${height}`}
      width={width}
      height={height}
      role="img"
      aria-label={`${words.title}: ${words.lead}`}
    >
      {y.ticks.map((tick) => (
        <g key={tick}>
          <line className="grid" x1={frame.left} x2={right} y1={y.at(tick)} y2={y.at(tick)} />
          <text x={frame.left - 8} y={y.at(tick) + 4} textAnchor="end">
            ${format.figure(tick)}
          </text>
        </g>
      ))}
      <line className="axis" x1={frame.left} x2={right} y1={frame.bottom} y2={frame.bottom} />
      {marks.map((mark, index) => (
        <text
          key={mark}
          x={x(mark)}
          y={frame.bottom + 18}
          textAnchor={index === 0 ? 'start' : index === marks.length - 1 ? 'end' : 'middle'}
        >
          {years.format(mark * 1000)}
        </text>
      ))}
      {records.map((record) => {
        const tone = 1 + (names.indexOf(nameOf(record)) % tones);
        const level = y.at(Number(record.output));
        const next = nextOf(records, record);
        const until = x(Math.min(end, record.until ?? next?.from ?? end));
        const step = next === undefined ? '' : `V${y.at(Number(next.output))}`;
        return (
          <g key={record.id}>
            <title>{`${nameOf(record)} $${record.output}`}</title>
            <path
              className={`curve s${tone}${record.hours === null ? '' : ' dash'}`}
              d={`M${x(record.from)} ${level}H${until}${step}`}
            />
            <circle className={record.start_verified ? 'node' : 'est'} cx={x(record.from)} cy={level} r={4} />
          </g>
        );
      })}
      {names.map((name, index) => (
        <text key={name} className="strong" x={right + 8} y={places[index]}>
          {form === 'wide'
            ? `${name} · $${lasts[index]?.output ?? ''}`
            : (name.split('/').at(-1) ?? '').slice(0, 16)}
        </text>
      ))}
    </svg>
  );
}

/** What follows a record without a gap, all day. */
function nextOf(
  records: readonly HostedPriceRecord[],
  record: HostedPriceRecord,
): HostedPriceRecord | undefined {
  if (record.hours !== null) return undefined;
  return records.find(
    (other) => nameOf(other) === nameOf(record) && other.hours === null && other.from === record.until,
  );
}

function Records({ records }: { readonly records: readonly HostedPriceRecord[] }): ReactNode {
  const words = useStrings(strings);
  const format = useFormats();
  const heads = [words.host, words.model, words.from, words.until, words.hours];
  const amounts = [words.input, words.cached, words.output];
  return (
    <details>
      <summary>
        {format.count(records.length)} {words.records}
      </summary>
      <DataTable
        kind="compact"
        label={words.title}
        columns={[...heads, ...amounts.map(numberColumn), words.source]}
      >
        {records.map((record) => (
          <tr key={record.id}>
            <td>{record.host}</td>
            <td className="nowrap">{record.model}</td>
            <td className="nowrap">
              {format.day(record.from)}
              {!record.start_verified && <span className="faint"> ({words.notVerified})</span>}
            </td>
            <td className="nowrap">{record.until === null ? '' : format.day(record.until)}</td>
            <td className="nowrap">{hoursText(record.hours) ?? words.allDay}</td>
            <td className="n">{record.input}</td>
            <td className="n">{record.cached_input ?? ''}</td>
            <td className="n nowrap">
              {record.output} {record.currency}
            </td>
            <td className="nowrap">
              {record.source.name} ({words.kinds[record.source.kind]}, {words.seen} {record.source.seen})
            </td>
          </tr>
        ))}
      </DataTable>
    </details>
  );
}

function hoursText(hours: HostedPriceRecord['hours']): string | undefined {
  if (hours === null) return undefined;
  const clock = (minutes: number): string =>
    [Math.floor(minutes / 60), minutes % 60].map((part) => String(part).padStart(2, '0')).join(':');
  return `${clock(hours.from)} – ${clock(hours.to)}`;
}
