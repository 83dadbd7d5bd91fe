// /v1/x/policies and /v1/x/people/{user}/erasure, our own: where requests may be answered and what is kept, and the erasure of a
// person. Of each change one can see first what would come of it.
import { TiegelError } from '../../base/index.ts';
import {
  erasureReply,
  erasureRequest,
  type PolicyBody,
  policyListReply,
  policyReply,
  policyRequest,
} from '../../wire/index.ts';
import { json, type Route, route, routeWithBody } from '../routes/route.ts';
import type { Administration, Asker } from './administration.ts';
import { askerOf, changeRouteWithBody, paramsOf } from './attempt.ts';
import { secondsOf } from './pages.ts';

export type PolicyFacts = {
  /** Null for the whole organisation. */
  readonly account: string | null;
  /** 0 where none was set. */
  readonly version: number;
  /** What holds, with what the organisation says where an account has a policy of its own. */
  readonly policy: object;
  /** What was set; null where nothing was. */
  readonly document: object | null;
  /** Milliseconds since the Unix epoch. */
  readonly setAt: number | null;
  readonly models: readonly {
    readonly name: string;
    readonly allowed: boolean;
    /** The rules that forbid it, each with the place of an engine. */
    readonly forbidden: readonly string[];
  }[];
};

export type PolicyChange = {
  /** Null for the whole organisation. */
  readonly account: string | null;
  /** By their names; of several and the document, the stricter of each part holds. */
  readonly presets: readonly string[];
  readonly document: object | undefined;
};

export type ErasureFacts = {
  readonly principal: string;
  /** False for a preview. */
  readonly erased: boolean;
  readonly gone: readonly { readonly what: string; readonly count: number }[];
  readonly remains: readonly { readonly what: string; readonly why: string }[];
};

/** All throw TGL_ID_UNKNOWN, TGL_STORE_UNAVAILABLE; those that take a policy, TGL_DATA_POLICY_INVALID. */
export type DataPolicies = {
  readonly presets: readonly { readonly name: string; readonly text: string }[];
  /** Of the organisation, and of the accounts that have one of their own. */
  readonly list: (asker: Asker) => Promise<readonly PolicyFacts[]>;
  readonly preview: (asker: Asker, change: PolicyChange) => Promise<PolicyFacts>;
  /** It holds from now on, on every node within two seconds. */
  readonly set: (asker: Asker, change: PolicyChange) => Promise<PolicyFacts>;
  readonly previewErasure: (asker: Asker, principal: string) => Promise<ErasureFacts>;
  /** @throws also TGL_STORE_CONFLICT for the last owner, TGL_DISK_FULL */
  readonly erase: (asker: Asker, principal: string) => Promise<ErasureFacts>;
};

const policiesPath = '/v1/x/policies';
const erasurePath = '/v1/x/people/{user}/erasure';
const scope = 'policy:write';

export function dataPolicyRoutes(
  policies: DataPolicies,
  administration: Pick<Administration, 'refused'>,
): readonly Route[] {
  return [
    route({
      ...{ method: 'GET', path: policiesPath, scope: 'audit:read' },
      summary: 'The data policies that hold, and which models may answer under them',
      replies: json(policyListReply),
      handle: async (_, request, reply) => {
        const data = (await policies.list(askerOf(request))).map(policyShown);
        return reply.send({ object: 'list', data, presets: policies.presets });
      },
    }),
    routeWithBody({
      ...{ method: 'POST', path: `${policiesPath}/preview`, scope, body: policyRequest },
      summary: 'What would hold under a data policy; changes nothing',
      replies: json(policyReply),
      handle: async (_, request, reply, body) =>
        reply.send(policyShown(await policies.preview(askerOf(request), changeOf(body)))),
    }),
    changeRouteWithBody(
      administration,
      {
        ...{ method: 'POST', path: policiesPath, scope, body: policyRequest },
        summary: 'Sets the data policy of the organisation or of an account, in place of the one before',
        ...{ action: 'policy.updated', targetType: 'policy' },
        replies: json(policyReply),
      },
      async (_, request, reply, body) =>
        reply.send(policyShown(await policies.set(askerOf(request), changeOf(body)))),
    ),
    route({
      ...{ method: 'GET', path: erasurePath, scope },
      summary: 'What an erasure of a person or a service would take, and what would remain; changes nothing',
      replies: json(erasureReply),
      handle: async (_, request, reply) => {
        const receipt = await policies.previewErasure(askerOf(request), paramsOf(request).user ?? '');
        return reply.send(erasureShown(receipt));
      },
    }),
    changeRouteWithBody(
      administration,
      {
        ...{ method: 'POST', path: erasurePath, scope, body: erasureRequest },
        summary: 'Erases a person or a service, for ever, and gives a receipt',
        ...{ action: 'principal.erased', targetType: 'principal' },
        replies: json(erasureReply),
      },
      async (_, request, reply, { confirm }) => {
        const { user = '' } = paramsOf(request);
        if (confirm !== user) {
          const problem = 'The field confirm has to repeat the identifier of whom is to be erased.';
          throw new TiegelError('TGL_REQUEST_INVALID', { field: 'confirm', problem });
        }
        return reply.send(erasureShown(await policies.erase(askerOf(request), user)));
      },
    ),
  ];
}

function changeOf({ account, presets, document }: PolicyBody): PolicyChange {
  return { account: account ?? null, presets: presets ?? [], document: document ?? undefined };
}

function policyShown({ setAt, ...facts }: PolicyFacts): object {
  return { object: 'data_policy', ...facts, set_at: setAt === null ? null : secondsOf(setAt) };
}

function erasureShown(facts: ErasureFacts): object {
  return { object: 'erasure', ...facts };
}
