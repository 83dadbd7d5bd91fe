// The process of a job: it gets one task, tells how far it is, and ends. It stops by itself when its server is gone, so that nobody has to look for
// it afterwards; what it has done is kept where the work keeps it.
import type { CriterionStanding } from '../../assess/index.ts';
import { progressMeter, reasonOf, systemClock, TiegelError } from '../../base/index.ts';
import type { JobCriterion } from '../../wire/index.ts';
import type { WorkProgress } from '../context.ts';
import { readEnvironment } from '../environment.ts';
import type { FromJob, JobTask, ToJob } from './job-messages.ts';
import { runJob } from './run-job.ts';

/** Milliseconds between two messages about progress, and for ending once that was asked for. */
const pauseMs = 250;
const graceMs = 10_000;

const stop = new AbortController();

function say(message: FromJob): Promise<void> {
  return new Promise((resolve) => {
    if (!process.connected) resolve();
    else process.send?.(message, undefined, {}, () => resolve());
  });
}

function stopSoon(): void {
  stop.abort(new Error('it was asked to end'));
  setTimeout(() => process.exit(1), graceMs).unref();
}

process.on('disconnect', stopSoon);
process.on('SIGTERM', stopSoon);
// Ctrl-C in a terminal reaches every process; the server decides what becomes of its jobs.
process.on('SIGINT', () => {});
process.on('message', (message: ToJob) => {
  if (message.type === 'cancel') stopSoon();
  else void work(message.task);
});

let shown = Number.NEGATIVE_INFINITY;
/** Of what is done now; other work is measured anew. */
let measured: { readonly doing: string; readonly meter: ReturnType<typeof progressMeter> } | undefined;

function tell(progress: WorkProgress | null): void {
  if (progress === null) return;
  const { doing, count, detail = null, standings } = progress;
  if (measured?.doing !== doing) measured = { doing, meter: progressMeter(systemClock, count?.total ?? 0) };
  const rate = count && measured.meter(count.done);
  const now = systemClock.monotonic();
  if (now - shown < pauseMs) return;
  shown = now;
  const counted = { done: count?.done ?? null, total: count?.total ?? null, unit: count?.unit ?? null };
  const left = { seconds_left: count?.secondsLeft ?? rate?.secondsLeft ?? null };
  const criteria = standings && { criteria: standings.map(criterionBody) };
  void say({ type: 'progress', progress: { doing, ...counted, ...left, detail, ...criteria } });
}

function criterionBody({ criterion, ...standing }: CriterionStanding): JobCriterion {
  const { name, metric, side, threshold } = criterion;
  return { name, metric, side, threshold, ...standing };
}

async function work(task: JobTask): Promise<void> {
  await say(await outcomeOf(task));
  process.exit(0);
}

async function outcomeOf(task: JobTask): Promise<FromJob> {
  try {
    const result = await runJob(
      {
        ...{ environment: readEnvironment(process.env), clock: systemClock, signal: stop.signal },
        ...{ onProgress: tell, onNote: (text) => void say({ type: 'note', text }) },
        onPoint: (point) => void say({ type: 'point', point }),
        onSample: (sample) => void say({ type: 'sample', sample }),
      },
      task,
    );
    return { type: 'done', result };
  } catch (error) {
    if (stop.signal.aborted) return { type: 'cancelled' };
    if (!TiegelError.isInstance(error))
      return { type: 'failed', problem: { code: 'TGL_INTERNAL', message: reasonOf(error), fix: null } };
    const { code, message, fix } = error;
    return { type: 'failed', problem: { code, message, fix } };
  }
}
