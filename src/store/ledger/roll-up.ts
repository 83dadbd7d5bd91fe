// Sums of the ledger by minute, hour and day, behind it and never in its transactions: six sums a row would cost several times
// what the row does. They are rebuilt from the rows at any time by setting the checkpoint back.

/** Of these kinds the amounts and tokens are billed; a request counts once, by the row that ended it. */
export const billedKinds: readonly string[] = ['settle', 'late', 'correct', 'credit'];
export const endingKinds: readonly string[] = ['settle', 'late'];
const [billed, ending] = [billedKinds, endingKinds].map(
  (kinds) => `(${kinds.map((kind) => `'${kind}'`).join(', ')})`,
);

const groups = ['organisation', 'account', 'key', 'principal', 'model', 'operation', 'currency'];
const sums = ['requests', 'prompt', 'cached', 'reasoning', 'answer', 'amount'];

const bucketWidths = { minute: 60_000, hour: 3_600_000, day: 86_400_000 } as const;

export type BucketWidth = keyof typeof bucketWidths;

/**
 * Finds some rows of roll-ups that are not the sums of the ledger up to the checkpoints, by one look at both; buckets from which rows were
 * removed are not among them.
 */
export function rollUpDifferences(dialect: 'sqlite' | 'postgres'): string {
  const whole = wholeIn(dialect);
  const names = ['width', 'bucket_start', ...[...groups, ...sums].map((name) => `rollup.${name}`)].join(', ');
  const withPruned = (table: string): string =>
    `left join pruned_use on ${['organisation', 'account', 'currency']
      .map((name) => `pruned_use.${name} = ${table}.${name}`)
      .join(' and ')}`;
  const wider = (width: BucketWidth): string =>
    `select '${width}', bucket_start - bucket_start % ${bucketWidths[width]}, ${groups.join(', ')},
        ${sums.map((column) => whole(`sum(${column})`)).join(', ')}
      from minutes group by 2, ${groups.join(', ')}`;
  return `with minutes as (
      select 'minute' as width, at - at % ${bucketWidths.minute} as bucket_start,
        ${groups.map((column) => `ledger.${column}`).join(', ')}, ${summed(whole)}
      from ledger join rollup_checkpoint on rollup_checkpoint.writer = ledger.writer ${withPruned('ledger')}
      where ledger.writer_seq <= rollup_checkpoint.up_to_seq and kind in ${billed}
        and at >= coalesce(pruned_use.before_at, at)
      group by 2, ${groups.map((column) => `ledger.${column}`).join(', ')}
    ), expected as (select * from minutes union all ${wider('hour')} union all ${wider('day')}),
    found as (
      select ${names} from rollup ${withPruned('rollup')} where bucket_start >= coalesce(pruned_use.before_at, bucket_start)
    )
    select width, bucket_start, account, model
      from (select * from expected except select * from found) as missing
    union select width, bucket_start, account, model
      from (select * from found except select * from expected) as surplus
    order by 1, 2, 3, 4 limit 5`;
}

type Whole = (sum: string) => string;

/** PostgreSQL would make a sum of whole numbers a decimal one. */
function wholeIn(dialect: 'sqlite' | 'postgres'): Whole {
  return dialect === 'sqlite' ? (sum) => sum : (sum) => `(${sum})::bigint`;
}

function summed(whole: Whole): string {
  const requests = `sum(case when kind in ${ending} then 1 else 0 end)`;
  return sums
    .map((column) => `${whole(column === 'requests' ? requests : `sum(${column})`)} as ${column}`)
    .join(', ');
}

export type RollUpStatements = Readonly<Record<BucketWidth | 'checkpoint' | 'advance', string>>;

/** Each takes the writer, then the sequence behind which rows are added and the last one that is; `checkpoint` the writer alone. */
export function rollUpStatements(dialect: 'sqlite' | 'postgres'): RollUpStatements {
  const place = (number: number): string => (dialect === 'sqlite' ? `?${number}` : `$${number}`);
  const addTo = (width: BucketWidth): string => {
    const bucket = `at - at % ${bucketWidths[width]}`;
    return `insert into rollup (width, bucket_start, ${groups.join(', ')}, ${sums.join(', ')})
      select '${width}', ${bucket} as bucket, ${groups.join(', ')},
        ${summed(wholeIn(dialect))}
      from ledger
      where writer = ${place(1)} and writer_seq > ${place(2)} and writer_seq <= ${place(3)} and kind in ${billed}
      group by bucket, ${groups.join(', ')}
      order by bucket, ${groups.join(', ')}
      on conflict (organisation, width, bucket_start, account, key, principal, model, operation, currency)
        do update set ${sums.map((column) => `${column} = rollup.${column} + excluded.${column}`).join(', ')}`;
  };
  return {
    minute: addTo('minute'),
    hour: addTo('hour'),
    day: addTo('day'),
    checkpoint: `select up_to_seq from rollup_checkpoint where writer = ${place(1)}`,
    advance: `insert into rollup_checkpoint (writer, up_to_seq) values (${place(1)}, ${place(2)})
      on conflict (writer) do update set up_to_seq = excluded.up_to_seq`,
  };
}
