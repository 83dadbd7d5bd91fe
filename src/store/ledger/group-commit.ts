// Group commit without a timer: what is appended in one turn of the event loop is one batch, and what comes while a batch is
// being written is the next one. So the size of a batch follows the disk, and a row waits for one write before its own at
// most.

export type GroupCommit<Row> = {
  /** Resolves once the row is durable. @throws what writing its batch did; none of the batch was written then */
  readonly append: (row: Row) => Promise<void>;
  /** Resolves once nothing is being written and nothing waits. */
  readonly drained: () => Promise<void>;
};

export type GroupCommitOptions<Row> = {
  /** Writes all of the rows, or rejects and has written none. */
  readonly commit: (rows: readonly Row[]) => Promise<void>;
  readonly maxBatch: number;
};

type Waiting<Row> = {
  readonly row: Row;
  readonly resolve: () => void;
  readonly reject: (reason: unknown) => void;
};

export function createGroupCommit<Row>({ commit, maxBatch }: GroupCommitOptions<Row>): GroupCommit<Row> {
  let waiting: Waiting<Row>[] = [];
  let writing: Promise<void> | undefined;

  const writeAll = async (): Promise<void> => {
    // The rest of this turn still belongs to the batch.
    await new Promise((resolve) => setImmediate(resolve));
    while (waiting.length > 0) {
      const batch = waiting.slice(0, maxBatch);
      waiting = waiting.slice(maxBatch);
      try {
        await commit(batch.map(({ row }) => row));
        for (const { resolve } of batch) resolve();
      } catch (error) {
        for (const { reject } of batch) reject(error);
      }
    }
    writing = undefined;
  };

  return {
    append: (row) =>
      new Promise((resolve, reject) => {
        waiting.push({ row, resolve, reject });
        writing ??= writeAll();
      }),
    drained: async () => {
      while (writing !== undefined) await writing;
    },
  };
}
