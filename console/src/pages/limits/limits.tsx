// Every limit that requests of the account count against: used, held by requests that run, and left.
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { limitsQuery } from '../../api/models.ts';
import { type Strings, useFormats, useStrings } from '../../frame/language.tsx';
import { useSignedIn } from '../../frame/session-context.ts';
import { LimitMeter } from '../../parts/limit-meter.tsx';
import { PageHead } from '../../parts/page-head.tsx';
import { Unanswered } from '../../parts/unanswered.tsx';
import { RateLimits } from './rate-limits.tsx';

type Words = Readonly<Record<'lead' | 'none' | 'noneFix' | 'renews' | 'never' | 'soft', string>> & {
  /** Those that are not called in English what the API calls them. */
  readonly scopes: Readonly<Record<string, string>>;
};

const strings: Strings<Words> = {
  en: {
    lead: 'What requests of this account may still use. Hatched is what running requests hold.',
    none: 'No limits',
    noneFix: 'Nothing holds this account back. Whoever runs the server sets a limit so:',
    renews: 'all of it is free again within',
    never: 'does not renew',
    soft: 'warns only',
    scopes: { principal: 'person' },
  },
  de: {
    lead: 'Was Anfragen dieses Kontos noch verbrauchen dürfen. Schraffiert ist, was laufende Anfragen vormerken.',
    none: 'Keine Grenzen',
    noneFix: 'Nichts begrenzt dieses Konto. Wer den Server betreibt, setzt eine Grenze so:',
    renews: 'wieder ganz frei innerhalb von',
    never: 'erneuert sich nicht',
    soft: 'warnt nur',
    scopes: {
      ...{ organisation: 'Organisation', account: 'Konto', principal: 'Person' },
      ...{ key: 'Schlüssel', server: 'Server' },
    },
  },
};

export default function Limits(): ReactNode {
  const words = useStrings(strings);
  const format = useFormats();
  const { account, session } = useSignedIn();
  const { data, error, refetch } = useQuery(limitsQuery(account));
  return (
    <>
      <PageHead lead={words.lead} />
      <Unanswered {...{ data, error, refetch }} />
      {data?.length === 0 && (
        <div className="empty">
          <h2>{words.none}</h2>
          <p>{words.noneFix}</p>
          <pre className="code">npm run tiegel -- limit --help</pre>
        </div>
      )}
      {data?.map((limit, place) => (
        <section key={place} className="section">
          <LimitMeter limit={limit} />
          <p className="meta">
            {words.scopes[limit.scope] ?? limit.scope}
            {limit.reset_seconds === null && ` · ${words.never}`}
            {limit.reset_seconds !== null &&
              limit.reset_seconds > 0 &&
              ` · ${words.renews} ${format.seconds(limit.reset_seconds * 1000)}`}
            {limit.enforcement === 'soft' && ` · ${words.soft}`}
          </p>
        </section>
      ))}
      {account !== undefined && session.scopes.includes('limits:write') && <RateLimits project={account} />}
    </>
  );
}
