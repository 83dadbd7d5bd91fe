// The head of a page: its title, one sentence that is the answer, and its one primary action.
import { useLocation } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useLanguage, useStrings } from '../frame/language.tsx';
import { pages } from '../frame/page.ts';

type Props = {
  readonly lead?: ReactNode;
  /** Right-most is the primary one. */
  readonly actions?: ReactNode;
};

export function PageHead({ lead, actions }: Props): ReactNode {
  const { language } = useLanguage();
  const { pathname } = useLocation();
  const name = pages.find(({ path }) => pathname === `/console/${path}`)?.title[language] ?? '';
  return (
    <header className="head">
      <title>{`${name} · Tiegel`}</title>
      <h1>{name}</h1>
      <p className="lead">{lead}</p>
      {actions && <div className="do">{actions}</div>}
    </header>
  );
}

/** What waits: drawn only after a while, so that what is quick does not flicker. */
export function Waiting(): ReactNode {
  const label = useStrings({ en: 'Loading', de: 'Wird geladen' });
  return (
    <div className="stack" role="status" aria-label={label}>
      <div className="skeleton" />
      <div className="skeleton" />
      <div className="skeleton" />
    </div>
  );
}
