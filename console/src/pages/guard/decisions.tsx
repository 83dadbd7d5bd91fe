// What a person does about a case, each with a reason that is kept: clear it or take that back, begin a measure or undo it. Every button says
// first what comes of it.
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type ReactNode, useId, useState } from 'react';
import type { GuardCaseBody, GuardMeasureName } from '../../../../src/wire/index.ts';
import { decideCase, guardCaseQuery, setMeasure } from '../../api/guard.ts';
import { useFormats, useStrings } from '../../frame/language.tsx';
import { Icon } from '../../parts/icon.tsx';
import { Problem } from '../../parts/problem.tsx';
import { strings } from './strings.ts';

type Act =
  | { readonly decision: 'clear' | 'reopen' }
  | { readonly measure: GuardMeasureName; readonly in_force: boolean };

export function Decisions({ found }: { readonly found: GuardCaseBody }): ReactNode {
  const words = useStrings(strings);
  const queries = useQueryClient();
  const [reason, setReason] = useState('');
  const hint = useId();
  const { mutate, error, isPending } = useMutation({
    mutationFn: (act: Act) =>
      'decision' in act
        ? decideCase(found.id, act.decision, reason)
        : setMeasure(found.id, { ...act, reason }),
    onSuccess: async (body) => {
      setReason('');
      queries.setQueryData(guardCaseQuery(found.id).queryKey, body);
      await queries.invalidateQueries({
        queryKey: ['guard'],
        predicate: ({ queryKey }) => queryKey[1] !== 'case',
      });
    },
  });
  const off = isPending || reason.trim() === '';
  const decision = found.state === 'open' ? 'clear' : 'reopen';
  return (
    <section className="section stack" aria-label={words.decide}>
      <h2>{words.decide}</h2>
      <label className="field">
        <span>{words.reason}</span>
        <input
          className="input"
          value={reason}
          maxLength={1000}
          aria-describedby={hint}
          onChange={(event) => setReason(event.target.value)}
        />
        <small id={hint}>{words.reasonHint}</small>
      </label>
      {error && <Problem error={error} />}
      <ul className="steps">
        <li>
          <span className="mark">
            <Icon name={decision === 'clear' ? 'ok' : 'replay'} />
          </span>
          <span>
            {decision === 'clear' ? words.clearEffect : words.reopenEffect}
            {decision === 'clear' && found.cluster !== null && (
              <> {found.clears_all ? words.clearsAll : words.clearsOwn}</>
            )}
          </span>
          <button
            type="button"
            className="button primary"
            disabled={off}
            onClick={() => mutate({ decision })}
          >
            {words[decision]}
          </button>
        </li>
        {found.measures.map((measure) => (
          <Measure
            key={measure.name}
            measure={measure}
            isOpen={found.state === 'open'}
            off={off}
            onSet={(in_force) => mutate({ measure: measure.name, in_force })}
          />
        ))}
      </ul>
    </section>
  );
}

type MeasureProps = {
  readonly measure: GuardCaseBody['measures'][number];
  readonly isOpen: boolean;
  readonly off: boolean;
  readonly onSet: (inForce: boolean) => void;
};

function Measure({ measure, isOpen, off, onSet }: MeasureProps): ReactNode {
  const words = useStrings(strings);
  const format = useFormats();
  const { name, since, other_limit } = measure;
  const isInForce = since !== null;
  const standing = isInForce
    ? `${words.inForce} ${format.time(since)}`
    : other_limit === null
      ? words.notInForce
      : `${words.otherLimit} ${other_limit}`;
  return (
    <li className={isInForce ? 'now' : undefined}>
      <span className="mark">
        <Icon name={name === 'block' ? 'bad' : 'clock'} />
      </span>
      <span>
        <b>{words.measureNames[name]}</b> ({standing}): {words.effects[name]}
      </span>
      <button
        type="button"
        className={isInForce || name !== 'block' ? 'button' : 'button danger'}
        aria-label={`${isInForce ? words.end : words.begin}: ${words.measureNames[name]}`}
        disabled={off || (!isInForce && (!isOpen || other_limit !== null))}
        onClick={() => onSet(!isInForce)}
      >
        {isInForce ? words.end : words.begin}
      </button>
    </li>
  );
}
