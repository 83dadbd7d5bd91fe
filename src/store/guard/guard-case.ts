// A case of the guard and an observed week, as rows of the store have them.
import type { Transaction } from 'kysely';
import { type ErrorCode, TiegelError } from '../../base/index.ts';
import type { OrganisationId } from '../../traffic/index.ts';
import type { GuardCaseRow, Tables } from '../schema/tables.ts';

export type GuardWeekKey = {
  readonly organisation: string;
  readonly account: string;
  /** Counted from the Monday after the Unix epoch. */
  readonly week: number;
};

export type GuardWeek = GuardWeekKey & { readonly requests: number; readonly state: Uint8Array };

export type GuardCase = Omit<GuardCaseRow, 'evidence'> & { readonly evidence: unknown };

export type CaseState = GuardCase['state'];

/** @throws TGL_GUARD_CASE_UNKNOWN */
export async function caseOf(
  query: Pick<Transaction<Tables>, 'selectFrom'>,
  organisation: OrganisationId,
  id: string,
): Promise<GuardCase> {
  const row = await query
    .selectFrom('guard_case')
    .selectAll()
    .where('organisation', '=', organisation)
    .where('id', '=', id)
    .executeTakeFirst();
  if (row === undefined) throw unknownCase(id);
  return caseFrom(row);
}

/** Of accounts that belong together, in whichever organisation: for whoever operates the server. @throws TGL_GUARD_CASE_UNKNOWN */
export async function clusterCaseOf(
  query: Pick<Transaction<Tables>, 'selectFrom'>,
  id: string,
): Promise<GuardCase> {
  const row = await query
    .selectFrom('guard_case')
    .selectAll()
    .where('id', '=', id)
    .where('cluster', 'is not', null)
    .executeTakeFirst();
  if (row === undefined) throw unknownCase(id);
  return caseFrom(row);
}

function unknownCase(id: string): TiegelError {
  const code: ErrorCode = 'TGL_GUARD_CASE_UNKNOWN';
  // What is no identifier is not repeated: it might be a secret.
  return new TiegelError(code, { received: /^case_[0-9a-f]{30}$/.test(id) ? id : 'of that name' });
}

export function caseFrom({ evidence, ...row }: GuardCaseRow): GuardCase {
  return { ...row, evidence: JSON.parse(evidence) as unknown };
}
