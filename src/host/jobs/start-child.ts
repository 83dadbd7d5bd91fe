// Starts the process of a job, and tells what it says and when it has ended.
import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { FromJob, JobTask, ToJob } from './job-messages.ts';

export type JobProcess = {
  /** Asks it to stop. */
  readonly cancel: () => void;
  readonly kill: () => void;
  /** Fulfilled once it is gone, with why. */
  readonly ended: Promise<string>;
};

export type StartJob = (task: JobTask, receive: (message: FromJob) => void) => JobProcess;

/** @param environment of the process */
export function jobStarter(environment: Readonly<Record<string, string>>): StartJob {
  return (task, receive) => {
    const child = fork(fileURLToPath(new URL('./child-main.ts', import.meta.url)), [], {
      ...{ env: environment, execArgv: [], stdio: ['ignore', 'ignore', 'ignore', 'ipc'] },
    });
    const { promise: ended, resolve } = Promise.withResolvers<string>();
    child.on('message', (message) => receive(message as FromJob));
    child.once('error', (error) => resolve(error.message));
    child.once('exit', (code, signal) => resolve(`its process ended (${signal ?? code})`));
    const tell = (message: ToJob): void => {
      if (child.connected) child.send(message, () => {});
    };
    tell({ type: 'start', task });
    return { cancel: () => tell({ type: 'cancel' }), kill: () => void child.kill('SIGKILL'), ended };
  };
}
