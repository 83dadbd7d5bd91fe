// /v1/organization/users and /v1/organization/projects/{project}/service_accounts, OpenAI's: who holds keys.
import {
  deletedReply,
  freshServiceAccountReply,
  pageQuery,
  pageReply,
  serviceAccountKeyReply,
  serviceAccountKeyRequest,
  serviceAccountReply,
  serviceAccountRequest,
  userListQuery,
  userReply,
  userUpdateRequest,
} from '../../wire/index.ts';
import { json, type Route, route } from '../routes/route.ts';
import type { Administration, FreshKeyFacts, HolderFacts } from './administration.ts';
import { askerOf, changeRoute, changeRouteWithBody, paramsOf } from './attempt.ts';
import { expiryOf, pageOf, queryOf, secondsOf } from './pages.ts';

const usersPath = '/v1/organization/users';
const userPath = `${usersPath}/{user}`;
const servicesPath = '/v1/organization/projects/{project}/service_accounts';
const servicePath = `${servicesPath}/{service}`;
const scope = 'accounts:write';

export function userRoutes(administration: Administration): readonly Route[] {
  const { users } = administration;
  return [
    route({
      ...{ method: 'GET', path: usersPath, scope, summary: 'The people of the organisation' },
      replies: json(pageReply(userReply)),
      handle: async (context, request, reply) => {
        const query = queryOf(context, request, reply, userListQuery);
        const { emails } = query;
        const all = await users.list(askerOf(request), query.after ?? undefined);
        const listed = emails ? all.filter(({ email }) => email !== null && emails.includes(email)) : all;
        return reply.send(pageOf(listed, query, userOf));
      },
    }),
    route({
      ...{ method: 'GET', path: userPath, scope, summary: 'One of the people' },
      replies: json(userReply),
      handle: async (_, request, reply) =>
        reply.send(userOf(await users.get(askerOf(request), paramsOf(request).user ?? ''))),
    }),
    changeRouteWithBody(
      administration,
      {
        ...{ method: 'POST', path: userPath, scope, summary: 'Gives somebody another role' },
        ...{ action: 'role.assignment.created', targetType: 'principal' },
        body: userUpdateRequest,
        replies: json(userReply),
      },
      async (_, request, reply, { role }) => {
        const [asker, user] = [askerOf(request), paramsOf(request).user ?? ''];
        const changed = typeof role === 'string';
        return reply.send(
          userOf(await (changed ? users.setRole(asker, user, role) : users.get(asker, user))),
        );
      },
    ),
    changeRoute(
      administration,
      {
        ...{
          method: 'DELETE',
          path: userPath,
          scope,
          summary: 'Ends the roles of somebody and revokes the keys',
        },
        ...{ action: 'user.deleted', targetType: 'principal' },
        replies: json(deletedReply('organization.user.deleted')),
      },
      async (_, request, reply) => {
        const { user = '' } = paramsOf(request);
        await users.remove(askerOf(request), user);
        return reply.send({ id: user, object: 'organization.user.deleted', deleted: true });
      },
    ),
  ];
}

export function serviceAccountRoutes(administration: Administration): readonly Route[] {
  const { serviceAccounts } = administration;
  return [
    route({
      ...{ method: 'GET', path: servicesPath, scope, summary: 'The services of a project' },
      replies: json(pageReply(serviceAccountReply)),
      handle: async (context, request, reply) => {
        const query = queryOf(context, request, reply, pageQuery);
        const { project = '' } = paramsOf(request);
        const listed = await serviceAccounts.list(askerOf(request), project, query.after ?? undefined);
        return reply.send(pageOf(listed, query, serviceOf));
      },
    }),
    route({
      ...{ method: 'GET', path: servicePath, scope, summary: 'One service of a project' },
      replies: json(serviceAccountReply),
      handle: async (_, request, reply) => {
        const { project = '', service = '' } = paramsOf(request);
        return reply.send(serviceOf(await serviceAccounts.get(askerOf(request), project, service)));
      },
    }),
    ...serviceAccountChanges(administration),
  ];
}

function serviceAccountChanges(administration: Administration): readonly Route[] {
  const { serviceAccounts } = administration;
  return [
    changeRouteWithBody(
      administration,
      {
        ...{ method: 'POST', path: servicesPath, scope, summary: 'Makes a service of a project, with a key' },
        ...{ action: 'service_account.created', targetType: 'account' },
        body: serviceAccountRequest,
        replies: json(freshServiceAccountReply),
      },
      async ({ clock }, request, reply, { name, expires_in_seconds }) => {
        const facts = { name, expiresAt: expiryOf(clock, expires_in_seconds) };
        const { project = '' } = paramsOf(request);
        const { holder, fresh } = await serviceAccounts.create(askerOf(request), project, facts);
        return reply.send({ ...serviceOf(holder), api_key: freshKeyOf(fresh) });
      },
    ),
    changeRouteWithBody(
      administration,
      {
        ...{ method: 'POST', path: `${servicePath}/api_keys`, scope: 'keys:write' },
        summary: 'Makes another key of a service',
        ...{ action: 'api_key.created', targetType: 'principal' },
        body: serviceAccountKeyRequest,
        replies: json(serviceAccountKeyReply),
      },
      async ({ clock }, request, reply, { name, expires_in_seconds }) => {
        const facts = { name: name ?? 'service', expiresAt: expiryOf(clock, expires_in_seconds) };
        const { project = '', service = '' } = paramsOf(request);
        const fresh = await serviceAccounts.createKey(askerOf(request), project, service, facts);
        return reply.send(freshKeyOf(fresh));
      },
    ),
    changeRoute(
      administration,
      {
        ...{ method: 'DELETE', path: servicePath, scope, summary: 'Ends a service and revokes its keys' },
        ...{ action: 'service_account.deleted', targetType: 'principal' },
        replies: json(deletedReply('organization.project.service_account.deleted')),
      },
      async (_, request, reply) => {
        const { project = '', service = '' } = paramsOf(request);
        await serviceAccounts.remove(askerOf(request), project, service);
        return reply.send({
          ...{ id: service, object: 'organization.project.service_account.deleted', deleted: true },
        });
      },
    ),
  ];
}

/** OpenAI's readers are viewers here. */
export function userOf({ id, name, email, createdAt, role }: HolderFacts): { readonly id: string } {
  return {
    ...{ id, object: 'organization.user', name, email, role: role === 'viewer' ? 'reader' : role },
    ...{ added_at: secondsOf(createdAt), is_service_account: false },
  };
}

function serviceOf({ id, name, createdAt, role }: HolderFacts) {
  const object = 'organization.project.service_account';
  return { id, object, name: name ?? '', created_at: secondsOf(createdAt), role: role ?? 'none' };
}

function freshKeyOf({ key: { id, name, createdAt, expiresAt }, secret }: FreshKeyFacts) {
  return {
    ...{ id, object: 'organization.project.service_account.api_key', name, value: secret },
    created_at: secondsOf(createdAt),
    expires_at: expiresAt === null ? null : secondsOf(expiresAt),
  };
}
