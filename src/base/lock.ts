// Locks between processes: a file with the number of the process that holds it. One whose process is gone does not count,
// so that nothing has to be tidied up after `kill -9`; a number that went to another process meanwhile is taken for it.
import { readFileSync, rmSync, writeFileSync } from 'node:fs';

/**
 * Holds the lock until it is disposed.
 *
 * @param held makes the error that is thrown where a process that runs, this one included, holds it
 */
export function holdLock(path: string, held: (holder: number) => Error): Disposable {
  for (let attempt = 0; ; attempt++) {
    try {
      writeFileSync(path, String(process.pid), { flag: 'wx', mode: 0o600 });
      return { [Symbol.dispose]: () => rmSync(path, { force: true }) };
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code !== 'EEXIST') throw cause;
      const holder = readHolder(path);
      if (attempt > 0 || isRunning(holder)) throw held(holder);
      rmSync(path, { force: true });
    }
  }
}

/** Whether a process that runs holds the lock. */
export function isLocked(path: string): boolean {
  return isRunning(readHolder(path));
}

/** 0 where there is none. */
function readHolder(path: string): number {
  try {
    return Number(readFileSync(path, 'utf8'));
  } catch {
    return 0;
  }
}

/** Whether there is a process of that number. */
export function isRunning(identifier: number): boolean {
  if (!Number.isSafeInteger(identifier) || identifier < 1) return false;
  try {
    process.kill(identifier, 0);
    return true;
  } catch (cause) {
    return (cause as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}
