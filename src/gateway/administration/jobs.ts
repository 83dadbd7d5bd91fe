// /v1/x/jobs, our own: long work is started, watched and cancelled. It concerns the server, so that only whoever operates it has it done.
import type { Scope } from '../../traffic/index.ts';
import {
  assessJobRequest,
  type BodySchema,
  type JobBody,
  type JobKind,
  type JobRequest,
  jobReply,
  type PageQuery,
  pageQuery,
  pageReply,
  pullJobRequest,
  teachJobRequest,
} from '../../wire/index.ts';
import { json, type Route, route } from '../routes/route.ts';
import type { Administration, Asker } from './administration.ts';
import { askerOf, changeRoute, changeRouteWithBody, paramsOf } from './attempt.ts';
import { pageOf, queryOf } from './pages.ts';

/** Everything throws TGL_ID_UNKNOWN for a job of another organisation or none, and TGL_STORE_UNAVAILABLE. */
export type Jobs = {
  /** The newest first, behind one of them. */
  readonly list: (asker: Asker, query: PageQuery) => Promise<readonly JobBody[]>;
  readonly get: (asker: Asker, id: string) => Promise<JobBody>;
  /** It survives whoever asked. @throws TGL_JOBS_FULL */
  readonly start: (asker: Asker, request: JobRequest) => Promise<JobBody>;
  /** The same work again, from where it was left. @throws TGL_SCOPE_MISSING as for starting it; TGL_JOB_ENDED for one that runs or succeeded, TGL_JOBS_FULL */
  readonly resume: (asker: Asker, id: string) => Promise<JobBody>;
  /** @throws TGL_JOB_ENDED */
  readonly cancel: (asker: Asker, id: string) => Promise<JobBody>;
};

const path = '/v1/x/jobs';
const scope = 'runs:write';

export function jobRoutes(jobs: Jobs, administration: Pick<Administration, 'refused'>): readonly Route[] {
  return [
    route({
      ...{ method: 'GET', path, scope, summary: 'Long work, the newest first' },
      replies: json(pageReply(jobReply)),
      handle: async (context, request, reply) => {
        const query = queryOf(context, request, reply, pageQuery);
        return reply.send(pageOf(await jobs.list(askerOf(request), query), query, (job) => job));
      },
    }),
    route({
      ...{ method: 'GET', path: `${path}/{job}`, scope, summary: 'One job, and how far it is' },
      replies: json(jobReply),
      handle: async (_, request, reply) =>
        reply.send(await jobs.get(askerOf(request), paramsOf(request).job ?? '')),
    }),
    startRoute(jobs, administration, {
      ...{ kind: 'pull', scope: 'catalog:write', body: pullJobRequest },
      summary: 'Has a model fetched into quarantine by a process of its own',
    }),
    startRoute(jobs, administration, {
      ...{ kind: 'assess', scope: 'catalog:write', body: assessJobRequest },
      summary: 'Has a model assessed by a process of its own, by a policy or the quick battery',
    }),
    startRoute(jobs, administration, {
      ...{ kind: 'teach', scope, body: teachJobRequest },
      summary: 'Has a model taught by a recipe in a process of its own',
    }),
    changeRoute(
      administration,
      {
        ...{ method: 'POST', path: `${path}/{job}/resume`, scope },
        ...{ action: 'job.started', targetType: 'job' },
        summary: 'Has work that failed, was cancelled or broken off done again, from where it was left',
        replies: json(jobReply),
      },
      async (_, request, reply) =>
        reply.send(await jobs.resume(askerOf(request), paramsOf(request).job ?? '')),
    ),
    changeRoute(
      administration,
      {
        ...{ method: 'POST', path: `${path}/{job}/cancel`, scope },
        ...{ action: 'job.cancelled', targetType: 'job' },
        summary: 'Asks for the end of a job; what it has done so far is kept',
        replies: json(jobReply),
      },
      async (_, request, reply) =>
        reply.send(await jobs.cancel(askerOf(request), paramsOf(request).job ?? '')),
    ),
  ];
}

type Start<Kind extends JobKind, Body> = {
  readonly kind: Kind;
  readonly scope: Scope;
  readonly body: BodySchema<Body>;
  readonly summary: string;
};

function startRoute<Kind extends JobKind, Body extends object>(
  { start }: Jobs,
  administration: Pick<Administration, 'refused'>,
  { kind, ...row }: Start<Kind, Body>,
): Route {
  const named = {
    method: 'POST',
    path: `${path}/${kind}`,
    action: 'job.started',
    targetType: 'job',
  } as const;
  return changeRouteWithBody<Body>(
    administration,
    { ...named, ...row, replies: json(jobReply) },
    async (_, request, reply, body) =>
      reply.send(await start(askerOf(request), { kind, ...body } as unknown as JobRequest)),
  );
}
