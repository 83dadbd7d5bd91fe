// GET /v1/x/models/{name}/assessments and what lies below it: what was found out about a model, by whom it is served or why not. Only for whoever
// operates the server, since reports tell of its configuration and trials quote what was asked.
import type { FastifyRequest } from 'fastify';
import { TiegelError } from '../../base/index.ts';
import {
  type AssessedTrial,
  type AssessmentReport,
  type AssessmentSummary,
  assessedTrialReply,
  assessmentListReply,
  assessmentReportReply,
  pageReply,
  type TrialQuery,
  trialQuery,
} from '../../wire/index.ts';
import { mayAsk } from '../access/access.ts';
import { paramsOf } from '../administration/attempt.ts';
import { queryOf } from '../administration/pages.ts';
import { requestOf } from '../request.ts';
import { json, type Route, route } from './route.ts';

/** All throw TGL_REPORT_UNAVAILABLE; what is about one assessment, TGL_ID_UNKNOWN and TGL_EVIDENCE_INVALID. */
export type ReadAssessments = {
  /** Of a model, the newest first, unfinished ones as well. */
  readonly history: (model: string) => Promise<readonly AssessmentSummary[]>;
  readonly report: (model: string, assessment: string) => Promise<AssessmentReport>;
  readonly trials: (
    model: string,
    assessment: string,
    query: TrialQuery,
  ) => Promise<{ readonly trials: readonly AssessedTrial[]; readonly more: boolean }>;
};

const path = '/v1/x/models/{name}/assessments';
const scope = 'assessments:read';

export function assessmentRoutes({ history, report, trials }: ReadAssessments): readonly Route[] {
  return [
    route({
      ...{ method: 'GET', path, scope, summary: 'The assessments of a model, the newest first' },
      replies: json(assessmentListReply),
      handle: async (_, request, reply) =>
        reply.send({ object: 'list', data: await history(modelOf(request)) }),
    }),
    route({
      ...{ method: 'GET', path: `${path}/{assessment}`, scope },
      summary: 'What an assessment decided and on what grounds, out of its verified evidence',
      replies: json(assessmentReportReply),
      handle: async (_, request, reply) =>
        reply.send(await report(modelOf(request), paramsOf(request).assessment ?? '')),
    }),
    route({
      ...{ method: 'GET', path: `${path}/{assessment}/trials`, scope },
      summary: 'Trials of an assessment, by criterion, place and outcome; sensitive texts stay withheld',
      replies: json(pageReply(assessedTrialReply)),
      handle: async (context, request, reply) => {
        const query = queryOf(context, request, reply, trialQuery);
        const found = await trials(modelOf(request), paramsOf(request).assessment ?? '', query);
        const { trials: data, more } = found;
        const ends = { first_id: data[0]?.id ?? null, last_id: data.at(-1)?.id ?? null };
        return reply.send({ object: 'list', data, ...ends, has_more: more });
      },
    }),
  ];
}

/** @throws TGL_ID_UNKNOWN for one that the key may not be used for, as for one that is not there */
function modelOf(request: FastifyRequest): string {
  const { name = '' } = paramsOf(request);
  if (!mayAsk(requestOf(request.raw).principal, name))
    throw new TiegelError('TGL_ID_UNKNOWN', { kind: 'model', received: name });
  return name;
}
