// Events pushed by one side and read by the other, in order. What is not read yet waits here; a generation has at most
// as many events as the context has tokens.

export type EventStream<Event> = {
  readonly push: (event: Event) => void;
  /** Nothing follows: the reader gets what was pushed before, then the end. */
  readonly finish: () => void;
  /** The reader gets this error next, in place of what it has not read yet. Only the first call counts. */
  readonly fail: (error: unknown) => void;
  /** What has been pushed since the last batch, as soon as there is something. */
  readonly readBatches: () => AsyncGenerator<readonly Event[], void, undefined>;
};

export function createEventStream<Event>(): EventStream<Event> {
  let unread: Event[] = [];
  let finished = false;
  let failure: { readonly error: unknown } | undefined;
  let wake: (() => void) | undefined;

  return {
    push: (event) => {
      unread.push(event);
      wake?.();
    },
    finish: () => {
      finished = true;
      wake?.();
    },
    fail: (error) => {
      failure ??= { error };
      wake?.();
    },
    readBatches: async function* () {
      for (;;) {
        if (failure !== undefined) throw failure.error;
        if (unread.length > 0) {
          const events = unread;
          unread = [];
          yield events;
        } else if (finished) return;
        else
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
      }
    },
  };
}
