// /v1/x/guard, our own: what the guard observed of an organisation's accounts, why it opened a case, and what a person does about that: clear it,
// begin or end a measure, say what an account is for. What holds for all organisations is for whoever operates the server.
import {
  type DeclaredUseBody,
  declaredUseRequest,
  type GuardAccount,
  type GuardCalibration,
  type GuardCaseBody,
  type GuardCaseQuery,
  type GuardCaseSummary,
  type GuardMeasureBody,
  type GuardStatus,
  guardAccountReply,
  guardCalibrationReply,
  guardCaseQuery,
  guardCaseReply,
  guardCaseSummaryReply,
  guardEvidenceReply,
  guardMeasureRequest,
  guardStatusReply,
  pageQuery,
  pageReply,
  type ReasonBody,
  reasonRequest,
} from '../../wire/index.ts';
import { json, type Route, route } from '../routes/route.ts';
import type { Administration, Asker } from './administration.ts';
import { askerOf, changeRouteWithBody, paramsOf } from './attempt.ts';
import { pageOf, queryOf } from './pages.ts';

/**
 * All throw TGL_STORE_UNAVAILABLE; what names a case, TGL_GUARD_CASE_UNKNOWN also for one of another organisation. A change that is refused
 * here is in the audit log, as is one that is made.
 */
export type GuardAdministration = {
  readonly status: (asker: Asker) => Promise<GuardStatus>;
  /** @throws TGL_GUARD_CALIBRATION_MISSING; TGL_GUARD_CALIBRATION_INVALID for one that is not used */
  readonly calibration: () => Promise<GuardCalibration>;
  /** By suspicion, one more than is asked for. */
  readonly cases: (asker: Asker, query: GuardCaseQuery) => Promise<readonly GuardCaseSummary[]>;
  readonly getCase: (asker: Asker, id: string) => Promise<GuardCaseBody>;
  /** A statement in an envelope that the key of this machine signed, from which the evidence is made again. */
  readonly evidence: (asker: Asker, id: string) => Promise<string>;
  /** The use is in order: its measures end, and as much opens no case any more. */
  readonly clear: (asker: Asker, id: string, reason: string) => Promise<GuardCaseBody>;
  /** Takes that back; measures stay ended. @throws also TGL_STORE_CONFLICT where another case of the account and week is open */
  readonly reopen: (asker: Asker, id: string, reason: string) => Promise<GuardCaseBody>;
  /** @throws also TGL_GUARD_MEASURE_REFUSED where another limit of the kind stands, or the case is cleared */
  readonly setMeasure: (asker: Asker, id: string, change: GuardMeasureBody) => Promise<GuardCaseBody>;
  /** All of the organisation, in the order of their making, behind one of them. @throws TGL_ID_UNKNOWN */
  readonly accounts: (asker: Asker, after: string | undefined) => Promise<readonly GuardAccount[]>;
  /** @throws TGL_ID_UNKNOWN */
  readonly declare: (asker: Asker, account: string, use: DeclaredUseBody) => Promise<GuardAccount>;
};

const path = '/v1/x/guard';
const casesPath = `${path}/cases`;
const [read, act] = ['guard:read', 'guard:act'] as const;

export function guardRoutes(
  guard: GuardAdministration,
  administration: Pick<Administration, 'refused'>,
): readonly Route[] {
  return [...readingRoutes(guard), ...changeRoutes(guard, administration)];
}

