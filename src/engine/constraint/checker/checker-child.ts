// One child process that reads constraints, one at a time. Native code cannot be interrupted, so that a child which takes
// too long is killed. It runs with low priority, since engines and the server want the same cores, and its time is that of
// the processor where the system tells it, because a busy machine makes every process wait.
import { type ChildProcess, fork } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { constants, setPriority } from 'node:os';
import { systemClock } from '../../../base/index.ts';
import { childEnvironment } from '../../llama/child-environment.ts';
import { type CheckReply, checkReply } from './messages.ts';

export type ChildTimes = {
  /** Time for the child to be ready. */
  readonly startMs: number;
  /** Processor time for one constraint. */
  readonly checkMs: number;
  /** Time for one, however little of it the processor gave. */
  readonly longestMs: number;
};

export type CheckResult =
  | Exclude<CheckReply, { readonly type: 'ready' }>
  /** It was killed, or ended. `busy`: that says nothing about the constraint. */
  | { readonly type: 'lost'; readonly busy: boolean; readonly problem: string };

export type CheckerChild = {
  /** @param constraint as JSON. Called once the one before has its result. */
  readonly check: (constraint: string) => Promise<CheckResult>;
  readonly ended: () => boolean;
  readonly kill: () => void;
};

/** How often the time of a check is looked at within its limit. */
const looks = 8;

export function startCheckerChild(program: string, times: ChildTimes): CheckerChild {
  const { startMs, checkMs, longestMs } = times;
  const child = fork(program, [], {
    env: childEnvironment(process.env),
    execArgv: [],
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  });
  let ended = false;
  let checks = 0;
  const kill = (): void => {
    ended = true;
    child.kill('SIGKILL');
  };
  // A child that cannot be started at all gives no exit.
  child.once('exit', kill).once('error', kill);
  lowerPriority(child);
  const ready = replyOf(child, elapsedOver(startMs), startMs, (reply) => reply.type === 'ready');

  const lost = (busy: boolean, problem: string): CheckResult => {
    kill();
    return { type: 'lost', busy, problem };
  };
  return {
    ended: () => ended,
    kill,
    check: async (constraint) => {
      if ((await ready) === undefined) return lost(true, 'the process for it did not start');
      const check = ++checks;
      const isLong = processorOver(child, checkMs);
      const isHopeless = elapsedOver(longestMs);
      const isOver = (): boolean => isLong() || isHopeless();
      const answer = replyOf(
        child,
        isOver,
        Math.min(checkMs, longestMs) / looks,
        (reply) => 'check' in reply && reply.check === check,
      );
      child.send({ check, constraint }, () => {});
      const reply = await answer;
      if (reply !== undefined && reply.type !== 'ready') return reply;
      if (isLong()) return lost(false, `it could not be read within ${checkMs} ms`);
      if (isHopeless()) return lost(true, `the machine is too busy to read one within ${longestMs} ms`);
      return lost(false, 'the process that read it ended');
    },
  };
}

/** Some systems do not allow that; it then competes like any other process. */
function lowerPriority({ pid }: ChildProcess): void {
  if (pid === undefined) return;
  try {
    setPriority(pid, constants.priority.PRIORITY_BELOW_NORMAL);
  } catch {
    return;
  }
}

function elapsedOver(limitMs: number): () => boolean {
  const started = systemClock.monotonic();
  return () => systemClock.monotonic() - started >= limitMs;
}

/** Whether a child has had so much processor time from now on; so much time, where the system does not tell. */
function processorOver(child: ChildProcess, limitMs: number): () => boolean {
  const before = processorMs(child);
  const elapsed = elapsedOver(limitMs);
  return () => {
    const now = processorMs(child);
    return before === undefined || now === undefined ? elapsed() : now - before >= limitMs;
  };
}

/** Linux counts in hundredths of a second: proc_pid_stat(5), fields 14 and 15, of which the second one ends with a bracket. */
function processorMs({ pid }: ChildProcess): number | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return (Number(fields[11]) + Number(fields[12])) * 10;
  } catch {
    return undefined;
  }
}

/** The first fitting message; undefined when the child ends or the time is over before. */
function replyOf(
  child: ChildProcess,
  isOver: () => boolean,
  intervalMs: number,
  fits: (reply: CheckReply) => boolean,
): Promise<CheckReply | undefined> {
  return new Promise((resolve) => {
    const done = (reply: CheckReply | undefined): void => {
      clearInterval(timer);
      child.off('message', receive).off('exit', end).off('error', end);
      resolve(reply);
    };
    const receive = (message: unknown): void => {
      const parsed = checkReply.safeParse(message);
      if (!parsed.success) done(undefined);
      else if (fits(parsed.data)) done(parsed.data);
    };
    const end = (): void => done(undefined);
    const timer = setInterval(() => isOver() && end(), Math.max(1, intervalMs));
    child.on('message', receive).on('exit', end).on('error', end);
  });
}
