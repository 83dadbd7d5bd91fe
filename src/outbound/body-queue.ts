// The bytes of a response between the socket, which pushes, and the reader, who pulls. Holds the socket back when the
// reader is slow, so that memory stays bounded whatever the other side sends.

/** How the queue slows down and cuts its source. */
type Source = { readonly pause: () => void; readonly resume: () => void; readonly cancel: () => void };

export type BodyQueue = {
  readonly push: (chunk: Uint8Array) => void;
  /** No more follows; with an error, the reader gets what came before it and then the error. */
  readonly close: (error?: unknown) => void;
  /** The one reader. Leaving its loop early cuts the source. */
  readonly reader: AsyncIterableIterator<Uint8Array, undefined>;
};

const pauseAbove = 256 * 1024;
const resumeBelow = pauseAbove / 4;

export function createBodyQueue(source: Source): BodyQueue {
  const chunks: Uint8Array[] = [];
  let queued = 0;
  let paused = false;
  let closed: { readonly error: unknown } | undefined;
  let wake: (() => void) | undefined;

  const take = (): Uint8Array | undefined => {
    const chunk = chunks.shift();
    queued -= chunk?.length ?? 0;
    if (paused && queued < resumeBelow && closed === undefined) {
      paused = false;
      source.resume();
    }
    return chunk;
  };
  const notify = (): void => {
    wake?.();
    wake = undefined;
  };

  const reader: AsyncIterableIterator<Uint8Array, undefined> = {
    next: async () => {
      for (;;) {
        const chunk = take();
        if (chunk !== undefined) return { done: false, value: chunk };
        if (closed !== undefined) {
          const { error } = closed;
          closed = { error: undefined };
          if (error !== undefined) throw error;
          return { done: true, value: undefined };
        }
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    },
    return: async () => {
      chunks.length = 0;
      if (closed === undefined) source.cancel();
      closed = { error: undefined };
      notify();
      return { done: true, value: undefined };
    },
    [Symbol.asyncIterator]: () => reader,
  };

  return {
    push: (chunk) => {
      if (closed !== undefined) return;
      chunks.push(chunk);
      queued += chunk.length;
      if (!paused && queued > pauseAbove) {
        paused = true;
        source.pause();
      }
      notify();
    },
    close: (error) => {
      closed ??= { error };
      notify();
    },
    reader,
  };
}
