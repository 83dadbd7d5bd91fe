// The jobs that run on a server: what waits begins in its turn, what runs is told to the store every other second, and what lost its server is broken
// off. Fetching has one place and what computes another, so that a long training does not hold up a download, and two assessments do not share the
// machine.
import type { JobEnd, Store } from '../../store/index.ts';
import type { JobRequest } from '../../wire/index.ts';
import { emptyReport, type FromJob, type JobReport, type JobTask, reportAfter } from './job-messages.ts';
import type { JobProcess, StartJob } from './start-child.ts';

export type JobQueueOptions = {
  readonly store: Store;
  /** Names this server among those that share the store. */
  readonly server: string;
  readonly startJob: StartJob;
  readonly onProblem: (error: unknown) => void;
  /** Between two signs of life. @default 2000 */
  readonly beatMs?: number;
  /** A job whose server was silent for so long is broken off. @default 20,000 */
  readonly silentMs?: number;
};

export type JobQueue = AsyncDisposable & {
  readonly enqueue: (id: string, task: JobTask) => void;
  /** What a job that runs here has told by now. */
  readonly reportOf: (id: string) => JobReport | undefined;
  /** Tells the store how things stand, and hears what is to end. */
  readonly beat: () => Promise<void>;
};

type Running = { readonly process: JobProcess; report: JobReport; last?: FromJob; cancelled: boolean };

const neededBy: Readonly<Record<JobRequest['kind'], 'network' | 'processors'>> = {
  ...{ pull: 'network', assess: 'processors', teach: 'processors' },
};

/** For jobs to end once their server closes. */
const graceMs = 5000;

export function openJobQueue(options: JobQueueOptions): JobQueue {
  const { store, server, startJob, onProblem, beatMs = 2000, silentMs = 20_000 } = options;
  const { jobs } = store;
  const running = new Map<string, Running>();
  const before = new Map<string, Promise<void>>();
  let closed = false;

  const run = async (id: string, task: JobTask): Promise<void> => {
    if (closed) return;
    if (!(await jobs.begin(id))) return jobs.end(id, 'cancelled', emptyReport);
    const process = startJob(task, (message) => {
      const known = running.get(id);
      if (known === undefined) return;
      known.report = reportAfter(known.report, message);
      known.last = message;
    });
    const job: Running = { process, report: emptyReport, cancelled: false };
    running.set(id, job);
    const why = await process.ended;
    running.delete(id);
    await jobs.end(id, ...endOf(job, why, closed));
  };
  const beat = async (): Promise<void> => {
    const reports = new Map([...running].map(([id, { report }]) => [id, report]));
    for (const id of await jobs.beat(server, reports)) {
      const job = running.get(id);
      if (job === undefined || job.cancelled) continue;
      job.cancelled = true;
      job.process.cancel();
    }
    await jobs.breakOff(silentMs);
  };
  let beating: Promise<void> = beat().catch(onProblem);
  const timer = setInterval(() => {
    beating = beating.then(beat).catch(onProblem);
  }, beatMs);
  timer.unref();
  return {
    beat,
    reportOf: (id) => running.get(id)?.report,
    enqueue: (id, task) => {
      const place = neededBy[task.request.kind];
      const turn = before.get(place) ?? Promise.resolve();
      before.set(place, turn.then(() => run(id, task)).catch(onProblem));
    },
    [Symbol.asyncDispose]: async () => {
      closed = true;
      clearInterval(timer);
      await beating;
      for (const { process } of running.values()) process.cancel();
      const patience = setTimeout(() => {
        for (const { process } of running.values()) process.kill();
      }, graceMs);
      await Promise.all(before.values());
      clearTimeout(patience);
    },
  };
}

/** A server that closes leaves its jobs to be resumed. */
function endOf(
  { report, last, cancelled }: Running,
  why: string,
  closed: boolean,
): readonly [JobEnd, JobReport] {
  if (last?.type === 'done') return ['succeeded', report];
  if (last?.type === 'failed') return ['failed', report];
  if (cancelled) return ['cancelled', report];
  if (closed) return ['broken-off', report];
  return ['failed', { ...report, problem: { code: 'TGL_INTERNAL', message: why, fix: null } }];
}
