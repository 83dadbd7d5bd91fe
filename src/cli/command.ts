// What every command gets, and how it ends: a number for the shell. 0 done, 1 failed, 2 wrong usage,
// 3 inconclusive, 4 evidence that is not valid, 130 interrupted.
import type { Clock } from '../base/index.ts';
import type { Environment } from './environment.ts';
import type { Terminal } from './terminal.ts';

export type ExitCode = 0 | 1 | 2 | 3 | 4 | 5 | 130;

export type CommandContext = {
  readonly environment: Environment;
  readonly terminal: Terminal;
  readonly clock: Clock;
  /** Aborts at SIGINT or SIGTERM. */
  readonly signal: AbortSignal;
};

/** The reason with which an interrupted command ends. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted';
}
