// The end of a hash chain: each row's hash is SHA-256 over the hash of the row before and the canonical JSON of the entry, so that
// a row which is changed, dropped or put in between is found by whoever reads the chain.
import { createHash } from 'node:crypto';
import type { Transaction } from 'kysely';
import { canonicalJson, type Json } from '../../base/index.ts';
import type { Tables } from '../schema/tables.ts';
import type { AuditEntry, ChainName } from './audit-entry.ts';

/** What the first row of a chain follows. */
export const noHash: string = '0'.repeat(64);

export function hashOfEntry(previous: string, entry: string): string {
  return createHash('sha256').update(previous).update(entry).digest('hex');
}

/**
 * Adds an entry to its chain. The transaction has to hold the lock of all changes, as those of `changeAudited` do: of two entries
 * that followed one and the same row, one would be lost.
 */
export async function appendAudit(
  transaction: Transaction<Tables>,
  entry: Omit<AuditEntry, 'seq'>,
): Promise<AuditEntry> {
  const head = await headOf(transaction, entry.chain);
  const whole: AuditEntry = { ...entry, seq: head.seq + 1 };
  const text = canonicalJson(whole as unknown as Json);
  const hash = hashOfEntry(head.hash, text);
  await transaction
    .insertInto('audit')
    .values({
      ...{ chain: whole.chain, seq: whole.seq, id: whole.id, at: whole.at },
      ...{ actor: actorName(whole), action: whole.action, target: whole.target.id, entry: text, hash },
    })
    .execute();
  await transaction
    .insertInto('audit_head')
    .values({ chain: whole.chain, seq: whole.seq, hash, signed_day: null, signed_seq: null, pruned_seq: 0 })
    .onConflict((conflict) => conflict.column('chain').doUpdateSet({ seq: whole.seq, hash }))
    .execute();
  return whole;
}

async function headOf(
  transaction: Transaction<Tables>,
  chain: ChainName,
): Promise<{ readonly seq: number; readonly hash: string }> {
  const head = await transaction
    .selectFrom('audit_head')
    .select(['seq', 'hash'])
    .where('chain', '=', chain)
    .executeTakeFirst();
  return head ?? { seq: 0, hash: noHash };
}

/** What the column `actor` is asked by. */
function actorName({ actor }: Pick<AuditEntry, 'actor'>): string {
  if (actor.type === 'key') return actor.key;
  return actor.type === 'principal' ? actor.principal : actor.type;
}
