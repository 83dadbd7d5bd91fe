// A change that somebody attempts, as the audit log names it, and a row of the table of routes that makes one: what is refused
// before the change begins, for its scope or its body, is written down as well.
import type { FastifyRequest } from 'fastify';
import { TiegelError } from '../../base/index.ts';
import type { BodySchema } from '../../wire/index.ts';
import { hasSignedInLately, signInAgain } from '../access/recent-sign-in.ts';
import type { GatewayContext } from '../context.ts';
import { requestOf } from '../request.ts';
import { type Handle, type Route, route, routeWithBody, type ServerRoute } from '../routes/route.ts';
import type { Administration, Asker } from './administration.ts';

export type AuditAttempt = {
  readonly action:
    | 'project.created'
    | 'project.updated'
    | 'project.archived'
    | 'rate_limit.updated'
    | 'rate_limit.deleted'
    | 'policy.updated'
    | 'principal.erased'
    | 'user.added'
    | 'user.deleted'
    | 'login.link.created'
    | 'role.assignment.created'
    | 'service_account.created'
    | 'service_account.deleted'
    | 'api_key.created'
    | 'api_key.updated'
    | 'api_key.rotated'
    | 'api_key.deleted'
    | 'job.started'
    | 'job.cancelled'
    | 'guard.case.cleared'
    | 'guard.case.reopened'
    | 'guard.use.declared';
  readonly target: {
    readonly type: 'account' | 'api_key' | 'principal' | 'policy' | 'job' | 'guard_case';
    readonly id: string;
  };
};

/** What only takes something away, or makes a place that has nothing yet, is never refused to whoever signed in long ago. */
const harmless: ReadonlySet<AuditAttempt['action']> = new Set([
  'api_key.deleted',
  'project.created',
  'project.updated',
]);

type ChangeRow<Body> = Pick<ServerRoute, 'method' | 'path' | 'scope' | 'summary' | 'replies'> & {
  readonly action: AuditAttempt['action'];
  readonly targetType: AuditAttempt['target']['type'];
  /** Whether somebody who is signed in may make it although they signed in long ago. @default by its action */
  readonly isHarmless?: (request: FastifyRequest, body: Body) => Promise<boolean>;
};

/** @throws TypeError where nobody was identified, which the scope of a route prevents */
export function askerOf(request: FastifyRequest): Asker {
  const { principal, id } = requestOf(request.raw);
  if (principal === null) throw new TypeError('askerOf: nobody asks');
  const { organisation, keyId, session, principalId, scopes } = principal;
  const key = session === null ? keyId : null;
  return { organisation, key, principal: principalId, request: id, scopes };
}

/** What the names in the path of the route stand for. */
export function paramsOf(request: FastifyRequest): Readonly<Record<string, string>> {
  return request.params as Readonly<Record<string, string>>;
}

export function changeRoute(
  administration: Pick<Administration, 'refused'>,
  row: ChangeRow<undefined>,
  handle: Handle,
): Route {
  const change = recordedChange(administration, row, handle);
  const { action, targetType, isHarmless, ...facts } = row;
  const checked = route({ ...facts, handle: change.handle });
  return { ...checked, ...change.recording(checked.handle) };
}

export function changeRouteWithBody<Body>(
  administration: Pick<Administration, 'refused'>,
  row: ChangeRow<Body> & { readonly body: BodySchema<Body> },
  handle: Handle<Body>,
): Route {
  const change = recordedChange(administration, row, handle);
  const { action, targetType, isHarmless, ...facts } = row;
  const checked = routeWithBody<Body>({ ...facts, handle: change.handle });
  return { ...checked, ...change.recording(checked.handle) };
}

/** Makes the change for whoever signed in lately or shows a key, and writes down what is refused before it begins. */
function recordedChange<Body>(
  administration: Pick<Administration, 'refused'>,
  { action, targetType, isHarmless = async () => harmless.has(action) }: ChangeRow<Body>,
  handle: Handle<Body>,
) {
  const onRefused = recorder(administration, action, targetType);
  const begun = new WeakSet<FastifyRequest>();
  const begin: Handle<Body> = async (context, request, reply, body) => {
    if (!isRecent(context, request) && !(await isHarmless(request, body))) throw signInAgain();
    begun.add(request);
    return handle(context, request, reply, body);
  };
  return {
    handle: begin,
    recording: (checked: Handle<unknown>): Pick<ServerRoute, 'onRefused' | 'handle'> => ({
      onRefused,
      handle: async (context, request, reply, body) => {
        try {
          return await checked(context, request, reply, body);
        } catch (error) {
          // From there on, whoever makes the change writes down that it was refused.
          if (TiegelError.isInstance(error) && !begun.has(request)) await onRefused(request, error.code);
          throw error;
        }
      },
    }),
  };
}

function isRecent({ clock }: Pick<GatewayContext, 'clock'>, request: FastifyRequest): boolean {
  const { principal } = requestOf(request.raw);
  return principal !== null && hasSignedInLately(principal, clock.now());
}

/** The innermost thing that the path names, else the organisation in which something was to be made. */
function recorder(
  administration: Pick<Administration, 'refused'>,
  action: AuditAttempt['action'],
  type: AuditAttempt['target']['type'],
): (request: FastifyRequest, code: string) => Promise<void> {
  return (request, code) => {
    const asker = askerOf(request);
    const id = Object.values(paramsOf(request)).at(-1) ?? asker.organisation;
    return administration.refused(asker, { action, target: { type, id } }, code);
  };
}
