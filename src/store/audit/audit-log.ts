// The audit log as it is read, exported and signed.
import type { Json } from '../../base/index.ts';
import type { OrganisationId } from '../../traffic/index.ts';
import type { AuditEntry, Author, ChainName } from './audit-entry.ts';
import { changeAudited, recordRefusal, type StoreContext } from './change-audited.ts';
import { countPrunableAudit, pruneAudit } from './prune-audit.ts';
import { type ExportedEntry, headText } from './verify-audit.ts';

export type AuditFilter = {
  /** Milliseconds since the Unix epoch. */
  readonly from?: number;
  readonly to?: number;
  readonly actions?: readonly string[];
  /** Keys, principals by whichever of their keys, or types of actors. */
  readonly actors?: readonly string[];
  readonly targets?: readonly string[];
  /** Accounts: changes of them and of their keys. */
  readonly accounts?: readonly string[];
  /** Only what comes before that row in the list, which begins with the newest; those next to it. */
  readonly before?: number;
  /** Only what comes after it. */
  readonly after?: number;
  /** @default 20 */
  readonly limit?: number;
};

export type AuditLog = {
  /** The newest first. */
  readonly list: (chain: ChainName, filter?: AuditFilter) => Promise<readonly AuditEntry[]>;
  /** Where an entry stands in its chain; undefined where it is in none. */
  readonly seqOf: (chain: ChainName, id: string) => Promise<number | undefined>;
  /** Every row of every chain, or of one, in the order of its chain. */
  readonly export: (chain?: ChainName) => AsyncIterable<ExportedEntry>;
  /** Records that somebody was refused something or read a content. @throws TGL_STORE_UNAVAILABLE */
  readonly record: (
    chain: ChainName,
    author: Author,
    entry: Pick<AuditEntry, 'action' | 'target' | 'refused'>,
  ) => Promise<void>;
  /** Removes the first rows of a chain, all from before a moment, and says how many. @throws TGL_STORE_UNAVAILABLE */
  readonly prune: (
    pruned: { readonly chain: ChainName; readonly before: number },
    signer: HeadSigner,
    author: Author,
    signal?: AbortSignal,
  ) => Promise<number>;
  /** How many those are. @throws TGL_STORE_UNAVAILABLE */
  readonly countPrunable: (chain: ChainName, before: number) => Promise<number>;
  /**
   * Signs the head of every chain that has grown since it was signed, once a day (UTC), into the chain of the system.
   *
   * @returns how many were signed
   */
  readonly signHeads: (signer: HeadSigner) => Promise<number>;
};

export type HeadSigner = {
  /** 32 bytes of Ed25519 in hexadecimal. */
  readonly publicKey: string;
  readonly sign: (text: string) => string;
};

const pageRows = 1000;
const server: Author = { actor: { type: 'server' }, request: null, reason: null };

export function createAuditLog(context: StoreContext): AuditLog {
  return {
    list: (chain, filter = {}) => list(context, chain, filter),
    seqOf: async (chain, id) => {
      const { query } = context.database;
      const rows = query.selectFrom('audit').select('seq').where('chain', '=', chain).where('id', '=', id);
      return (await rows.executeTakeFirst())?.seq;
    },
    export: (chain) => exportRows(context, chain),
    record: async (chain, author, { action, target, refused }) => {
      const change = { chain, author, action, target };
      if (refused !== null) return recordRefusal(context, change, refused);
      const nothing = { value: undefined, before: null, after: null };
      await changeAudited(context, change, async () => nothing);
    },
    prune: (pruned, signer, author, signal) => pruneAudit(context, signer, author, pruned, signal),
    countPrunable: (chain, before) => countPrunableAudit(context, chain, before),
    signHeads: (signer) => signHeads(context, signer),
  };
}

