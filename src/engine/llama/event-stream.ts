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
  const stream: Stream<Event> = { unread: [], finished: false, failure: undefined, wake: undefined };
  return {
    push: (event) => {
      stream.unread.push(event);
      stream.wake?.();
    },
    finish: () => {
      stream.finished = true;
      stream.wake?.();
    },
    fail: (error) => {
      stream.failure ??= { error };
      stream.wake?.();
    },
    readBatches: () => batchesOf(stream),
  };
}

type Stream<Event> = {
  unread: Event[];
  finished: boolean;
  failure: { readonly error: unknown } | undefined;
  wake: (() => void) | undefined;
};

async function* batchesOf<Event>(stream: Stream<Event>): AsyncGenerator<readonly Event[], void, undefined> {
  for (;;) {
    if (stream.failure !== undefined) throw stream.failure.error;
    if (stream.unread.length > 0) {
      const events = stream.unread;
      stream.unread = [];
      yield events;
    } else if (stream.finished) return;
    else
      await new Promise<void>((resolve) => {
        stream.wake = resolve;
      });
  }
}
