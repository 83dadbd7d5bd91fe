// Has constraints read by a child process before an engine sees them: turned into grammars, read by the native parser and
// tried. What waits for it is shared fairly over accounts, and within one over requests by their size.
import { fileURLToPath } from 'node:url';
import { createFairQueue, digestOf, TiegelError } from '../../../base/index.ts';
import type { Constraint } from '../../engine.ts';
import { type CheckerChild, type CheckResult, type ChildTimes, startCheckerChild } from './checker-child.ts';

export type ConstraintChecker = Disposable & {
  /**
   * The grammar of a constraint, in GBNF, that engines may read.
   *
   * @param account whose it is.
   * @throws TGL_CONSTRAINT_INVALID, TGL_CONSTRAINTS_BUSY, the reason of `signal`
   */
  readonly grammarOf: (constraint: Constraint, account: string, signal?: AbortSignal) => Promise<string>;
};

export type CheckerLimits = ChildTimes & {
  /** A child that had nothing to do for so long is ended. */
  readonly idleMs: number;
  /** Constraints that wait for the one being read, shared by the accounts that have some. */
  readonly waiting: number;
  /** Results that are kept, by the digest of the constraint, and the characters of their grammars. */
  readonly kept: number;
  readonly keptCharacters: number;
};

const defaultLimits: CheckerLimits = {
  startMs: 60_000,
  checkMs: 800,
  longestMs: 10_000,
  idleMs: 120_000,
  waiting: 32,
  kept: 512,
  keptCharacters: 8 * 1024 * 1024,
};

/** Characters that cost as much to read as the least constraint. */
const leastCost = 256;

type Entry = {
  readonly key: string;
  readonly constraint: string;
  readonly result: PromiseWithResolvers<CheckResult>;
  /** Requests that wait for it. */
  wanted: number;
  /** Characters that it takes, once it was read. */
  characters: number;
};

const ended: CheckResult = { type: 'lost', busy: true, problem: 'the engine is being closed' };

const checkerMain = new URL('./checker-main.ts', import.meta.url);

/** Starts its child with the first constraint. */
export function createConstraintChecker(
  given: Partial<CheckerLimits> = {},
  program: URL = checkerMain,
): ConstraintChecker {
  const limits = { ...defaultLimits, ...given };
  /** What was found or is looked for, oldest first. */
  const entries = new Map<string, Entry>();
  const queue = createFairQueue<Entry>();
  let child: CheckerChild | undefined;
  let reading = false;
  let closed = false;
  let keptCharacters = 0;
  let idle: NodeJS.Timeout | undefined;

  const forget = (entry: Entry): void => {
    if (entries.get(entry.key) !== entry) return;
    entries.delete(entry.key);
    keptCharacters -= entry.characters;
  };

  const keep = (entry: Entry, result: CheckResult): void => {
    // A child that did not start, or got no time, says nothing about the constraint.
    if (result.type === 'lost' && result.busy) {
      forget(entry);
      return;
    }
    entry.characters = result.type === 'passed' ? result.grammar.length : result.problem.length;
    keptCharacters += entry.characters;
    for (const oldest of entries.values()) {
      if (entries.size <= limits.kept && keptCharacters <= limits.keptCharacters) break;
      if (oldest.characters > 0) forget(oldest);
    }
  };

  const servingChild = (): CheckerChild => {
    if (child === undefined || child.ended()) child = startCheckerChild(fileURLToPath(program), limits);
    return child;
  };

  const readAll = async (): Promise<void> => {
    if (reading) return;
    reading = true;
    clearTimeout(idle);
    for (let entry = queue.shift(); entry !== undefined; entry = queue.shift()) {
      if (entry.wanted === 0) {
        forget(entry);
        continue;
      }
      const result = closed ? ended : await servingChild().check(entry.constraint);
      keep(entry, result);
      entry.result.resolve(result);
    }
    idle = setTimeout(() => child?.kill(), limits.idleMs);
    idle.unref();
    reading = false;
  };

  /** Each account may let its share wait, so that one that lets many wait shuts out none but itself. */
  const requireRoom = (account: string): void => {
    const mine = queue.waiting(account);
    const sharing = queue.parties() + (mine === 0 ? 1 : 0);
    if (mine < Math.max(1, limits.waiting / sharing) && queue.waiting() < 2 * limits.waiting) return;
    throw busy(`${queue.waiting()} wait`);
  };

  const entryOf = (json: string, account: string): Entry => {
    const key = digestOf(json);
    const known = entries.get(key);
    if (known !== undefined) return known;
    requireRoom(account);
    const entry = {
      key,
      constraint: json,
      result: Promise.withResolvers<CheckResult>(),
      wanted: 0,
      characters: 0,
    };
    entries.set(key, entry);
    queue.push(account, leastCost + json.length, entry);
    return entry;
  };

  return {
    grammarOf: async ({ after: _, ...constraint }, account, signal) => {
      signal?.throwIfAborted();
      const entry = entryOf(JSON.stringify(constraint), account);
      entry.wanted++;
      void readAll();
      try {
        const result = await unlessAborted(entry.result.promise, signal);
        if (result.type === 'passed') return result.grammar;
        if (result.type === 'lost' && result.busy) throw busy(result.problem);
        throw new TiegelError('TGL_CONSTRAINT_INVALID', { problem: result.problem });
      } finally {
        entry.wanted--;
      }
    },
    [Symbol.dispose]: () => {
      closed = true;
      clearTimeout(idle);
      child?.kill();
    },
  };
}

function busy(problem: string): TiegelError {
  return new TiegelError('TGL_CONSTRAINTS_BUSY', { problem, retryAfterMs: 1000 });
}

function unlessAborted<Value>(promise: Promise<Value>, signal: AbortSignal | undefined): Promise<Value> {
  if (signal === undefined) return promise;
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(signal.reason);
    signal.addEventListener('abort', abort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}
