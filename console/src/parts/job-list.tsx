// Jobs with how far they are: what runs can be cancelled, what did not end well can go on.
import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import type { JobBody, JobState } from '../../../src/wire/index.ts';
import { changeJob, isUnfinished, jobsQuery } from '../api/jobs.ts';
import { type Strings, useFormats, useStrings } from '../frame/language.tsx';
import { visible } from '../markdown/visible.ts';
import { LiveClaims } from './bound-line.tsx';
import { Icon, type IconName } from './icon.tsx';
import { Problem } from './problem.tsx';
import { TrainingSamples } from './training-samples.tsx';

type Words = Readonly<
  Record<'cancel' | 'resume' | 'ending' | 'left' | 'of' | 'said' | 'verdict' | 'next' | 'none', string>
> & {
  readonly states: Readonly<Record<JobState, string>>;
  readonly kinds: Readonly<Record<JobBody['request']['kind'], string>>;
  readonly verdicts: Readonly<Record<'pass' | 'fail' | 'inconclusive', string>>;
  /** The server tells what it does in English; these are its words that are no names. */
  readonly terms: Readonly<Record<string, string>>;
};

const strings: Strings<Words> = {
  en: {
    ...{ cancel: 'Cancel', resume: 'Go on', ending: 'is ending', left: 'left', of: 'of', said: 'Log' },
    ...{
      verdict: 'Verdict',
      next: 'waits for its assessment as',
      none: 'Nothing runs, and nothing has run.',
    },
    states: {
      ...{ queued: 'waits', running: 'runs', succeeded: 'done', failed: 'failed', cancelled: 'cancelled' },
      'broken-off': 'broken off',
    },
    kinds: { pull: 'Fetch', assess: 'Assess', teach: 'Teach' },
    verdicts: { pass: 'admitted', fail: 'rejected', inconclusive: 'inconclusive' },
    terms: {},
  },
  de: {
    ...{ cancel: 'Abbrechen', resume: 'Fortsetzen', ending: 'wird beendet', left: 'übrig', of: 'von' },
    ...{ said: 'Protokoll', verdict: 'Urteil', next: 'wartet auf seine Prüfung als' },
    none: 'Nichts läuft, und nichts ist gelaufen.',
    states: {
      ...{ queued: 'wartet', running: 'läuft', succeeded: 'fertig', failed: 'gescheitert' },
      ...{ cancelled: 'abgebrochen', 'broken-off': 'ohne Ende abgerissen' },
    },
    kinds: { pull: 'Holen', assess: 'Prüfen', teach: 'Lehren' },
    verdicts: { pass: 'zugelassen', fail: 'abgelehnt', inconclusive: 'nicht entschieden' },
    terms: {
      ...{ Pulling: 'Geholt', Assessing: 'Prüfung', Evaluating: 'Auswertung', trials: 'Versuche' },
      ...{ parts: 'Teile', step: 'Schritt', loss: 'Verlust', accuracy: 'Genauigkeit' },
      'Writing the model': 'Das Modell wird geschrieben',
    },
  },
};

const looks: Readonly<Record<JobState, { readonly name: string; readonly icon: IconName }>> = {
  queued: { name: 'never', icon: 'clock' },
  running: { name: 'run', icon: 'clock' },
  succeeded: { name: 'ok', icon: 'ok' },
  failed: { name: 'bad', icon: 'bad' },
  cancelled: { name: 'never', icon: 'stop' },
  'broken-off': { name: 'warn', icon: 'bad' },
};

export function JobList({ jobs }: { readonly jobs: readonly JobBody[] }): ReactNode {
  const words = useStrings(strings);
  const queries = useQueryClient();
  const again = (): Promise<void> => queries.invalidateQueries(jobsQuery);
  const { mutate, error, isPending } = useMutation({ mutationFn: changeJob, onSettled: again });
  if (jobs.length === 0) return <p className="empty">{words.none}</p>;
  return (
    <>
      {error && <Problem error={error} />}
      {jobs.map((job) => (
        <JobFacts
          key={job.id}
          job={job}
          busy={isPending}
          onChange={(change) => mutate({ id: job.id, change })}
        />
      ))}
    </>
  );
}

function subjectOf({ request }: JobBody): string {
  return request.kind === 'teach' ? `${request.name} (${request.recipe})` : request.model;
}

type FactsProps = {
  readonly job: JobBody;
  readonly busy: boolean;
  readonly onChange: (change: 'cancel' | 'resume') => void;
};

