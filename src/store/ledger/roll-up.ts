// Sums of the ledger by minute, hour and day, behind it and never in its transactions: six sums a row would cost several times
// what the row does. They are rebuilt from the rows at any time by setting the checkpoint back.

/** Of these kinds the amounts and tokens are billed; a request counts once, by the row that ended it. */
const billed = `('settle', 'late', 'correct', 'credit')`;
const ending = `('settle', 'late')`;

const groups = ['organisation', 'account', 'key', 'principal', 'model', 'operation', 'currency'];
const sums = ['requests', 'prompt', 'cached', 'reasoning', 'answer', 'amount'];

const bucketWidths = { minute: 60_000, hour: 3_600_000, day: 86_400_000 } as const;

export type BucketWidth = keyof typeof bucketWidths;

export type RollUpStatements = Readonly<Record<BucketWidth | 'checkpoint' | 'advance', string>>;

/** Each takes the writer, then the sequence behind which rows are added and the last one that is; `checkpoint` the writer alone. */
export function rollUpStatements(dialect: 'sqlite' | 'postgres'): RollUpStatements {
  const place = (number: number): string => (dialect === 'sqlite' ? `?${number}` : `$${number}`);
  const whole = (sum: string): string => (dialect === 'sqlite' ? sum : `(${sum})::bigint`);
  const addTo = (width: BucketWidth): string => {
    const bucket = `at - at % ${bucketWidths[width]}`;
    return `insert into rollup (width, bucket_start, ${groups.join(', ')}, ${sums.join(', ')})
      select '${width}', ${bucket} as bucket, ${groups.join(', ')},
        ${whole(`sum(case when kind in ${ending} then 1 else 0 end)`)},
        ${sums
          .slice(1)
          .map((column) => whole(`sum(${column})`))
          .join(', ')}
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
