// The assessments of a model, and of one of them what it decided, on what grounds, of what and signed by whom.
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import type { AssessmentReport, AssessmentSummary } from '../../../../../src/wire/index.ts';
import { historyQuery, reportQuery } from '../../../api/assessments.ts';
import { useFormats, useStrings } from '../../../frame/language.tsx';
import { visible } from '../../../markdown/visible.ts';
import { DataTable, numberColumn } from '../../../parts/data-table.tsx';
import { Icon } from '../../../parts/icon.tsx';
import { Waiting } from '../../../parts/page-head.tsx';
import { Problem } from '../../../parts/problem.tsx';
import { useLooked } from './choice.ts';
import { Criteria } from './criteria.tsx';
import { HeatMaps } from './heat-maps.tsx';
import { Judges, Subject } from './standing.tsx';
import { strings } from './strings.ts';
import { Trials } from './trials.tsx';

export function Assessments({ model }: { readonly model: string }): ReactNode {
  const words = useStrings(strings);
  const { data, error, refetch } = useQuery(historyQuery(model));
  const { assessment } = useLooked();
  if (error) return <Problem error={error} retry={() => void refetch()} />;
  if (data === undefined) return <Waiting />;
  if (data.length === 0) return <p className="quiet">{words.noHistory}</p>;
  const finished = data.filter(({ finished_at }) => finished_at !== null);
  const chosen = finished.find(({ id }) => id === assessment) ?? finished[0];
  return (
    <>
      {chosen && <Report key={chosen.id} model={model} id={chosen.id} />}
      <History assessments={data} chosen={chosen?.id} />
    </>
  );
}

type HistoryProps = {
  readonly assessments: readonly AssessmentSummary[];
  readonly chosen: string | undefined;
};

function History({ assessments, chosen }: HistoryProps): ReactNode {
  const words = useStrings(strings);
  const format = useFormats();
  const { openReport } = useLooked();
  return (
    <section className="section" aria-label={words.history}>
      <h2>{words.history}</h2>
      <DataTable label={words.history} columns={[words.when, words.by, words.verdict]} kind="two">
        {assessments.map(({ id, started_at, finished_at, decided_by, verdict }) => (
          <tr key={id} className={id === chosen ? 'on' : undefined}>
            <td className="nowrap">
              {finished_at === null ? (
                format.time(started_at)
              ) : (
                <button
                  type="button"
                  className="link"
                  aria-current={id === chosen}
                  onClick={() => openReport(id)}
                >
                  {format.time(finished_at)}
                </button>
              )}
            </td>
            <td className="break">{decided_by}</td>
            <td>{verdict === null ? words.unfinished : words.verdicts[verdict]}</td>
          </tr>
        ))}
      </DataTable>
    </section>
  );
}

function Report({ model, id }: { readonly model: string; readonly id: string }): ReactNode {
  const words = useStrings(strings);
  const { data, error, refetch } = useQuery(reportQuery(model, id));
  const { trials } = useLooked();
  if (error) return <Problem error={error} retry={() => void refetch()} />;
  if (data === undefined) return <Waiting />;
  return (
    <>
      <Reasons report={data} />
      {data.criteria.length > 0 && <Criteria criteria={data.criteria} />}
      {data.probes.length > 0 && <Probes report={data} />}
      <HeatMaps maps={data.heat_maps} />
      {trials && <Trials model={model} assessment={id} choice={trials} />}
      <Judges judges={data.judges} />
      <Subject report={data} />
      <div className="cols c2">
        <Sentences title={words.notTested} sentences={data.not_tested} />
        <Sentences title={words.notMeant} sentences={data.not_meant} />
      </div>
    </>
  );
}

function Reasons({ report }: { readonly report: AssessmentReport }): ReactNode {
  const words = useStrings(strings);
  const format = useFormats();
  const { obstacles, conditions, stopped, description, decided_by, finished_at, verdict } = report;
  return (
    <section className="section stack" aria-label={words.why}>
      <div className="title">
        <h2>{verdict === 'pass' ? words.why : words.whyNot}</h2>
        <span className="meta">
          {visible(decided_by)}, {format.time(finished_at)}
        </span>
      </div>
      {obstacles.length === 0 && verdict === 'pass' && <p>{words.allMet}</p>}
      {obstacles.map(({ criterion, reason, shown }) => (
        <div key={criterion} className="line top reason">
          <span className={`state ${shown ? 'bad' : 'warn'}`}>
            <Icon name={shown ? 'bad' : 'clock'} />
          </span>
          <p className="break">
            <b>{visible(criterion)}</b>
            {!shown && ` (${words.open})`}: {visible(reason)}
          </p>
        </div>
      ))}
      {conditions.length > 0 && (
        <p>
          {words.onlyBehind} {conditions.map(visible).join(', ')}.
        </p>
      )}
      {stopped !== null && (
        <p className="break">
          {words.stopped}: {visible(stopped)}
        </p>
      )}
      {description !== null && <p className="quiet break">{visible(description)}</p>}
    </section>
  );
}

function Probes({ report: { probes } }: { readonly report: AssessmentReport }): ReactNode {
  const words = useStrings(strings);
  const format = useFormats();
  return (
    <section className="section">
      <DataTable
        label={words.probe}
        columns={[words.probe, words.found, numberColumn(words.trials), words.verdict]}
        kind="compact"
      >
        {probes.map(({ name, reason, trials, verdict }) => (
          <tr key={name}>
            <td>{visible(name)}</td>
            <td className="break">{visible(reason)}</td>
            <td className="n">{format.count(trials)}</td>
            <td>{words.verdicts[verdict]}</td>
          </tr>
        ))}
      </DataTable>
    </section>
  );
}

type SentencesProps = { readonly title: string; readonly sentences: readonly string[] };

function Sentences({ title, sentences }: SentencesProps): ReactNode {
  if (sentences.length === 0) return null;
  return (
    <section className="section stack">
      <h2>{title}</h2>
      <ul className="notes" lang="en">
        {sentences.map((sentence) => (
          <li key={sentence} className="break">
            {visible(sentence)}
          </li>
        ))}
      </ul>
    </section>
  );
}
