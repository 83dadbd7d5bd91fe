// The server's log as JSON lines in the shape that pino gave them (level as a number, time, pid, hostname, members, msg).
// It knows two levels and writes each line with one call of JSON.stringify, which takes a third of pino's time; at one
// line a request that was a twentieth of what a request costs.
import { hostname } from 'node:os';
import type { Clock } from '../base/index.ts';

export type ServerLog = {
  /** Never given a prompt, a completion or a key. */
  readonly info: (members: object, message: string) => void;
  /** An error in the member `err` is written with its stack and its causes. */
  readonly error: (
    members: { readonly err?: unknown; readonly [name: string]: unknown },
    message: string,
  ) => void;
};

export type ServerLogOptions = {
  /** Lines of lower levels are dropped. */
  readonly level: 'info' | 'error';
  readonly clock: Clock;
  /** Gets whole lines. `urgent` are errors. */
  readonly write: (line: string, urgent: boolean) => void;
};

const levelNumbers = { info: 30, error: 50 } as const;
const mostCauses = 4;

export function createServerLog({ level, clock, write }: ServerLogOptions): ServerLog {
  const origin = `"pid":${process.pid},"hostname":${JSON.stringify(hostname())}`;
  const line = (of: keyof typeof levelNumbers, members: object, msg: string): string =>
    `{"level":${levelNumbers[of]},"time":${clock.now()},${origin},${JSON.stringify({ ...members, msg }).slice(1)}\n`;
  return {
    info: level === 'info' ? (members, message) => write(line('info', members, message), false) : () => {},
    error: ({ err, ...members }, message) => {
      const all = err === undefined ? members : { ...members, err: described(err, mostCauses) };
      write(line('error', all, message), true);
    },
  };
}

/** Undefined below the last cause that is shown. */
function described(error: unknown, causes: number): object | undefined {
  if (causes === 0 || error === undefined) return undefined;
  if (!(error instanceof Error)) return { message: String(error) };
  const { name, message, stack, cause } = error;
  const { code } = error as NodeJS.ErrnoException;
  return { type: name, code, message, stack, cause: described(cause, causes - 1) };
}
