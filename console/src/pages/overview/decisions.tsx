// What needs a decision: cases of the guard, keys and admissions that end soon, and limits that are nearly or wholly used up.
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { RemainingLimitBody } from '../../../../src/wire/index.ts';
import { guardStatusQuery } from '../../api/guard.ts';
import { catalogQuery, limitsQuery } from '../../api/models.ts';
import { useFormats, useStrings } from '../../frame/language.tsx';
import { useSignedIn } from '../../frame/session-context.ts';
import { strings } from './strings.ts';

const secondsPerDay = 86_400;
const soonDays = 14;
const nearlyUsed = 0.8;

type Decision = { readonly page: string; readonly text: string; readonly what: string };

export function Decisions({ seesModels }: { readonly seesModels: boolean }): ReactNode {
  const words = useStrings(strings);
  const format = useFormats();
  const { session, account } = useSignedIn();
  const limits = useQuery(limitsQuery(account));
  const models = useQuery({ ...catalogQuery, enabled: seesModels });
  const guard = useQuery({ ...guardStatusQuery, enabled: session.scopes.includes('guard:read') });
  const openCases = guard.data?.open_cases ?? 0;
  const soon = Date.now() / 1000 + soonDays * secondsPerDay;
  const decisions: readonly Decision[] = [
    ...(openCases === 0 ? [] : [{ page: 'guard', text: words.guardCases, what: format.count(openCases) }]),
    ...(limits.data ?? []).filter(isNear).map((limit) => ({
      page: 'limits',
      text: usedShare(limit) >= 1 ? words.limitOut : words.limitNear,
      what: [limit.scope, limit.model, limit.unit].filter((part) => part !== null).join(' · '),
    })),
    ...session.expiring_keys.map(({ name, expires_at }) => ({
      ...{ page: 'keys', text: words.keyExpires, what: `${name}, ${format.day(expires_at)}` },
    })),
    ...(models.data ?? []).flatMap(({ id, expires_at }) =>
      expires_at === null || expires_at > soon
        ? []
        : [{ page: 'models', text: words.expires, what: `${id}, ${format.day(expires_at)}` }],
    ),
  ];
  return (
    <section className="section stack">
      <h2>{words.decide}</h2>
      {decisions.length === 0 && <p className="quiet">{words.nothing}</p>}
      <ul className="stack tight">
        {decisions.map(({ page, text, what }) => (
          <li key={`${text} ${what}`} className="break">
            {text} <Link to={`/console/${page}`}>{what}</Link>
          </li>
        ))}
      </ul>
    </section>
  );
}

function usedShare({ limit, used }: RemainingLimitBody): number {
  return Number(limit) === 0 ? 1 : Number(used) / Number(limit);
}

function isNear(limit: RemainingLimitBody): boolean {
  return usedShare(limit) >= nearlyUsed;
}
