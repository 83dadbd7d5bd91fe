// The limits that are in force and what is used of them: read from the store at the start and again whenever they change.
import { systemEntropy } from '../../base/index.ts';
import {
  type Budgets,
  createBudgets,
  createLeases,
  createPostgresLender,
  type Leases,
  type Limit,
  newestByHand,
  usualTerms,
} from '../../store/index.ts';
import type { MeteringOptions } from './metering.ts';
import { type MeteringSettings, readSettings } from './settings.ts';
import { type Settled, usedBefore } from './used-before.ts';

export type LimitsInForce = {
  readonly budgets: Budgets;
  /** Null where this process is the only one that spends. */
  readonly leases: Leases | null;
  readonly settings: () => MeteringSettings;
  /** One at a time. */
  readonly refresh: () => Promise<void>;
  /** To be told of every row that is in the ledger. */
  readonly noteSettled: (settled: Settled) => void;
};

/** @throws what reading the store does, TGL_LEDGER_UNAVAILABLE */
export async function openLimits(options: MeteringOptions): Promise<LimitsInForce> {
  const { store, ledger, clock, logger, terms = usualTerms } = options;
  const leased = store.database.location.type === 'postgres';
  let settings = await readSettings(store, clock.now());
  const budgets = createBudgets({
    ...{ clock, leased },
    timeZoneOf: (organisation) => settings.organisation(organisation).timeZone,
    onShare: ({ limit, settled }, percent) =>
      logger.info({ limit: limit.id, unit: limit.unit, settled, amount: limit.amount, percent }, 'limit'),
  });
  const lender = createPostgresLender({ database: store.database, entropy: systemEntropy, terms });
  const leases = leased ? createLeases({ budgets, lender, clock, terms }) : null;
  const known = new Set<string>();
  let byHand = await newestByHand(store.database);
  /** Settled while sums are read, which they may not have in them. */
  let meanwhile: Settled[] | undefined;

  const refresh = async (): Promise<void> => {
    const next = await readSettings(store, clock.now());
    const since: Settled[] = [];
    meanwhile = since;
    try {
      const newest = await newestByHand(store.database);
      await ledger.rollUp();
      // What was corrected or credited changes what was spent before; a budget that nodes lease from keeps what it granted.
      const isCorrected = newest !== byHand;
      const isRecounted = ({ unit, enforcement }: Limit): boolean =>
        isCorrected && unit === 'money' && !(leased && enforcement === 'hard');
      const isKept = (limit: Limit): boolean => known.has(limit.id) && !isRecounted(limit);
      const kept = next.limits.filter(isKept);
      const added = next.limits.filter((limit) => !isKept(limit));
      const before = await usedBefore(store, added, { now: clock.now(), settings: next });
      settings = next;
      known.clear();
      for (const { id } of next.limits) known.add(id);
      byHand = newest;
      // Those that are counted anew begin without what they had counted.
      if (isCorrected) budgets.replace(kept);
      budgets.replace(next.limits, (limit) => before(limit, since));
    } finally {
      meanwhile = undefined;
    }
  };
  await refresh();
  return {
    budgets,
    leases,
    settings: () => settings,
    refresh,
    noteSettled: (settled) => void meanwhile?.push(settled),
  };
}
