// The erasure of a person: a preview of what goes and what remains, then the act, which asks for the identifier once more, and its receipt.
import { useMutation } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import type { ErasureReceipt } from '../../../../src/wire/index.ts';
import { erase, previewErasure } from '../../api/data-policies.ts';
import { useFormats, useStrings } from '../../frame/language.tsx';
import { visible } from '../../markdown/visible.ts';
import { Problem } from '../../parts/problem.tsx';
import { strings } from './strings.ts';

export function Erasure(): ReactNode {
  const words = useStrings(strings);
  const [person, setPerson] = useState('');
  const [confirmed, setConfirmed] = useState('');
  const previewed = useMutation({ mutationFn: previewErasure });
  const erased = useMutation({ mutationFn: erase, onSuccess: () => previewed.reset() });
  const problem = previewed.error ?? erased.error;
  return (
    <section className="section stack" aria-label={words.erasure}>
      <h2>{words.erasure}</h2>
      <p className="quiet">{words.erasureLead}</p>
      <form
        className="line"
        onSubmit={(event) => {
          event.preventDefault();
          erased.reset();
          setConfirmed('');
          previewed.mutate(person.trim());
        }}
      >
        <label className="field">
          <span>{words.person}</span>
          <input
            className="input mono"
            required
            value={person}
            onChange={(event) => {
              setPerson(event.target.value);
              previewed.reset();
            }}
          />
        </label>
        <button type="submit" className="button">
          {words.previewErasure}
        </button>
      </form>
      {problem && <Problem error={problem} />}
      {previewed.data && (
        <form
          className="stack"
          onSubmit={(event) => {
            event.preventDefault();
            erased.mutate(previewed.data.principal);
          }}
        >
          <Receipt receipt={previewed.data} />
          <label className="field">
            <span>{words.confirm}</span>
            <input
              className="input mono"
              value={confirmed}
              onChange={(event) => setConfirmed(event.target.value)}
            />
          </label>
          <div>
            <button
              type="submit"
              className="button danger"
              disabled={confirmed !== previewed.data.principal || erased.isPending}
            >
              {words.erase}
            </button>
          </div>
        </form>
      )}
      {erased.data && (
        <div className="stack" role="status">
          <p>
            <b>{words.erased}</b>
          </p>
          <Receipt receipt={erased.data} />
        </div>
      )}
    </section>
  );
}

function Receipt({ receipt: { principal, gone, remains } }: { readonly receipt: ErasureReceipt }): ReactNode {
  const words = useStrings(strings);
  const format = useFormats();
  return (
    <div className="cols c2">
      <div className="stack tight">
        <h3>{words.gone}</h3>
        <p className="mono break">{principal}</p>
        <ul className="notes">
          {gone.map(({ what, count }) => (
            <li key={what}>
              {visible(what)}: {format.count(count)}
            </li>
          ))}
          {gone.length === 0 && <li>{words.none}</li>}
        </ul>
      </div>
      <div className="stack tight">
        <h3>{words.remains}</h3>
        <ul className="notes">
          {remains.map(({ what, why }) => (
            <li key={what}>
              {visible(what)}: {visible(why)}
            </li>
          ))}
        </ul>
      </div>
    </div>
  );
}
