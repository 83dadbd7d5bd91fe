// Fetching and assessing models: started here, watched while they run, which they do whether or not somebody watches.
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { isUnfinished, jobsQuery, startJob } from '../../api/jobs.ts';
import { catalogQuery } from '../../api/models.ts';
import { type Strings, useStrings } from '../../frame/language.tsx';
import { JobList } from '../../parts/job-list.tsx';
import { PageHead } from '../../parts/page-head.tsx';
import { Problem } from '../../parts/problem.tsx';
import { Unanswered } from '../../parts/unanswered.tsx';

type Words = Readonly<
  Record<'one' | 'several' | 'fetch' | 'reference' | 'assess' | 'model' | 'by' | 'quick' | 'pick', string>
>;

const strings: Strings<Words> = {
  en: {
    one: 'job runs or waits. It goes on when this page is closed.',
    several: 'jobs run or wait. They go on when this page is closed.',
    ...{ fetch: 'Fetch', reference: 'Name or address of a model' },
    ...{ assess: 'Assess', model: 'Model', by: 'By', quick: 'quick battery', pick: 'policy' },
  },
  de: {
    one: 'Auftrag läuft oder wartet. Er geht weiter, wenn diese Seite geschlossen wird.',
    several: 'Aufträge laufen oder warten. Sie gehen weiter, wenn diese Seite geschlossen wird.',
    ...{ fetch: 'Holen', reference: 'Name oder Adresse eines Modells' },
    ...{ assess: 'Prüfen', model: 'Modell', by: 'Nach', quick: 'kurze Prüfung', pick: 'Richtlinie' },
  },
};

const policies = ['general', 'tasks'] as const;

export default function Jobs(): ReactNode {
  const words = useStrings(strings);
  const queries = useQueryClient();
  const { data, error, refetch } = useQuery(jobsQuery);
  const { data: models = [] } = useQuery(catalogQuery);
  const [reference, setReference] = useState('');
  const [model, setModel] = useState('');
  const [policy, setPolicy] = useState('');
  const started = useMutation({
    mutationFn: startJob,
    onSuccess: () => queries.invalidateQueries(jobsQuery),
  });
  const unfinished = data?.filter(isUnfinished).length;
  const chosen = model || models[0]?.id || '';
  return (
    <>
      <PageHead
        lead={
          data && (
            <>
              <b>{unfinished}</b> {unfinished === 1 ? words.one : words.several}
            </>
          )
        }
      />
      <form
        className="line"
        onSubmit={(event) => {
          event.preventDefault();
          started.mutate({ kind: 'pull', model: reference });
        }}
      >
        <label className="field">
          <span>{words.reference}</span>
          <input
            className="input"
            required
            maxLength={200}
            value={reference}
            onChange={(event) => setReference(event.target.value)}
          />
        </label>
        <button type="submit" className="button" disabled={started.isPending}>
          {words.fetch}
        </button>
      </form>
      <form
        className="line"
        onSubmit={(event) => {
          event.preventDefault();
          started.mutate({
            ...{ kind: 'assess', model: chosen },
            policy: policies.find((name) => name === policy) ?? null,
          });
        }}
      >
        <label className="field">
          <span>{words.model}</span>
          <select className="input" value={chosen} onChange={(event) => setModel(event.target.value)}>
            {models.map(({ id }) => (
              <option key={id} value={id}>
                {id}
              </option>
            ))}
          </select>
        </label>
        <label className="field">
          <span>{words.by}</span>
          <select className="input" value={policy} onChange={(event) => setPolicy(event.target.value)}>
            <option value="">{words.quick}</option>
            {policies.map((name) => (
              <option key={name} value={name}>
                {words.pick} {name}
              </option>
            ))}
          </select>
        </label>
        <button type="submit" className="button primary" disabled={started.isPending || chosen === ''}>
          {words.assess}
        </button>
      </form>
      {started.error && <Problem error={started.error} />}
      <Unanswered {...{ data, error, refetch }} />
      {data && <JobList jobs={data} />}
    </>
  );
}
