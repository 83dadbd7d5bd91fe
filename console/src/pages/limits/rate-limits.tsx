// What a project may ask of each model by minute and day, for whoever may change it. An empty field is no limit.
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import type { RateLimit } from '../../../../src/wire/index.ts';
import { changeRateLimit, type RateLimitChange, rateLimitsQuery } from '../../api/rate-limits.ts';
import { type Strings, useStrings } from '../../frame/language.tsx';
import { Problem } from '../../parts/problem.tsx';

const units = ['max_requests_per_1_minute', 'max_requests_per_1_day', 'max_tokens_per_1_minute'] as const;
type Unit = (typeof units)[number];

type Words = Readonly<Record<'title' | 'lead' | 'model' | 'none' | 'save' | 'saved', string>> & {
  readonly units: Readonly<Record<Unit, string>>;
};

const strings: Strings<Words> = {
  en: {
    title: 'What this account may ask of each model',
    lead: 'It holds for the next request. An empty field is no limit, zero blocks.',
    ...{ model: 'Model', none: 'none', save: 'Save', saved: 'Saved' },
    units: {
      max_requests_per_1_minute: 'Requests a minute',
      max_requests_per_1_day: 'Requests a day',
      max_tokens_per_1_minute: 'Tokens a minute',
    },
  },
  de: {
    title: 'Was dieses Konto jedes Modell fragen darf',
    lead: 'Es gilt ab der nächsten Anfrage. Ein leeres Feld ist keine Grenze, null sperrt.',
    ...{ model: 'Modell', none: 'keine', save: 'Speichern', saved: 'Gespeichert' },
    units: {
      max_requests_per_1_minute: 'Anfragen pro Minute',
      max_requests_per_1_day: 'Anfragen pro Tag',
      max_tokens_per_1_minute: 'Tokens pro Minute',
    },
  },
};

export function RateLimits({ project }: { readonly project: string }): ReactNode {
  const words = useStrings(strings);
  const { data, error, refetch } = useQuery(rateLimitsQuery(project));
  return (
    <section className="section">
      <h2>{words.title}</h2>
      <p className="quiet">{words.lead}</p>
      {error && <Problem error={error} retry={() => void refetch()} />}
      {data?.map((limit) => (
        <RateLimitForm key={limit.id} project={project} limit={limit} />
      ))}
    </section>
  );
}

type FormProps = { readonly project: string; readonly limit: RateLimit };

function RateLimitForm({ project, limit }: FormProps): ReactNode {
  const words = useStrings(strings);
  const queries = useQueryClient();
  const [typed, setTyped] = useState<Readonly<Partial<Record<Unit, string>>>>({});
  const changed = useMutation({
    mutationFn: (change: RateLimitChange) => changeRateLimit(project, limit.id, change),
    onSuccess: async () => {
      setTyped({});
      await queries.invalidateQueries({ queryKey: ['rate-limits'] });
      await queries.invalidateQueries({ queryKey: ['limits'] });
    },
  });
  const shown = (unit: Unit): string => typed[unit] ?? String(limit[unit] ?? '');
  return (
    <form
      className="line form"
      aria-label={limit.model}
      onSubmit={(event) => {
        event.preventDefault();
        const entries = units.flatMap((unit) => {
          const text = typed[unit];
          return text === undefined ? [] : [[unit, text === '' ? null : Number(text)]];
        });
        if (entries.length > 0) changed.mutate(Object.fromEntries(entries));
      }}
    >
      <b className="break">{limit.model}</b>
      {units.map((unit) => (
        <label key={unit} className="field">
          <span>{words.units[unit]}</span>
          <input
            className="input num"
            type="number"
            min={0}
            step={1}
            placeholder={words.none}
            value={shown(unit)}
            onChange={(event) => setTyped({ ...typed, [unit]: event.target.value })}
          />
        </label>
      ))}
      <button type="submit" className="button">
        {words.save}
      </button>
      {changed.isSuccess && Object.keys(typed).length === 0 && (
        <span className="meta" role="status">
          {words.saved}
        </span>
      )}
      {changed.error && <Problem error={changed.error} />}
    </form>
  );
}
