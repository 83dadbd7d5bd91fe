// An error: what happened, what to do, and what to name when asking for help.
import type { ReactNode } from 'react';
import { ApiError } from '../api/client.ts';
import { type Strings, useStrings } from '../frame/language.tsx';
import { Icon } from './icon.tsx';

type Words = { readonly request: string; readonly again: string; readonly offline: string };

const strings: Strings<Words> = {
  en: { request: 'request', again: 'Try again', offline: 'Is it running? Nothing that was shown is lost.' },
  de: {
    request: 'Anfrage',
    again: 'Erneut versuchen',
    offline: 'Läuft er noch? Nichts Angezeigtes ist verloren.',
  },
};

type Props = { readonly error: unknown; readonly retry?: (() => void) | undefined };

export function Problem({ error, retry }: Props): ReactNode {
  const words = useStrings(strings);
  const facts = error instanceof ApiError ? error : undefined;
  const fix = facts?.code === 'offline' ? words.offline : facts?.fix;
  return (
    <div className="note bad" role="alert">
      <Icon name="bad" />
      <div className="break">
        <b>{error instanceof Error ? error.message : String(error)}</b>
        {fix && <p>{fix}</p>}
        {facts && (
          <p className="mono">
            {facts.code}
            {facts.requestId && ` · ${words.request} ${facts.requestId}`}
          </p>
        )}
      </div>
      {retry && (
        <button type="button" className="button small" onClick={retry}>
          {words.again}
        </button>
      )}
    </div>
  );
}
