// A counting semaphore with numbered places: the lowest free number is given out first, waiters are served in order.
// Low, gapless numbers matter to llama.cpp, which splits a batch at every gap in the sequence ids.

export type Slots = {
  /**
   * Waits for a free slot and takes it.
   * @throws the reason of `signal` when it aborts first; the place in the queue is then given up.
   */
  readonly acquire: (signal: AbortSignal) => Promise<number>;
  /** Gives a slot back; a slot that is already free is left alone. */
  readonly release: (slot: number) => void;
  readonly load: () => { readonly active: number; readonly waiting: number };
};

export function createSlots(count: number): Slots {
  const taken = new Set<number>();
  const waiters: ((slot: number) => void)[] = [];

  const takeLowest = (): number => {
    let slot = 0;
    while (taken.has(slot)) slot++;
    taken.add(slot);
    return slot;
  };

  return {
    acquire: async (signal) => {
      signal.throwIfAborted();
      if (taken.size < count) return takeLowest();
      return await new Promise<number>((resolve, reject) => {
        const serve = (slot: number): void => {
          signal.removeEventListener('abort', leave);
          resolve(slot);
        };
        const leave = (): void => {
          waiters.splice(waiters.indexOf(serve), 1);
          reject(signal.reason);
        };
        signal.addEventListener('abort', leave, { once: true });
        waiters.push(serve);
      });
    },
    release: (slot) => {
      if (!taken.delete(slot)) return;
      const next = waiters.shift();
      if (next !== undefined) next(takeLowest());
    },
    load: () => ({ active: taken.size, waiting: waiters.length }),
  };
}
