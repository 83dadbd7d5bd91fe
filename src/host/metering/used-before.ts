// With what new limits begin: the sums of the ledger since the beginning of their windows, and what was settled while those
// were read. The rows that both have count twice, so that a limit may begin a little too full and never too empty.
import {
  type Amounts,
  createCalendar,
  type LedgerEntry,
  type Limit,
  type SettledSums,
  type Store,
  settledSums,
} from '../../store/index.ts';
import type { OrganisationId } from '../../traffic/index.ts';
import type { MeteringSettings } from './settings.ts';

export type Settled = { readonly entry: LedgerEntry; readonly used: Amounts };

type Begun = { readonly start: number; readonly sum: number };

const minute = 60_000;

/** What was used of each of the limits, with what was settled since. */
export async function usedBefore(
  { database }: Pick<Store, 'database'>,
  limits: readonly Limit[],
  { now, settings }: { readonly now: number; readonly settings: MeteringSettings },
): Promise<(limit: Limit, since: readonly Settled[]) => number> {
  const calendar = createCalendar();
  const begun = new Map<string, Begun>();
  for (const { id, organisation, scope, subject, model, unit, period } of limits) {
    const { timeZone } = settings.organisation(organisation);
    // A bucket has forgotten what is older than a minute.
    const start = period === 'minute' ? now - minute : calendar.windowAt(period, timeZone, now).start;
    const sums = await settledSums(database, {
      ...{ organisation: organisation as OrganisationId, scope, subject, model, start },
    });
    begun.set(id, { start, sum: ofUnit(sums, unit) });
  }
  return (limit, since) => {
    const { start, sum } = begun.get(limit.id) ?? { start: 0, sum: 0 };
    const later = since.filter(({ entry }) => entry.at >= start && fallsUnder(entry, limit));
    return later.reduce((all, { used }) => all + (used[limit.unit] ?? 0), sum);
  };
}

function fallsUnder(entry: LedgerEntry, { organisation, scope, subject, model }: Limit): boolean {
  const isSubject = organisation === entry.organisation && entry[scope] === subject;
  return isSubject && (model === null || model === entry.model);
}

function ofUnit(sums: SettledSums, unit: Limit['unit']): number {
  switch (unit) {
    case 'requests':
      return sums.requests;
    case 'tokens':
      return sums.tokens;
    case 'reasoning-tokens':
      return sums.reasoning;
    case 'money':
      return sums.amount;
    case 'concurrency':
      return 0;
  }
}
