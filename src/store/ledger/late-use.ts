// What was used by requests that were settled after their leases had been ended: it is taken from what is left of each budget that they
// fell under, so that others are granted less. Only what they have been granted already is beyond the limit.
import type pg from 'pg';

/** A limit as it is written in `budget.counted_by`: organisation, scope, subject, model, unit. */
const counted = (part: number): string => `(budget.counted_by::jsonb ->> ${part})`;

/** What requests that were settled late have used of each budget of their leases. */
export const lateUse: string = `select lease.budget, lease.lessee, sum(case ${counted(4)}
      when 'requests' then 1
      when 'tokens' then ledger.prompt + ledger.reasoning + ledger.answer
      when 'reasoning-tokens' then ledger.reasoning
      when 'money' then ledger.amount
      else 0 end)::bigint as used
  from ledger
    join lease on lease.lessee = ledger.lease and lease.state = 'closed'
    join budget on budget.id = lease.budget and budget.organisation = ledger.organisation
      and budget.window_start <= ledger.at and (budget.window_end is null or budget.window_end > ledger.at)
  where ledger.request = any($1::text[]) and ledger.kind = $2
    and ${counted(2)} = case ${counted(1)} when 'organisation' then ledger.organisation
      when 'account' then ledger.account when 'principal' then ledger.principal else ledger.key end
    and coalesce(${counted(3)}, ledger.model) = ledger.model
  group by lease.budget, lease.lessee order by lease.budget, lease.lessee`;

/** In the transaction in which the rows were written. Budgets are locked in their order, as by whoever ends leases. */
export async function countLateUse(
  client: Pick<pg.Client, 'query'>,
  requests: readonly string[],
): Promise<void> {
  if (requests.length === 0) return;
  const { rows } = await client.query(lateUse, [requests, 'late']);
  for (const { budget, lessee, used } of rows) {
    await client.query('update budget set granted = granted + $2 where id = $1', [budget, used]);
    await client.query('update lease set settled = settled + $3 where budget = $1 and lessee = $2', [
      ...[budget, lessee, used],
    ]);
  }
}
