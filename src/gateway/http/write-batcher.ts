// Puts off what would be done many times within one turn of the event loop to its end, and does it there in one go. Writes
// to clients are put off: back to back they find the reader awake, while one every few microseconds wakes it each time,
// which costs more than the write itself.

export type EndOfTurn = (task: () => void) => void;

/** Tasks run in the order in which they were given. They must not throw. */
export function createEndOfTurn(): EndOfTurn {
  let tasks: (() => void)[] = [];
  const run = (): void => {
    const due = tasks;
    tasks = [];
    for (const task of due) task();
  };
  return (task) => {
    if (tasks.push(task) === 1) setImmediate(run);
  };
}
