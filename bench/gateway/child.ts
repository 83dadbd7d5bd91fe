// A server in a child process: tells its port when it listens and its CPU time whenever it is asked.
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';

export type BenchServer = Disposable & {
  readonly port: number;
  /** User and system time of the process so far, in microseconds. */
  readonly cpu: () => Promise<number>;
};

/** A server that has not answered by then has crashed. */
const answerMs = 10_000;

/** Starts `file` with `args`; the process ends with the handle. */
export async function startServer(file: string, args: readonly string[] = []): Promise<BenchServer> {
  const child: ChildProcess = fork(new URL(file, import.meta.url), [...args]);
  const receive = async (): Promise<number> => {
    const [value] = await once(child, 'message', { signal: AbortSignal.timeout(answerMs) });
    return value as number;
  };
  const port = await receive();
  return {
    port,
    cpu: async () => {
      child.send('cpu');
      return await receive();
    },
    [Symbol.dispose]: () => child.kill('SIGKILL'),
  };
}

/** To be called in the child once it listens. */
export function serveBench(port: number): void {
  process.on('message', () => {
    const { user, system } = process.cpuUsage();
    process.send?.(user + system);
  });
  process.on('disconnect', () => process.exit());
  process.send?.(port);
}
