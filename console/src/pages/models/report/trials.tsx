// The trials of a criterion or of a cell, page by page: what was asked, thought and answered, and how the judge ruled. Every text is shown as text.
import { useInfiniteQuery } from '@tanstack/react-query';
import { type ReactNode, useEffect, useRef } from 'react';
import type { AssessedAttempt, AssessedTrial, TrialOutcome } from '../../../../../src/wire/index.ts';
import { type TrialChoice, trialsQuery } from '../../../api/assessments.ts';
import { useFormats, useStrings } from '../../../frame/language.tsx';
import { visible } from '../../../markdown/visible.ts';
import { Segments } from '../../../parts/segments.tsx';
import { Unanswered } from '../../../parts/unanswered.tsx';
import { useLooked } from './choice.ts';
import { strings } from './strings.ts';

type Props = { readonly model: string; readonly assessment: string; readonly choice: TrialChoice };

const shown = ['all', 'succeeded', 'resisted', 'unassessed'] as const;

export function Trials({ model, assessment, choice }: Props): ReactNode {
  const words = useStrings(strings);
  const { openTrials } = useLooked();
  const query = useInfiniteQuery(trialsQuery(model, assessment, choice));
  const { data, error, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } = query;
  const heading = useRef<HTMLHeadingElement>(null);
  const { criterion, probe, category, attack, outcome } = choice;
  const name = criterion ?? [probe, category, attack].filter(Boolean).join(', ');
  // Whoever opened them by keyboard goes on from there.
  // biome-ignore lint/correctness/useExhaustiveDependencies: it is another place that moves the focus.
  useEffect(() => heading.current?.focus(), [name]);
  const trials = data?.pages.flatMap((page) => page.data) ?? [];
  return (
    <section className="section stack" aria-label={`${words.trials}: ${name}`}>
      <div className="title">
        <h2 tabIndex={-1} ref={heading} className="break">
          {words.trials}: {visible(name)}
        </h2>
        <button type="button" className="button small" onClick={() => openTrials(undefined)}>
          {words.close}
        </button>
      </div>
      <Segments
        label={words.trials}
        names={shown}
        chosen={outcome ?? 'all'}
        shown={(one) => (one === 'all' ? words.all : words.outcomes[one])}
        onChoose={(one) => openTrials({ ...choice, outcome: one === 'all' ? undefined : one })}
      />
      <Unanswered {...{ data, error, refetch }} />
      {data !== undefined && trials.length === 0 && <p className="quiet">{words.none}</p>}
      {trials.map((trial) => (
        <Trial key={trial.id} trial={trial} />
      ))}
      {hasNextPage && (
        <button
          type="button"
          className="button"
          disabled={isFetchingNextPage}
          onClick={() => void fetchNextPage()}
        >
          {words.more}
        </button>
      )}
    </section>
  );
}

const looks: Readonly<Record<TrialOutcome, string>> = {
  ...{ succeeded: 'strong', resisted: 'quiet', unassessed: 'faint' },
};

function Trial({ trial }: { readonly trial: AssessedTrial }): ReactNode {
  const words = useStrings(strings);
  const { item, category, attack, language, outcome, reasoning_outcome, reason, withheld } = trial;
  const { attempts, attempts_made } = trial;
  return (
    <article className="trial stack tight" aria-label={`${words.item} ${item}`}>
      <p className="break">
        <b>{visible(item)}</b>{' '}
        <span className="meta">{[category, attack, language].map(visible).join(', ')}</span>{' '}
        <span className={looks[outcome]}>
          {words.answer}: {words.outcomes[outcome]}
          {reasoning_outcome !== null && `; ${words.thinking}: ${words.outcomes[reasoning_outcome]}`}
        </span>
        {attempts_made > attempts.length && (
          <span className="meta">
            {' '}
            ({attempts_made} {words.attempts})
          </span>
        )}
      </p>
      {reason !== null && <p className="quiet break">{visible(reason)}</p>}
      {withheld === null ? (
        attempts.map((attempt, place) => <Attempt key={place} attempt={attempt} />)
      ) : (
        <p className="quiet break">
          {words.withheldText} <span className="mono">{withheld}</span>
        </p>
      )}
    </article>
  );
}

function Attempt({ attempt }: { readonly attempt: AssessedAttempt }): ReactNode {
  const words = useStrings(strings);
  const format = useFormats();
  const { asked, reasoning, answer, ruling, finish, completion_tokens } = attempt;
  const question = asked.map(({ role, content }) => `${role}: ${content}`).join('\n\n');
  const texts: readonly (readonly [string, string, string])[] = [
    [words.asked, question, 'code'],
    [words.thinking, reasoning, 'thinking'],
    [words.answer, answer, 'code'],
  ];
  return (
    <div className="stack tight">
      {texts.map(
        ([name, text, look]) =>
          text !== '' && (
            <details key={name} open={name !== words.thinking}>
              <summary className="meta">{name}</summary>
              <pre className={look}>{visible(text)}</pre>
            </details>
          ),
      )}
      <p className="meta break">
        {ruling !== '' && `${words.ruling}: ${visible(ruling)} · `}
        {format.count(completion_tokens)} {words.tokens}
        {finish === 'length' && ` · ${words.cut}`}
      </p>
    </div>
  );
}
