// Puts off writes to clients to the end of the turn of the event loop and makes them there in one go: back to back they find
// the reader awake, while one every few microseconds wakes it each time, which costs more than the write itself.

export type WriteBatcher = (write: () => void) => void;

/** Writes are made in the order in which they were given. They must not throw. */
export function createWriteBatcher(): WriteBatcher {
  let writes: (() => void)[] = [];
  const flush = (): void => {
    const due = writes;
    writes = [];
    for (const write of due) write();
  };
  return (write) => {
    if (writes.push(write) === 1) setImmediate(flush);
  };
}
