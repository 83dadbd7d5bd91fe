// Trainings, live: loss and accuracy by step, and from a run to the model that it made and its assessment.
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { type ReactNode, useState } from 'react';
import { isUnfinished, jobsQuery, startJob } from '../../api/jobs.ts';
import { type Strings, useStrings } from '../../frame/language.tsx';
import { JobList } from '../../parts/job-list.tsx';
import { PageHead } from '../../parts/page-head.tsx';
import { Problem } from '../../parts/problem.tsx';
import { Unanswered } from '../../parts/unanswered.tsx';

type Words = Readonly<Record<'one' | 'several' | 'recipe' | 'name' | 'start' | 'made', string>> & {
  readonly recipes: Readonly<Record<'pico' | 'nano' | 'textbook' | 'persist', string>>;
};

const strings: Strings<Words> = {
  en: {
    one: 'training runs or waits on this machine.',
    several: 'trainings run or wait on this machine.',
    ...{ recipe: 'Recipe', name: 'Name of the model', start: 'Start training' },
    made: 'Models that trainings made:',
    recipes: {
      pico: 'pico: the smallest, in minutes',
      nano: 'nano: as the shipped model was made',
      textbook: 'textbook: demonstrations without search, then GRPO',
      persist: 'persist: a learner that stops giving up, by GRPO',
    },
  },
  de: {
    one: 'Training läuft oder wartet auf dieser Maschine.',
    several: 'Trainings laufen oder warten auf dieser Maschine.',
    ...{ recipe: 'Rezept', name: 'Name des Modells', start: 'Training starten' },
    made: 'Modelle aus Trainings:',
    recipes: {
      pico: 'pico: das kleinste, in Minuten',
      nano: 'nano: wie das mitgelieferte Modell entstand',
      textbook: 'textbook: Vorführungen ohne Suche, dann GRPO',
      persist: 'persist: ein Lerner, der nicht mehr aufgibt, durch GRPO',
    },
  },
};

const recipes = ['pico', 'nano', 'textbook', 'persist'] as const;

export default function Training(): ReactNode {
  const words = useStrings(strings);
  const queries = useQueryClient();
  const { data, error, refetch } = useQuery(jobsQuery);
  const [recipe, setRecipe] = useState<(typeof recipes)[number]>('pico');
  const [name, setName] = useState('');
  const started = useMutation({
    mutationFn: startJob,
    onSuccess: () => queries.invalidateQueries(jobsQuery),
  });
  const trainings = data?.filter(({ request }) => request.kind === 'teach') ?? [];
  const unfinished = trainings.filter(isUnfinished).length;
  const made = new Set(trainings.flatMap(({ result }) => result?.model ?? []));
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
          started.mutate({ kind: 'teach', recipe, name });
        }}
      >
        <label className="field">
          <span>{words.recipe}</span>
          <select
            className="input"
            value={recipe}
            onChange={(event) => setRecipe(recipes.find((one) => one === event.target.value) ?? 'pico')}
          >
            {recipes.map((one) => (
              <option key={one} value={one}>
                {words.recipes[one]}
              </option>
            ))}
          </select>
        </label>
        <label className="field">
          <span>{words.name}</span>
          <input
            className="input"
            required
            pattern="[a-z0-9][a-z0-9\-]{0,39}"
            value={name}
            onChange={(event) => setName(event.target.value)}
          />
        </label>
        <button type="submit" className="button primary" disabled={started.isPending}>
          {words.start}
        </button>
      </form>
      {started.error && <Problem error={started.error} />}
      <Unanswered {...{ data, error, refetch }} />
      {made.size > 0 && (
        <p>
          {words.made}{' '}
          {[...made].map((model) => (
            <Link key={model} to="/console/models" search={{ model }}>
              {model}{' '}
            </Link>
          ))}
        </p>
      )}
      {data && <JobList jobs={trainings} />}
    </>
  );
}
