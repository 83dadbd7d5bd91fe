// Every change of the store goes through here: it takes the lock of all changes, is made, and is written into the audit log in
// the same transaction. What is refused leaves an entry as well.
import { sql, type Transaction } from 'kysely';
import {
  type Clock,
  canonicalJson,
  digestOfJson,
  type Entropy,
  hideKeys,
  type Json,
  TiegelError,
} from '../../base/index.ts';
import type { Database } from '../connection/database.ts';
import type { Tables } from '../schema/tables.ts';
import { appendAudit } from './append-audit.ts';
import type { AuditAction, AuditEntry, AuditTarget, Author, ChainName } from './audit-entry.ts';

export type StoreContext = {
  readonly database: Database;
  readonly clock: Clock;
  readonly entropy: Entropy;
  /** Called after a change was committed here. */
  readonly changed: () => void;
};

export type Change = {
  readonly chain: ChainName;
  readonly author: Author;
  readonly action: AuditAction;
  readonly target: AuditTarget;
};

/** What a change came to; `before` and `after` are null for what was not, or is no longer, there. */
export type Changed<Value> = {
  readonly value: Value;
  readonly before: Json;
  readonly after: Json;
  /** Where neither says it. */
  readonly signature?: AuditEntry['signature'];
};

/** @param version of the store after the change; rows that other nodes have to read again carry it */
export type Work<Value> = (transaction: Transaction<Tables>, version: number) => Promise<Changed<Value>>;

export type ChangeStep = {
  readonly transaction: Transaction<Tables>;
  readonly version: number;
  /** Has to be called for everything that the step changes. */
  readonly audit: (change: Change, changed: Omit<Changed<unknown>, 'value'>) => Promise<void>;
};

/** The channel of PostgreSQL on which nodes hear that something changed. */
export const changesChannel = 'tiegel_changes';

/** @throws what the work throws, after which nothing is changed; TGL_STORE_UNAVAILABLE */
export async function changeAudited<Value>(
  context: StoreContext,
  change: Change,
  work: Work<Value>,
): Promise<Value> {
  try {
    return await changeStore(context, async ({ transaction, version, audit }) => {
      const changed = await work(transaction, version);
      await audit(change, changed);
      return changed.value;
    });
  } catch (error) {
    if (TiegelError.isInstance(error) && error.status < 500) await recordRefusal(context, change, error.code);
    throw error;
  }
}

/** Several changes that are made together or not at all. @throws what the work throws; TGL_STORE_UNAVAILABLE */
export async function changeStore<Value>(
  context: StoreContext,
  work: (step: ChangeStep) => Promise<Value>,
): Promise<Value> {
  const { database } = context;
  const value = await database.change(async (transaction) => {
    const version = await nextVersion(database, transaction);
    return work({
      transaction,
      version,
      audit: async (change, changed) => {
        const policyVersion = await policyVersionOf(transaction, change.chain);
        await appendAudit(transaction, { ...entryOf(context, change, changed), policyVersion });
      },
    });
  });
  context.changed();
  return value;
}

/** Writes down that somebody tried to do what is not allowed. @throws TGL_STORE_UNAVAILABLE */
export async function recordRefusal(context: StoreContext, change: Change, code: string): Promise<void> {
  const { database } = context;
  await database.change(async (transaction) => {
    await nextVersion(database, transaction);
    const nothing = { before: null, after: null };
    const policyVersion = await policyVersionOf(transaction, change.chain);
    await appendAudit(transaction, { ...entryOf(context, change, nothing), refused: code, policyVersion });
  });
}

/** Of the data policy that holds for the organisation after the change; null where it never set one. */
async function policyVersionOf(transaction: Transaction<Tables>, chain: ChainName): Promise<number | null> {
  if (chain === 'system') return null;
  const { version } = await transaction
    .selectFrom('policy')
    .select((row) => row.fn.max('version').as('version'))
    .where('organisation', '=', chain)
    .executeTakeFirstOrThrow();
  return version === null ? null : Number(version);
}

/** The version is one row, and whoever raises it keeps all others waiting until the end of the transaction. */
async function nextVersion({ dialect }: Database, transaction: Transaction<Tables>): Promise<number> {
  const { version } = await transaction
    .updateTable('change_feed')
    .set((row) => ({ version: row('version', '+', 1) }))
    .returning('version')
    .executeTakeFirstOrThrow();
  if (dialect.name === 'postgres')
    await sql`select pg_notify(${changesChannel}, ${String(version)})`.execute(transaction);
  return version;
}

const randomBytes = 15;

function entryOf(
  { clock, entropy }: StoreContext,
  { chain, author, action, target }: Change,
  { before, after, signature = null }: Omit<Changed<unknown>, 'value'>,
): Omit<AuditEntry, 'seq'> {
  return {
    ...{ chain, action, actor: author.actor, request: author.request },
    id: `audit_${Buffer.from(entropy(randomBytes)).toString('hex')}`,
    at: clock.now(),
    // Of what was refused it is what somebody wrote into a path.
    target: { ...target, id: hideKeys(target.id) },
    reason: author.reason === null ? null : hideKeys(author.reason),
    refused: null,
    before: before === null ? null : digestOfJson(before),
    after: after === null ? null : digestOfJson(after),
    changed: differences(before, after),
    policyVersion: null,
    signature,
  };
}

type Members = { readonly [name: string]: Json };

function differences(before: Json, after: Json): readonly string[] {
  const [old, now] = [membersOf(before), membersOf(after)];
  const names = new Set([...Object.keys(old), ...Object.keys(now)]);
  return [...names].filter((name) => textOf(old, name) !== textOf(now, name)).sort();
}

function membersOf(value: Json): Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Members) : {};
}

function textOf(members: Members, name: string): string | undefined {
  return Object.hasOwn(members, name) ? canonicalJson(members[name] as Json) : undefined;
}