async function list(
  { database }: StoreContext,
  chain: ChainName,
  { from, to, actions, actors, targets, accounts, before, after, limit = 20 }: AuditFilter,
): Promise<readonly AuditEntry[]> {
  let query = database.query.selectFrom('audit').select('entry').where('chain', '=', chain);
  if (from !== undefined) query = query.where('at', '>=', from);
  if (to !== undefined) query = query.where('at', '<', to);
  if (actions !== undefined) query = query.where('action', 'in', actions);
  const keysOf = (column: 'principal' | 'account', ids: readonly string[]) =>
    database.query
      .selectFrom('api_key')
      .select('id')
      .where('organisation', '=', chain as OrganisationId)
      .where(column, 'in', ids as readonly never[]);
  if (actors !== undefined)
    query = query.where((is) =>
      is.or([is('actor', 'in', actors), is('actor', 'in', keysOf('principal', actors))]),
    );
  if (accounts !== undefined)
    query = query.where((is) =>
      is.or([is('target', 'in', accounts), is('target', 'in', keysOf('account', accounts))]),
    );
  if (targets !== undefined) query = query.where('target', 'in', targets);
  if (before !== undefined) query = query.where('seq', '>', before);
  if (after !== undefined) query = query.where('seq', '<', after);
  const backwards = before !== undefined && after === undefined;
  const rows = await query
    .orderBy('seq', backwards ? 'asc' : 'desc')
    .limit(limit)
    .execute();
  if (backwards) rows.reverse();
  return rows.map(({ entry }) => JSON.parse(entry) as AuditEntry);
}

async function* exportRows({ database }: StoreContext, chain?: ChainName): AsyncIterable<ExportedEntry> {
  const chains =
    chain === undefined
      ? (await database.query.selectFrom('audit_head').select('chain').orderBy('chain').execute()).map(
          (row) => row.chain,
        )
      : [chain];
  for (const name of chains)
    for (let last = 0; ; ) {
      const rows = await database.query
        .selectFrom('audit')
        .select(['seq', 'entry', 'hash'])
        .where('chain', '=', name)
        .where('seq', '>', last)
        .orderBy('seq')
        .limit(pageRows)
        .execute();
      for (const { entry, hash } of rows) yield { entry: JSON.parse(entry) as AuditEntry, hash };
      if (rows.length < pageRows) break;
      last = rows.at(-1)!.seq;
    }
}

async function signHeads(context: StoreContext, signer: HeadSigner): Promise<number> {
  const day = new Date(context.clock.now()).toISOString().slice(0, 10);
  const heads = await context.database.query
    .selectFrom('audit_head')
    .select(['chain', 'signed_day', 'signed_seq', 'seq'])
    .orderBy('chain')
    .execute();
  let signed = 0;
  for (const { chain, signed_day, signed_seq, seq } of heads)
    if (signed_day !== day && signed_seq !== seq) {
      await signHead(context, signer, chain as ChainName, day);
      signed++;
    }
  return signed;
}

/** Two nodes that do so at once leave two signatures, both of which hold. */
async function signHead(
  context: StoreContext,
  signer: HeadSigner,
  chain: ChainName,
  day: string,
): Promise<void> {
  const target = { type: 'audit-chain', id: chain };
  const change = { chain: 'system', author: server, action: 'audit.head.signed', target } as const;
  await changeAudited(context, change, async (transaction) => {
    const { seq, hash } = await transaction
      .selectFrom('audit_head')
      .select(['seq', 'hash'])
      .where('chain', '=', chain)
      .executeTakeFirstOrThrow();
    const head = { chain, seq, hash, day };
    const signature = { ...head, publicKey: signer.publicKey, signature: signer.sign(headText(head)) };
    // In the chain of the system, the row that says so comes after what it signs.
    const next = chain === 'system' ? seq + 1 : seq;
    await transaction
      .updateTable('audit_head')
      .set({ signed_day: day, signed_seq: next })
      .where('chain', '=', chain)
      .execute();
    const after: Json = head;
    return { value: undefined, before: null, after, signature };
  });
}