function JobFacts({ job, busy, onChange }: FactsProps): ReactNode {
  const words = useStrings(strings);
  const format = useFormats();
  const { state, request, created_at, ended_at, ending, log, result, problem, points, samples } = job;
  const { name, icon } = looks[state];
  const subject = visible(subjectOf(job));
  const canGoOn = state === 'failed' || state === 'cancelled' || state === 'broken-off';
  return (
    <section className="section stack" aria-label={`${words.kinds[request.kind]} ${subject}`}>
      <div className="title">
        <h2 className="break">
          {words.kinds[request.kind]} {subject}
        </h2>
        <span className={`state ${name}`}>
          <Icon name={icon} />
          {ending ? words.ending : words.states[state]}
        </span>
        <span className="meta">{format.time(ended_at ?? created_at)}</span>
      </div>
      {isUnfinished(job) && <Progress job={job} />}
      {isUnfinished(job) && job.progress?.criteria && <LiveClaims criteria={job.progress.criteria} />}
      {points.length > 1 && <LossChart points={points} />}
      <TrainingSamples samples={samples} />
      {problem && (
        <div className="note bad">
          <Icon name="bad" />
          <div className="break">
            <b>{visible(problem.message)}</b>
            {problem.fix && <p>{visible(problem.fix)}</p>}
            <p className="mono">{problem.code}</p>
          </div>
        </div>
      )}
      {result && (
        <p className="break">
          {result.verdict === null
            ? `${visible(result.model)} ${words.next} ${visible(result.model)}.`
            : `${words.verdict}: ${words.verdicts[result.verdict]}`}
        </p>
      )}
      {log.length > 0 && (
        <details>
          <summary className="meta">{words.said}</summary>
          <pre className="code">{log.map(visible).join('\n')}</pre>
        </details>
      )}
      <div className="line">
        {isUnfinished(job) && !ending && (
          <button type="button" className="button small" disabled={busy} onClick={() => onChange('cancel')}>
            {words.cancel}
          </button>
        )}
        {canGoOn && (
          <button type="button" className="button small" disabled={busy} onClick={() => onChange('resume')}>
            {words.resume}
          </button>
        )}
      </div>
    </section>
  );
}

function Progress({ job: { progress } }: { readonly job: JobBody }): ReactNode {
  const words = useStrings(strings);
  const format = useFormats();
  const inWords = useTerms();
  if (progress === null) return null;
  const { doing, done, total, unit, seconds_left, detail } = progress;
  const amount = (value: number): string =>
    unit === 'bytes'
      ? format.bytes(value)
      : `${format.count(Math.round(value))}${unit === 'percent' ? ' %' : ''}`;
  const share = done === null || !total ? null : Math.min(100, (100 * done) / total);
  const counted =
    done === null || total === null
      ? ''
      : unit === 'percent'
        ? amount(done)
        : `${amount(done)} ${words.of} ${amount(total)}${unit === 'bytes' ? '' : ` ${inWords(unit ?? '')}`}`;
  const left = seconds_left === null ? '' : `~ ${minutes(seconds_left)} ${words.left}`;
  return (
    <div className="stack tight num" role="status">
      <span className="break">
        {[inWords(doing), counted, left, detail === null ? null : inWords(detail)]
          .filter(Boolean)
          .map((text) => visible(text as string))
          .join(' · ')}
      </span>
      {share !== null && (
        <div className="meter" role="img" aria-label={counted}>
          <span className="done" style={{ width: `${share}%` }} />
        </div>
      )}
    </div>
  );
}

function useTerms(): (text: string) => string {
  const { terms } = useStrings(strings);
  return (text) => terms[text] ?? text.replace(/\p{L}+/gu, (word) => terms[word] ?? word);
}

function minutes(seconds: number): string {
  return seconds < 90 ? `${Math.ceil(seconds)} s` : `${Math.ceil(seconds / 60)} min`;
}

const size = { width: 480, height: 120 } as const;

/** The loss by step, and the accuracy where completions were sampled; each from its least to its greatest value, which are written. */
function LossChart({ points }: { readonly points: JobBody['points'] }): ReactNode {
  const format = useFormats();
  const inWords = useTerms();
  const newest = points.at(-1);
  if (newest === undefined) return null;
  const shown = points.filter(({ stage }) => stage === newest.stage);
  const first = shown[0]?.step ?? 0;
  const losses = shown.map(({ loss }) => loss);
  const [low, high] = [Math.min(...losses), Math.max(...losses)];
  const x = (step: number): number => (size.width * (step - first)) / Math.max(1, newest.step - first);
  const y = (share: number): number => 4 + (size.height - 8) * (1 - share);
  const lossAt = (loss: number): number => y((loss - low) / Math.max(high - low, 1e-9));
  const line = (of: readonly (readonly [number, number])[]): string =>
    of.map(([left, top], place) => `${place === 0 ? 'M' : 'L'}${left.toFixed(1)} ${top.toFixed(1)}`).join('');
  const accuracies = shown.flatMap(({ step, accuracy }) =>
    accuracy === null ? [] : [[x(step), y(accuracy)] as const],
  );
  const accuracy =
    newest.accuracy === null ? '' : `, ${inWords('accuracy')} ${format.percent(newest.accuracy)}`;
  const told = `${visible(newest.stage)}: ${inWords('loss')} ${format.figure(newest.loss)} (${format.figure(low)} – ${format.figure(high)})${accuracy}, ${inWords('step')} ${format.count(newest.step)}`;
  return (
    <figure>
      <svg
        className="chart"
        viewBox={`0 0 ${size.width} ${size.height}`}
        width={size.width}
        height={size.height}
        role="img"
        aria-label={told}
      >
        <line x1="0" x2={size.width} y1={size.height - 1} y2={size.height - 1} className="axis" />
        <path d={line(shown.map(({ step, loss }) => [x(step), lossAt(loss)]))} className="curve run" />
        {accuracies.length > 1 && <path d={line(accuracies)} className="curve ok" />}
      </svg>
      <figcaption>{told}</figcaption>
    </figure>
  );
}
