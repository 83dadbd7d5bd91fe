// Now and then a server compares all accounts of the running week with each other, whichever servers they asked, and what belongs together
// becomes a case in each organisation that has a part of it.
import { Worker } from 'node:worker_threads';
import type { Logger } from 'pino';
import { type Clock, reasonOf } from '../../../base/index.ts';
import {
  type Calibration,
  type ClusterCase,
  isCoveredBy,
  isSameCluster,
  isUseClass,
  membersIn,
  weekOf,
} from '../../../guard/index.ts';
import type { Author, GuardCase, Store } from '../../../store/index.ts';
import type { AccountId, OrganisationId } from '../../../traffic/index.ts';
import { sampleAccounts } from './sample-accounts.ts';
import type { LinkageAnswer, LinkageTask } from './worker.ts';

export type AccountLinkage = AsyncDisposable & {
  /** Begins to compare them if it is time to; what is observed meanwhile does not wait for it. */
  readonly begin: (calibration: Calibration | undefined) => void;
  /** Once what was begun has ended. */
  readonly looked: () => Promise<void>;
};

export type LinkageOptions = {
  readonly store: Pick<Store, 'guard'>;
  readonly clock: Clock;
  readonly logger: Pick<Logger, 'warn' | 'error'>;
  /** Called for a case that was opened or raised. */
  readonly onCase: (opened: GuardCase) => void;
  /** Called at each look for each case of a cluster that is found then. */
  readonly onFound: (found: GuardCase) => Promise<void>;
  /** Called where accounts could not be compared, or what was found not be written. */
  readonly onFailure: () => void;
  /** Between two looks, in milliseconds. @default ten minutes */
  readonly everyMs?: number | undefined;
};

const server: Author = { actor: { type: 'server' }, request: null, reason: 'accounts that belong together' };
/** Of 4 kB each. */
const mostAccounts = 12_000;
const mostMs = 5 * 60_000;
/** Of fewer nothing follows. */
const fewestAccounts = 10;

export function linkAccounts(options: LinkageOptions): AccountLinkage {
  const { store, clock, logger, onCase, onFound, onFailure, everyMs = 600_000 } = options;
  const closing = new AbortController();
  let [next, looking]: [number, Promise<void> | undefined] = [0, undefined];

  const taskOf = async (calibration: Calibration): Promise<LinkageTask> => {
    const week = weekOf(clock.now());
    const uses = await store.guard.declaredUses();
    const sample = sampleAccounts<LinkageTask['accounts'][number]>(mostAccounts);
    for await (const { organisation, account, week: observed, state } of store.guard.weeksFrom(week)) {
      if (observed !== week) continue;
      const declared = uses.get(`${organisation} ${account}`);
      sample.add({ organisation, account, state, useClass: isUseClass(declared) ? declared : 'undeclared' });
    }
    const leftOut = sample.leftOut();
    if (leftOut > 0) logger.warn({ leftOut }, 'more accounts than are compared; a sample of them is');
    return { calibration, week, accounts: sample.accounts() };
  };
  const look = async (calibration: Calibration): Promise<void> => {
    const task = await taskOf(calibration);
    if (task.accounts.length < fewestAccounts) return;
    const answer = await answerOf(task, closing.signal);
    if (answer.unreadable > 0) logger.error({ unreadable: answer.unreadable }, 'states cannot be read');
    for (const found of answer.clusters) {
      const { cases, told } = await openClusterCases(store, task.week, found);
      for (const opened of told) {
        const { id, organisation, cluster, level } = opened;
        logger.warn(
          { case: id, organisation, cluster, level },
          'the guard found accounts that belong together',
        );
        onCase(opened);
      }
      for (const one of cases) await onFound(one);
    }
  };
  return {
    begin: (calibration) => {
      if (looking !== undefined || calibration?.linkage === undefined || clock.now() < next) return;
      next = clock.now() + everyMs;
      looking = look(calibration)
        .catch((error: unknown) => {
          if (closing.signal.aborted) return;
          onFailure();
          logger.error({ reason: reasonOf(error) }, 'accounts could not be compared; it is tried again');
        })
        .finally(() => {
          looking = undefined;
        });
    },
    looked: async () => looking,
    [Symbol.asyncDispose]: async () => {
      closing.abort(new Error('the server ends'));
      await looking;
    },
  };
}

/** Opens the cases of a cluster, or brings them up to date. @throws TGL_STORE_UNAVAILABLE */
export function openClusterCases(
  { guard }: Pick<Store, 'guard'>,
  week: number,
  { useClass, level, eValue, evidence }: ClusterCase,
): ReturnType<Store['guard']['openCluster']> {
  const { members } = evidence.cluster;
  const accounts = new Map<OrganisationId, AccountId>();
  // After the one that had most of those that are measured, or of all.
  const order = members.toSorted(
    (a, b) => Number(b.measured) - Number(a.measured) || b.traceTokens - a.traceTokens,
  );
  for (const { organisation, account } of order)
    if (!accounts.has(organisation as OrganisationId))
      accounts.set(organisation as OrganisationId, account as AccountId);
  const found = { week, use_class: useClass, level, statistic: Math.ceil(1000 * eValue), evidence, accounts };
  const known = {
    isSame: (other: unknown) => isSameCluster(membersIn(other), members),
    isCovered: (other: unknown) => isCoveredBy(membersIn(other), members),
  };
  return guard.openCluster(found, known, server);
}

/** @throws what the thread throws, and the reason of the signal */
function answerOf(task: LinkageTask, signal: AbortSignal): Promise<LinkageAnswer> {
  const worker = new Worker(new URL('./worker.ts', import.meta.url), { workerData: task });
  const { promise, resolve, reject } = Promise.withResolvers<LinkageAnswer>();
  const onAbort = (): void => reject(signal.reason);
  const deadline = setTimeout(() => reject(new Error(`it took longer than ${mostMs / 1000} s`)), mostMs);
  worker.once('message', resolve).once('error', reject);
  worker.once('exit', () => reject(new Error('the thread ended without an answer')));
  signal.addEventListener('abort', onAbort, { once: true });
  return promise.finally(() => {
    clearTimeout(deadline);
    signal.removeEventListener('abort', onAbort);
    void worker.terminate();
  });
}
