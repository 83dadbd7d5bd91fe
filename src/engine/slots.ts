// A counting semaphore with numbered places: the lowest free number is given out first, waiters are served in order.
// Low, gapless numbers matter to llama.cpp, which splits a batch at every gap in the sequence ids.

/** A slot that somebody holds. Disposing it gives it back, once. */
export type Lease = Disposable & { readonly slot: number };

export type Slots = {
  /**
   * Waits for a free slot and takes it.
   * @throws the reason of `signal` when it aborts first; the place in the queue is then given up.
   */
  readonly acquire: (signal: AbortSignal) => Promise<Lease>;
  readonly load: () => { readonly active: number; readonly waiting: number };
};

export function createSlots(count: number): Slots {
  const taken = new Set<number>();
  const waiters: ((lease: Lease) => void)[] = [];

  const takeLowest = (): Lease => {
    let slot = 0;
    while (taken.has(slot)) slot++;
    taken.add(slot);
    let held = true;
    const release = (): void => {
      if (!held) return;
      held = false;
      taken.delete(slot);
      waiters.shift()?.(takeLowest());
    };
    return { slot, [Symbol.dispose]: release };
  };

  return {
    acquire: async (signal) => {
      signal.throwIfAborted();
      if (taken.size < count) return takeLowest();
      return await new Promise<Lease>((resolve, reject) => {
        const serve = (lease: Lease): void => {
          signal.removeEventListener('abort', leave);
          resolve(lease);
        };
        const leave = (): void => {
          waiters.splice(waiters.indexOf(serve), 1);
          reject(signal.reason);
        };
        signal.addEventListener('abort', leave, { once: true });
        waiters.push(serve);
      });
    },
    load: () => ({ active: taken.size, waiting: waiters.length }),
  };
}