function readingRoutes(guard: GuardAdministration): readonly Route[] {
  return [
    route({
      ...{ method: 'GET', path, scope: read },
      summary: 'What the guard does here, how much it has looked at, and what can alarm',
      replies: json(guardStatusReply),
      handle: async (_, request, reply) => reply.send(await guard.status(askerOf(request))),
    }),
    route({
      // Its kinds name organisations, and drift is of all of them together.
      ...{ method: 'GET', path: `${path}/calibration`, scope: 'assessments:read' },
      summary: 'What the calibration of the guard saw, and whether honest use is still like that',
      replies: json(guardCalibrationReply),
      handle: async (_, __, reply) => reply.send(await guard.calibration()),
    }),
    route({
      ...{ method: 'GET', path: casesPath, scope: read, summary: 'The cases of the guard, by suspicion' },
      replies: json(pageReply(guardCaseSummaryReply)),
      handle: async (context, request, reply) => {
        const query = queryOf(context, request, reply, guardCaseQuery);
        return reply.send(pageOf(await guard.cases(askerOf(request), query), query, (one) => one));
      },
    }),
    route({
      ...{ method: 'GET', path: `${casesPath}/{case}`, scope: read },
      summary: 'One case: why it was opened, what would clear it, what is not known, and its measures',
      replies: json(guardCaseReply),
      handle: async (_, request, reply) => reply.send(await guard.getCase(askerOf(request), caseIn(request))),
    }),
    route({
      ...{ method: 'GET', path: `${casesPath}/{case}/evidence`, scope: read },
      summary: 'The signed evidence of a case, to be taken away and made again offline',
      replies: json(guardEvidenceReply),
      handle: async (_, request, reply) => {
        const text = await guard.evidence(askerOf(request), caseIn(request));
        return reply
          .header('content-type', 'application/json')
          .header('content-disposition', `attachment; filename="${caseIn(request)}.json"`)
          .send(text);
      },
    }),
    route({
      ...{ method: 'GET', path: `${path}/accounts`, scope: read },
      summary: 'The accounts of the organisation, and what each declared to use models for',
      replies: json(pageReply(guardAccountReply)),
      handle: async (context, request, reply) => {
        const query = queryOf(context, request, reply, pageQuery);
        const listed = await guard.accounts(askerOf(request), query.after ?? undefined);
        return reply.send(pageOf(listed, query, (account) => account));
      },
    }),
  ];
}

function changeRoutes(
  guard: GuardAdministration,
  administration: Pick<Administration, 'refused'>,
): readonly Route[] {
  const ofCase = { method: 'POST', scope: act, targetType: 'guard_case' } as const;
  return [
    changeRouteWithBody<ReasonBody>(
      administration,
      {
        ...{ ...ofCase, path: `${casesPath}/{case}/clear`, action: 'guard.case.cleared' },
        summary: 'Clears a case with a reason: its measures end, and as much opens none any more',
        ...{ body: reasonRequest, replies: json(guardCaseReply) },
      },
      async (_, request, reply, { reason }) =>
        reply.send(await guard.clear(askerOf(request), caseIn(request), reason)),
    ),
    changeRouteWithBody<ReasonBody>(
      administration,
      {
        ...{ ...ofCase, path: `${casesPath}/{case}/reopen`, action: 'guard.case.reopened' },
        summary: 'Takes it back that a case was cleared',
        ...{ body: reasonRequest, replies: json(guardCaseReply) },
        isHarmless: async () => true,
      },
      async (_, request, reply, { reason }) =>
        reply.send(await guard.reopen(askerOf(request), caseIn(request), reason)),
    ),
    changeRouteWithBody<GuardMeasureBody>(
      administration,
      {
        ...{ ...ofCase, path: `${casesPath}/{case}/measures`, action: 'rate_limit.updated' },
        summary: 'Begins a measure against the account of a case, or ends it, with a reason',
        ...{ body: guardMeasureRequest, replies: json(guardCaseReply) },
        isHarmless: async (_, body) => body.in_force,
      },
      async (_, request, reply, change) =>
        reply.send(await guard.setMeasure(askerOf(request), caseIn(request), change)),
    ),
    changeRouteWithBody<DeclaredUseBody>(
      administration,
      {
        ...{ method: 'POST', path: `${path}/accounts/{account}/use`, scope: act },
        summary: 'Declares what an account uses models for, by which it is judged from then on',
        ...{ action: 'guard.use.declared', targetType: 'account' },
        ...{ body: declaredUseRequest, replies: json(guardAccountReply) },
      },
      async (_, request, reply, use) =>
        reply.send(await guard.declare(askerOf(request), paramsOf(request).account ?? '', use)),
    ),
  ];
}

function caseIn(request: Parameters<typeof paramsOf>[0]): string {
  return paramsOf(request).case ?? '';
}
