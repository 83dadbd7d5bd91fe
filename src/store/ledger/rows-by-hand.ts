// What an operator adds to the ledger: a correction of what a request cost, or a credit. Neither changes a row that is there. Each is
// written in the transaction of its entry in the audit log, which says who did so and why.
import { sql, type Transaction } from 'kysely';
import { TiegelError } from '../../base/index.ts';
import type { OrganisationId } from '../../traffic/index.ts';
import type { Author } from '../audit/audit-entry.ts';
import { changeAudited, type StoreContext } from '../audit/change-audited.ts';
import type { Database } from '../connection/database.ts';
import type { Tables } from '../schema/tables.ts';
import { appendInTransaction } from './append-in-transaction.ts';
import { type LedgerEntry, nothingSpread } from './ledger-entry.ts';

export type Correction = {
  /** As `x-request-id` and the identifier of its answer name it. */
  readonly request: string;
  /** Nano-units of the currency that the request was settled in: what it costs from now on. */
  readonly amount: number;
};

export type Corrected = {
  readonly request: string;
  /** Nano-units, before and now. */
  readonly before: number;
  readonly amount: number;
  readonly currency: string;
};

/** Whose use, and of which model, becomes cheaper; what is not named stands for no one of its kind. */
export type Credit = {
  /** Nano-units, more than 0. */
  readonly amount: number;
  readonly currency: string;
  readonly account?: string | undefined;
  readonly principal?: string | undefined;
  readonly key?: string | undefined;
  readonly model?: string | undefined;
};

/**
 * Sets what a request costs, by a row of the difference at the time of the request, so that its day and its limits have it. Tokens
 * stay what was counted.
 *
 * @throws TGL_ID_UNKNOWN for a request that is not in the ledger of the organisation; TGL_STORE_UNAVAILABLE
 */
export async function correctRequest(
  context: StoreContext,
  author: Author,
  organisation: OrganisationId,
  { request: named, amount }: Correction,
): Promise<Corrected> {
  const request = named.replace(/^[a-z]+_/, 'req_');
  const target = { type: 'request', id: request };
  const change = { chain: organisation, author, action: 'ledger.corrected', target } as const;
  return changeAudited(context, change, async (transaction) => {
    const original = await transaction
      .selectFrom('ledger')
      .selectAll()
      .where('request', '=', request)
      .where('kind', 'in', ['settle', 'late', 'lost'])
      .where('organisation', '=', organisation)
      .executeTakeFirst();
    if (original === undefined) throw new TiegelError('TGL_ID_UNKNOWN', { kind: 'request', received: named });
    const { sum } = await transaction
      .selectFrom('ledger')
      .select(sql<number>`coalesce(sum(amount), 0)`.as('sum'))
      .where('corrects', '=', request)
      .executeTakeFirstOrThrow();
    // What was lost counts against limits and is not billed.
    const before = Number(sum) + (original.kind === 'lost' ? 0 : original.amount);
    const { account, key, principal, model, engine, operation, at, currency, policy_version } = original;
    await append(context, transaction, {
      ...{ request: idByHand(context), kind: 'correct', organisation, account, key, principal, model },
      ...{ engine, operation, at, ...noTokens, amount: amount - before, currency, price: null },
      ...{ lease: null, outcome: 'corrected', estimated: 0, policy_version, corrects: request },
    });
    const value = { request, before, amount, currency };
    return { value, before: { amount: before, currency }, after: { amount, currency } };
  });
}

/** Makes what was used cheaper from this moment on. @throws TGL_STORE_UNAVAILABLE */
export async function creditUse(
  context: StoreContext,
  author: Author,
  organisation: OrganisationId,
  { amount, currency, account = '', principal = '', key = '', model = '' }: Credit,
): Promise<string> {
  const request = idByHand(context);
  const target = { type: 'credit', id: request };
  const change = { chain: organisation, author, action: 'ledger.credited', target } as const;
  const whose = { account, principal, key, model };
  return changeAudited(context, change, async (transaction) => {
    await append(context, transaction, {
      ...{ request, kind: 'credit', organisation, ...whose, engine: '', operation: 'credit' },
      ...{ at: context.clock.now(), ...noTokens, amount: -amount, currency, price: null },
      ...{ lease: null, outcome: 'credited', estimated: 0, policy_version: null, corrects: null },
    });
    return { value: request, before: null, after: { amount, currency, ...whose } };
  });
}

/** Changes whenever a row was added by hand. @throws TGL_STORE_UNAVAILABLE */
export async function newestByHand({ query }: Pick<Database, 'query'>): Promise<number> {
  const { seq } = await query
    .selectFrom('ledger')
    .select(sql<number | null>`max(seq)`.as('seq'))
    .where(sql<boolean>`kind in ('correct', 'credit')`)
    .executeTakeFirstOrThrow();
  return Number(seq ?? 0);
}

const noTokens = { prompt: 0, cached: 0, reasoning: 0, answer: 0, ...nothingSpread } as const;
const randomBytes = 15;

function idByHand({ entropy }: StoreContext): string {
  return `adj_${Buffer.from(entropy(randomBytes)).toString('hex')}`;
}

function append(
  { database }: StoreContext,
  transaction: Transaction<Tables>,
  entry: LedgerEntry,
): Promise<void> {
  return appendInTransaction(transaction, { dialect: database.dialect, writer: 'by-hand' }, [entry]);
}
