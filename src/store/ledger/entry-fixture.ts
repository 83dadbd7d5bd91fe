// A row of the ledger for tests. Imported by tests only.
import { type LedgerEntry, nothingSpread } from './ledger-entry.ts';

/** The settlement of a request of ten tokens and nine on 1970-01-31. */
export const ledgerEntry = (request: string, more: Partial<LedgerEntry> = {}): LedgerEntry => ({
  ...{ request, kind: 'settle', organisation: 'org_1', account: 'acc_1', key: 'key_1', principal: 'prn_1' },
  ...{ model: 'r1', engine: 'local', operation: 'completions', at: 30 * 86_400_000 },
  ...{ prompt: 10, cached: 4, reasoning: 6, answer: 3, amount: 1234, currency: 'EUR', price: null },
  ...{ lease: null, outcome: 'finished', estimated: 0, policy_version: null, corrects: null },
  ...{ ...nothingSpread, samples: 1, ...more },
});
