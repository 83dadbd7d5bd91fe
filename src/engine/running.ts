// The generations of an engine that are under way, each with one signal that ends it for whatever reason: the
// client's abort, or the engine itself.
import { createLinkedList } from '../base/index.ts';

type Run = Disposable & { readonly signal: AbortSignal };

export type Running = {
  /** Begins a generation that also ends when `signal` aborts; disposing it forgets both. */
  readonly begin: (signal: AbortSignal | undefined) => Run;
  /** Aborts every generation with this reason. */
  readonly stopAll: (reason: Error) => void;
};

export function createRunning(): Running {
  const stops = createLinkedList<AbortController>();
  return {
    begin: (signal) => {
      const stop = new AbortController();
      const forward = (): void => stop.abort(signal?.reason);
      signal?.addEventListener('abort', forward, { once: true });
      const node = stops.add(stop);
      const forget = (): void => {
        stops.remove(node);
        signal?.removeEventListener('abort', forward);
      };
      return { signal: stop.signal, [Symbol.dispose]: forget };
    },
    stopAll: (reason) => {
      stops.forEach((stop) => void stop.abort(reason));
    },
  };
}
