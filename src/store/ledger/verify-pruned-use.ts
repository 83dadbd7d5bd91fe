// The check of what removed rows came to: it has to be signed, and together with the rows that are still there, the sum of the roll-ups
// of the days before.
import { sql } from 'kysely';
import { namedKey, type VerifySignature } from '../audit/verify-audit.ts';
import type { Query } from '../connection/database.ts';
import type { PrunedUseRow } from '../schema/tables.ts';
import { prunedUseText, readSums } from './pruned.ts';
import { billedKinds, endingKinds } from './roll-up.ts';

const names = ['requests', 'prompt', 'cached', 'reasoning', 'answer', 'amount'] as const;

type Sums = Readonly<Record<(typeof names)[number], string>>;

/** @throws TGL_STORE_UNAVAILABLE */
export async function prunedUseProblems(query: Query, verify: VerifySignature): Promise<readonly string[]> {
  const problems: string[] = [];
  for (const use of await query.selectFrom('pruned_use').selectAll().execute()) {
    const { organisation, account, currency, public_key, signature } = use;
    const whose = `what rows of account ${account === '' ? `none of ${organisation}` : account} in ${currency} came to that were removed`;
    if (!verify(public_key, prunedUseText(use), signature)) {
      problems.push(`${whose} is not signed by ${namedKey(public_key)}`);
      continue;
    }
    const [pruned, kept, rolled] = [
      readSums(use.sums),
      await keptOf(query, use),
      await rolledUpOf(query, use),
    ];
    const wrong = names.filter((name) => pruned[name] + BigInt(kept[name]) !== BigInt(rolled[name]));
    if (wrong.length > 0)
      problems.push(
        `${whose} is, with the rows that are left, not the sum of the roll-ups (${wrong.join(', ')})`,
      );
  }
  return problems;
}

/** Of rows that are still there, such as those that were settled late. */
async function keptOf(
  query: Query,
  { organisation, account, currency, before_at }: PrunedUseRow,
): Promise<Sums> {
  return query
    .selectFrom('ledger')
    .innerJoin('rollup_checkpoint', 'rollup_checkpoint.writer', 'ledger.writer')
    .select((row) => {
      const isEnding = row('kind', 'in', endingKinds as readonly never[]);
      const requests = row.case().when(isEnding).then(1).else(0).end();
      return names.map((name) =>
        sql<string>`cast(coalesce(sum(${name === 'requests' ? requests : row.ref(name)}), 0) as text)`.as(
          name,
        ),
      );
    })
    .whereRef('writer_seq', '<=', 'up_to_seq')
    .where('kind', 'in', billedKinds as readonly never[])
    .where('organisation', '=', organisation)
    .where('account', '=', account)
    .where('currency', '=', currency)
    .where('at', '<', before_at)
    .executeTakeFirstOrThrow() as Promise<Sums>;
}

async function rolledUpOf(
  query: Query,
  { organisation, account, currency, before_at }: PrunedUseRow,
): Promise<Sums> {
  return query
    .selectFrom('rollup')
    .select((row) =>
      names.map((name) => sql<string>`cast(coalesce(sum(${row.ref(name)}), 0) as text)`.as(name)),
    )
    .where('organisation', '=', organisation as never)
    .where('width', '=', 'day')
    .where('account', '=', account as never)
    .where('currency', '=', currency)
    .where('bucket_start', '<', before_at)
    .executeTakeFirstOrThrow() as Promise<Sums>;
}
