// What data policies say must go from the ledger and the audit log: for each account and organisation, the rows of days that are older
// than the policy keeps. Roll-ups stay, and what was removed is signed for.
import { TiegelError } from '../base/index.ts';
import {
  type Author,
  type ChainName,
  countPrunableLedger,
  type HeadSigner,
  pruneLedger,
  type Store,
} from '../store/index.ts';
import type { OrganisationId } from '../traffic/index.ts';
import { policyOf } from './models-under-policy.ts';

export type PrunedPart = {
  readonly what: 'ledger' | 'audit log';
  /** `system` for the audit log of the whole store. */
  readonly organisation: ChainName;
  /** Null for what belongs to no account. */
  readonly account: string | null;
  /** Rows of before are meant, in milliseconds since the Unix epoch. */
  readonly before: number;
  readonly rows: number;
};

type Part = Omit<PrunedPart, 'rows'>;

const dayMs = 86_400_000;

/** How many rows are to go; changes nothing. Parts without any are left out. @throws TGL_STORE_UNAVAILABLE */
export async function previewPruning(store: Store): Promise<readonly PrunedPart[]> {
  return forEachPart(store, (part) => {
    const { what, organisation, account, before } = part;
    if (what === 'audit log') return store.audit.countPrunable(organisation, before);
    return countPrunableLedger(store.context, ledgerPart(organisation, account, before));
  });
}

/**
 * Removes them. What a failure leaves is removed the next time.
 *
 * @param signer of what is said of the rows that are gone
 * @param signal ends it soon, with what has been removed by then
 * @throws TGL_STORE_UNAVAILABLE
 */
export async function pruneStore(
  store: Store,
  signer: HeadSigner,
  author: Author,
  signal?: AbortSignal,
): Promise<readonly PrunedPart[]> {
  return forEachPart(store, (part) => {
    const { what, organisation, account, before } = part;
    if (what === 'audit log')
      return store.audit.prune({ chain: organisation, before }, signer, author, signal);
    return pruneLedger(store.context, signer, author, ledgerPart(organisation, account, before), signal);
  });
}

function ledgerPart(organisation: ChainName, account: string | null, before: number) {
  return { organisation: organisation as OrganisationId, account: account ?? '', before };
}

async function forEachPart(
  store: Store,
  rowsOf: (part: Part) => Promise<number>,
): Promise<readonly PrunedPart[]> {
  const found: PrunedPart[] = [];
  for (const part of await partsOf(store)) {
    const rows = await rowsOf(part);
    if (rows > 0) found.push({ ...part, rows });
  }
  return found;
}

async function partsOf(store: Store): Promise<readonly Part[]> {
  const parts: Part[] = [];
  /** The log of the system has entries about all organisations, and is kept as long as any of theirs. */
  let ofSystem = Number.POSITIVE_INFINITY;
  for (const { id: organisation } of await store.organisations.list()) {
    const own = await partsOfOrganisation(store, organisation);
    parts.push(...own);
    const log = own.find(({ what }) => what === 'audit log');
    ofSystem = Math.min(ofSystem, log?.before ?? 0);
  }
  if (!Number.isFinite(ofSystem)) return parts;
  return [...parts, { what: 'audit log', organisation: 'system', account: null, before: ofSystem }];
}

/** None where the policy cannot be read: nobody knows then what has to stay. */
async function partsOfOrganisation(store: Store, organisation: OrganisationId): Promise<readonly Part[]> {
  const current = await store.policies.current(organisation);
  const whole = current.find(({ account }) => account === null);
  const accounts = [null, ...(await store.accounts.list(organisation)).map(({ id }) => id)];
  try {
    const parts = accounts.map((account): Part => {
      const own = current.find((policy) => policy.account === account);
      const { ledgerDays } = policyOf(whole, own).policy.retention;
      return { what: 'ledger', organisation, account, before: cutoff(store, ledgerDays) };
    });
    const { auditDays } = policyOf(whole, undefined).policy.retention;
    return [...parts, { what: 'audit log', organisation, account: null, before: cutoff(store, auditDays) }];
  } catch (error) {
    if (TiegelError.isInstance(error) && error.code === 'TGL_DATA_POLICY_INVALID') return [];
    throw error;
  }
}

/** The beginning of a day of UTC, so that a roll-up of a day has all of its rows or none. Requests of today may still run. */
function cutoff({ context: { clock } }: Store, days: number): number {
  const moment = clock.now() - Math.max(days, 1) * dayMs;
  return moment - (moment % dayMs);
}
