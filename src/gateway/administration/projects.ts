// /v1/organization/projects, OpenAI's, and the keys of each: what this program calls accounts.
import {
  deletedReply,
  keyListQuery,
  pageReply,
  projectCreateRequest,
  projectKeyReply,
  projectKeyRequest,
  projectListQuery,
  projectReply,
  projectUpdateRequest,
} from '../../wire/index.ts';
import { json, type Route, route } from '../routes/route.ts';
import type { Administration, HolderFacts, KeyFacts, ProjectFacts } from './administration.ts';
import { askerOf, changeRoute, changeRouteWithBody, paramsOf } from './attempt.ts';
import { expiryOf, pageOf, queryOf, secondsOf } from './pages.ts';

const projectsPath = '/v1/organization/projects';
const projectPath = `${projectsPath}/{project}`;
const keysPath = `${projectPath}/api_keys`;

export function projectRoutes(administration: Administration): readonly Route[] {
  const { projects } = administration;
  const row = {
    method: 'POST',
    scope: 'accounts:write',
    targetType: 'account',
    replies: json(projectReply),
  } as const;
  return [
    route({
      ...{ method: 'GET', path: projectsPath, scope: 'accounts:write', summary: 'The projects' },
      replies: json(pageReply(projectReply)),
      handle: async (context, request, reply) => {
        const query = queryOf(context, request, reply, projectListQuery);
        const all = await projects.list(askerOf(request), query.after ?? undefined);
        const listed =
          query.include_archived === 'true' ? all : all.filter(({ state }) => state === 'active');
        return reply.send(pageOf(listed, query, projectOf));
      },
    }),
    changeRouteWithBody(
      administration,
      {
        ...row,
        ...{ path: projectsPath, action: 'project.created', summary: 'Makes a project' },
        body: projectCreateRequest,
      },
      async (_, request, reply, { name }) =>
        reply.send(projectOf(await projects.create(askerOf(request), { name }))),
    ),
    route({
      ...{ method: 'GET', path: projectPath, scope: 'accounts:write', summary: 'One project' },
      replies: json(projectReply),
      handle: async (_, request, reply) =>
        reply.send(projectOf(await projects.get(askerOf(request), paramsOf(request).project ?? ''))),
    }),
    changeRouteWithBody(
      administration,
      {
        ...row,
        ...{ path: projectPath, action: 'project.updated', summary: 'Gives a project another name' },
        body: projectUpdateRequest,
      },
      async (_, request, reply, { name }) => {
        const [asker, project] = [askerOf(request), paramsOf(request).project ?? ''];
        const changed = typeof name === 'string';
        return reply.send(
          projectOf(
            await (changed ? projects.update(asker, project, { name }) : projects.get(asker, project)),
          ),
        );
      },
    ),
    changeRoute(
      administration,
      {
        ...row,
        ...{
          path: `${projectPath}/archive`,
          action: 'project.archived',
          summary: 'Ends a project and its keys',
        },
      },
      async (_, request, reply) =>
        reply.send(projectOf(await projects.archive(askerOf(request), paramsOf(request).project ?? ''))),
    ),
  ];
}

export function projectKeyRoutes(administration: Administration): readonly Route[] {
  const { projectKeys } = administration;
  const [path, scope] = [`${keysPath}/{key}`, 'keys:write'] as const;
  return [
    route({
      ...{ method: 'GET', path: keysPath, scope, summary: 'The keys of a project' },
      replies: json(pageReply(projectKeyReply)),
      handle: async (context, request, reply) => {
        const query = queryOf(context, request, reply, keyListQuery);
        const { project = '' } = paramsOf(request);
        const all = await projectKeys.list(askerOf(request), project, query.after ?? undefined);
        const { owner_project_access: access } = query;
        const meant = (key: KeyFacts): boolean =>
          access === undefined || access === null || access === 'any' || access === accessOf(key);
        return reply.send(pageOf(all.filter(meant), query, keyOf));
      },
    }),
    route({
      ...{ method: 'GET', path, scope, summary: 'One key of a project, without its secret' },
      replies: json(projectKeyReply),
      handle: async (_, request, reply) => {
        const { project = '', key = '' } = paramsOf(request);
        return reply.send(keyOf(await projectKeys.get(askerOf(request), project, key)));
      },
    }),
    changeRouteWithBody(
      administration,
      {
        ...{ method: 'POST', path, scope, summary: 'Gives a key of a project other scopes or another end' },
        ...{ action: 'api_key.updated', targetType: 'api_key' },
        body: projectKeyRequest,
        replies: json(projectKeyReply),
      },
      async ({ clock }, request, reply, { scopes, expires_in_seconds }) => {
        const { project = '', key = '' } = paramsOf(request);
        const expiresAt = expiryOf(clock, expires_in_seconds);
        const change = { ...(scopes && { scopes }), ...(expiresAt !== undefined && { expiresAt }) };
        return reply.send(keyOf(await projectKeys.update(askerOf(request), project, key, change)));
      },
    ),
    changeRoute(
      administration,
      {
        ...{ method: 'DELETE', path, scope, summary: 'Revokes a key of a project, for ever' },
        ...{ action: 'api_key.deleted', targetType: 'api_key' },
        replies: json(deletedReply('organization.project.api_key.deleted')),
      },
      async (_, request, reply) => {
        const { project = '', key = '' } = paramsOf(request);
        await projectKeys.revoke(askerOf(request), project, key);
        return reply.send({ id: key, object: 'organization.project.api_key.deleted', deleted: true });
      },
    ),
  ];
}

function projectOf({ id, name, state, createdAt }: ProjectFacts) {
  return { id, object: 'organization.project', name, status: state, created_at: secondsOf(createdAt) };
}

function accessOf({ holder }: KeyFacts): 'active' | 'inactive' {
  return holder.role === null ? 'inactive' : 'active';
}

function keyOf(key: KeyFacts) {
  const { id, name, hint, createdAt, expiresAt, lastUsedAt, holder } = key;
  return {
    ...{ id, object: 'organization.project.api_key', name, redacted_value: hint },
    created_at: secondsOf(createdAt),
    expires_at: expiresAt === null ? null : secondsOf(expiresAt),
    last_used_at: lastUsedAt === null ? null : secondsOf(lastUsedAt),
    owner: ownerOf(holder),
    owner_project_access: accessOf(key),
  };
}

function ownerOf({ id, kind, name, email, createdAt, role }: HolderFacts): object {
  const facts = { id, created_at: secondsOf(createdAt), name: name ?? '', role: role ?? 'none' };
  return kind === 'person'
    ? { type: 'user', user: { ...facts, email: email ?? '' } }
    : { type: 'service_account', service_account: facts };
}
