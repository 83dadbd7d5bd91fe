// Lets the native parser read a grammar in a child process of its own before an engine does. Native code cannot be
// interrupted: a child that takes too long is killed, and the next grammar gets another one.
import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { digestOf, TiegelError } from '../../../base/index.ts';
import { childEnvironment } from '../../llama/child-environment.ts';
import { type CheckReply, checkReply } from './messages.ts';

export type GrammarChecker = Disposable & {
  /**
   * Fulfilled when the native parser reads the grammar, and soon.
   *
   * @throws TGL_CONSTRAINT_INVALID, TGL_CONSTRAINTS_BUSY, the reason of `signal`
   */
  readonly check: (grammar: string, signal?: AbortSignal) => Promise<void>;
};

export type CheckerLimits = {
  /** Time for one grammar. @default 800 */
  readonly checkMs: number;
  /** Time for the child to be ready. @default 60,000 */
  readonly startMs: number;
  /** A child that had nothing to do for so long is ended. @default 120,000 */
  readonly idleMs: number;
  /** Grammars that wait for the one being read. @default 16 */
  readonly waiting: number;
  /** Results that are kept, by the digest of the grammar. @default 512 */
  readonly kept: number;
};

const defaultLimits: CheckerLimits = {
  checkMs: 800,
  startMs: 60_000,
  idleMs: 120_000,
  waiting: 16,
  kept: 512,
};

/** Starts its child with the first grammar. */
export function createGrammarChecker(given: Partial<CheckerLimits> = {}): GrammarChecker {
  const limits = { ...defaultLimits, ...given };
  /** What was found, oldest first; null: nothing against it. */
  const results = new Map<string, Promise<string | null>>();
  let child: CheckerChild | undefined;
  let queue: Promise<unknown> = Promise.resolve();
  let waiting = 0;
  let idle: NodeJS.Timeout | undefined;

  const read = async (grammar: string): Promise<string | null> => {
    clearTimeout(idle);
    if (child === undefined || child.ended()) child = startChecker(limits);
    const problem = await child.check(grammar);
    idle = setTimeout(() => child?.kill(), limits.idleMs);
    idle.unref();
    return problem;
  };

  const inTurn = (grammar: string): Promise<string | null> => {
    if (waiting >= limits.waiting) throw busy(`${waiting} wait`);
    waiting++;
    const result = queue.then(() => read(grammar));
    queue = result.then(
      () => waiting--,
      () => waiting--,
    );
    return result;
  };

  const found = (grammar: string): Promise<string | null> => {
    const key = digestOf(grammar);
    const known = results.get(key);
    if (known !== undefined) return known;
    const result = inTurn(grammar);
    results.set(key, result);
    // A child that could not start says nothing about the grammar.
    result.catch(() => results.delete(key));
    if (results.size > limits.kept) results.delete(results.keys().next().value as string);
    return result;
  };

  return {
    check: async (grammar, signal) => {
      signal?.throwIfAborted();
      const problem = await unlessAborted(found(grammar), signal);
      if (problem !== null) throw new TiegelError('TGL_CONSTRAINT_INVALID', { problem });
    },
    [Symbol.dispose]: () => {
      clearTimeout(idle);
      child?.kill();
    },
  };
}

type CheckerChild = {
  /** What stands against a grammar; one at a time. @throws TGL_CONSTRAINTS_BUSY when the child does not start */
  readonly check: (grammar: string) => Promise<string | null>;
  readonly ended: () => boolean;
  readonly kill: () => void;
};

function startChecker({ startMs, checkMs }: CheckerLimits): CheckerChild {
  const child = fork(fileURLToPath(new URL('./checker-main.ts', import.meta.url)), [], {
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
  const ready = replyOf(child, startMs, (reply) => reply.type === 'ready');
  return {
    ended: () => ended,
    kill,
    check: async (grammar) => {
      const started = await ready;
      if (started === undefined) {
        kill();
        throw busy('the process for it did not start');
      }
      const check = ++checks;
      const answer = replyOf(child, checkMs, (reply) => reply.type === 'checked' && reply.check === check);
      child.send({ check, grammar }, () => {});
      const reply = await answer;
      if (reply?.type === 'checked') return reply.problem;
      kill();
      return `the native parser did not read the grammar within ${checkMs} ms`;
    },
  };
}

function busy(problem: string): TiegelError {
  return new TiegelError('TGL_CONSTRAINTS_BUSY', { problem, retryAfterMs: 1000 });
}

/** The first fitting message; undefined when the child ends or the time is over before. */
function replyOf(
  child: ChildProcess,
  limitMs: number,
  fits: (reply: CheckReply) => boolean,
): Promise<CheckReply | undefined> {
  return new Promise((resolve) => {
    const done = (reply: CheckReply | undefined): void => {
      clearTimeout(timer);
      child.off('message', receive).off('exit', end).off('error', end);
      resolve(reply);
    };
    const receive = (message: unknown): void => {
      const parsed = checkReply.safeParse(message);
      if (!parsed.success) done(undefined);
      else if (fits(parsed.data)) done(parsed.data);
    };
    const end = (): void => done(undefined);
    const timer = setTimeout(end, limitMs);
    child.on('message', receive).on('exit', end).on('error', end);
  });
}

function unlessAborted<Value>(promise: Promise<Value>, signal: AbortSignal | undefined): Promise<Value> {
  if (signal === undefined) return promise;
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(signal.reason);
    signal.addEventListener('abort', abort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}
