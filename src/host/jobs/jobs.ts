// The gateway's port for long work: jobs stand in the store, and those of this server in its queue.
import { TiegelError } from '../../base/index.ts';
import type { Asker, Jobs } from '../../gateway/index.ts';
import type { Job } from '../../store/index.ts';
import type { PrincipalId } from '../../traffic/index.ts';
import { type JobBody, jobRequest } from '../../wire/index.ts';
import { authorOf, organisationOf, requireScope } from '../administration/asker.ts';
import { emptyReport, type JobReport, type JobTask } from './job-messages.ts';
import { type JobQueue, type JobQueueOptions, openJobQueue } from './job-queue.ts';

export type ServerJobs = Jobs & AsyncDisposable & Pick<JobQueue, 'beat'>;

/** Of a list whose length nobody asked for. */
const usualPage = 20;

export function openJobs(options: JobQueueOptions): ServerJobs {
  const { store, server, onProblem } = options;
  const { jobs } = store;
  const queue = openJobQueue(options);
  const bodyOf = (job: Job): JobBody =>
    jobBody(job, queue.reportOf(job.id) ?? { ...emptyReport, ...(job.report as Partial<JobReport>) });
  const start = async (asker: Asker, task: JobTask): Promise<JobBody> => {
    const startedBy = asker.principal as PrincipalId;
    const facts = { server, request: task.request, startedBy };
    const job = await jobs.add(organisationOf(asker), authorOf(asker), facts);
    queue.enqueue(job.id, task);
    return bodyOf(job);
  };
  return {
    beat: queue.beat,
    list: async (asker, { after, limit }) => {
      const found = await jobs.list(organisationOf(asker), after ?? undefined, (limit ?? usualPage) + 1);
      return found.map(bodyOf);
    },
    get: async (asker, id) => bodyOf(await jobs.get(organisationOf(asker), id)),
    start: (asker, request) => start(asker, { request, resume: false }),
    resume: async (asker, id) => {
      const { state, request: asked } = await jobs.get(organisationOf(asker), id);
      if (state === 'queued' || state === 'running' || state === 'succeeded')
        throw new TiegelError('TGL_JOB_ENDED', { received: id, state });
      const request = jobRequest.parse(asked);
      if (request.kind !== 'teach') requireScope(asker, 'catalog:write');
      return start(asker, { request, resume: true });
    },
    cancel: async (asker, id) => {
      const job = await jobs.cancel(organisationOf(asker), id, authorOf(asker));
      void queue.beat().catch(onProblem);
      return bodyOf(job);
    },
    [Symbol.asyncDispose]: () => queue[Symbol.asyncDispose](),
  };
}

function jobBody(job: Job, report: JobReport): JobBody {
  const second = (time: number | null): number | null => (time === null ? null : Math.floor(time / 1000));
  const { id, request, state, started_by, created_at, began_at, ended_at, ending } = job;
  return {
    ...{ id, object: 'job', request: jobRequest.parse(request), state, started_by },
    created_at: Math.floor(created_at / 1000),
    ...{ began_at: second(began_at), ended_at: second(ended_at) },
    ending: ending && (state === 'queued' || state === 'running'),
    ...{ progress: withTimeLeft(report.progress), points: report.points, log: report.log },
    ...{ samples: report.samples, result: report.result, problem: report.problem },
  };
}

function withTimeLeft(progress: JobReport['progress']): JobReport['progress'] {
  return (
    progress && { ...progress, seconds_left: progress.seconds_left && Math.round(progress.seconds_left) }
  );
}
