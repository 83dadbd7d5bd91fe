// Group commit: what is appended in one turn of the event loop is one batch, and what comes while a batch is being written is
// the next one. So the size of a batch follows the disk, and a row waits for one write before its own at most. Whoever writes
// is given a large next batch before those of the last one hear of it, so that it does not wait for them; a small one may be
// given a moment to grow, since a commit costs what some twenty rows do.

export type GroupCommit<Row> = {
  /**
   * Resolves once the row is durable.
   *
   * @param isUrgent its batch does not gather. @default false
   * @throws what writing its batch did; none of the batch was written then
   */
  readonly append: (row: Row, isUrgent?: boolean) => Promise<void>;
  /** Resolves once nothing is being written and nothing waits. */
  readonly drained: () => Promise<void>;
};

export type GroupCommitOptions<Row> = {
  /** Writes all of the rows, or rejects and has written none. Batches are given and written in order. */
  readonly commit: (rows: readonly Row[]) => Promise<void>;
  readonly maxBatch: number;
  /** Whether a batch that is full, and cannot become fuller, is given before the one ahead of it was written. @default false */
  readonly ahead?: boolean;
  /** For so long after a batch was written the next one gathers, unless it comes to so many rows before. @default it does not */
  readonly gathers?: { readonly milliseconds: number; readonly rows: number };
};

type Waiting<Row> = {
  readonly row: Row;
  readonly resolve: () => void;
  readonly reject: (reason: unknown) => void;
};

export function createGroupCommit<Row>(options: GroupCommitOptions<Row>): GroupCommit<Row> {
  const { commit, maxBatch, ahead = false, gathers } = options;
  const enough = Math.min(gathers?.rows ?? 0, maxBatch);
  let waiting: Waiting<Row>[] = [];
  let isGathering = false;
  /** While a batch that is small is not given yet. */
  let pause: NodeJS.Timeout | undefined;
  /** Among those that wait is one that does not wait for others. */
  let isDue = false;
  let inFlight = 0;
  let onIdle: (() => void)[] = [];

  const give = (): void => {
    const isFull = waiting.length >= maxBatch;
    if (pause !== undefined && !isDue && waiting.length < enough) return;
    if (waiting.length === 0 || inFlight >= (ahead && isFull ? 2 : 1)) return;
    const batch = waiting.slice(0, maxBatch);
    waiting = waiting.slice(maxBatch);
    isDue &&= waiting.length > 0;
    inFlight++;
    commit(batch.map(({ row }) => row)).then(
      () => ended(() => batch.forEach(({ resolve }) => void resolve())),
      (error: unknown) => ended(() => batch.forEach(({ reject }) => void reject(error))),
    );
  };
  const ended = (tell: () => void): void => {
    inFlight--;
    if (gathers !== undefined) {
      clearTimeout(pause);
      pause = setTimeout(endPause, gathers.milliseconds);
    }
    give();
    tell();
    if (inFlight > 0) return;
    for (const idle of onIdle) idle();
    onIdle = [];
  };
  const endPause = (): void => {
    clearTimeout(pause);
    pause = undefined;
    give();
  };
  /** The rest of this turn still belongs to the batch. */
  const gather = (): void => {
    if (isGathering) return;
    isGathering = true;
    setImmediate(() => {
      isGathering = false;
      give();
    });
  };

  return {
    append: (row, isUrgent = false) =>
      new Promise((resolve, reject) => {
        waiting.push({ row, resolve, reject });
        isDue ||= isUrgent;
        if (inFlight === 0) gather();
        else if (waiting.length >= maxBatch) give();
      }),
    drained: async () => {
      while (inFlight > 0 || waiting.length > 0) {
        endPause();
        if (inFlight > 0) await new Promise<void>((resolve) => onIdle.push(resolve));
        else await new Promise<void>((resolve) => setImmediate(resolve));
      }
    },
  };
}
