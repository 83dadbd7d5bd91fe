// How projects and their keys are told and changed over HTTP.
import { expect, test } from 'vitest';
import { manualClock } from '../../base/index.ts';
import type { Administration, ProjectFacts } from './administration.ts';
import { administered, idsOf, keyOf, made, person, service } from './administration-fixture.ts';
import { exampleAdministration } from './testing.ts';

const path = '/v1/organization/projects';
const seconds = Math.floor(made / 1000);

const projectOf = (id: string, state: ProjectFacts['state'] = 'active'): ProjectFacts => {
  return { id, name: `name of ${id}`, state, createdAt: made };
};

const withProjects = (projects: Partial<Administration['projects']>) =>
  administered({ projects: { ...exampleAdministration.projects, ...projects } });

const withKeys = (projectKeys: Partial<Administration['projectKeys']>) =>
  administered(
    { projectKeys: { ...exampleAdministration.projectKeys, ...projectKeys } },
    { clock: manualClock(made) },
  );

test('archived projects are listed where they are asked for', async () => {
  const after: unknown[] = [];
  await using server = await withProjects({
    list: async (_, last) => {
      after.push(last);
      return [projectOf('acc_1'), projectOf('acc_2', 'archived'), projectOf('acc_3')];
    },
  });
  const listed = async (query: string) => idsOf(await server.ask('GET', `${path}?${query}`));
  expect(await listed('')).toEqual(['acc_1', 'acc_3']);
  expect(await listed('include_archived=false')).toEqual(['acc_1', 'acc_3']);
  expect(await listed('include_archived=true&after=acc_0')).toEqual(['acc_1', 'acc_2', 'acc_3']);
  expect(after).toEqual([undefined, undefined, 'acc_0']);
});

test('a page says whether more follows, and has twenty entries where no number was asked for', async () => {
  let count = 20;
  await using server = await withProjects({
    list: async () => Array.from({ length: count }, (_, index) => projectOf(`acc_${index}`)),
  });
  const shown = async (query = ''): Promise<unknown> => {
    const { data, first_id, last_id, has_more } = (await server.ask('GET', path + query)).body;
    return [(data as readonly object[]).length, first_id, last_id, has_more];
  };
  expect(await shown()).toEqual([20, 'acc_0', 'acc_19', false]);
  count = 21;
  expect(await shown()).toEqual([20, 'acc_0', 'acc_19', true]);
  expect(await shown('?limit=21')).toEqual([21, 'acc_0', 'acc_20', false]);
  count = 0;
  expect(await shown()).toEqual([0, null, null, false]);
});

test('a project is read, made, renamed and archived by its path', async () => {
  const done: unknown[] = [];
  await using server = await withProjects({
    get: async (_, project) => projectOf(project),
    create: async (asker, facts) => {
      done.push(['create', asker.organisation, facts]);
      return projectOf('acc_new');
    },
    update: async (_, project, facts) => {
      done.push(['update', project, facts]);
      return { ...projectOf(project), ...facts };
    },
    archive: async (_, project) => {
      done.push(['archive', project]);
      return projectOf(project, 'archived');
    },
  });
  const told = {
    ...{ id: 'acc_7', object: 'organization.project', name: 'name of acc_7', status: 'active' },
    created_at: seconds,
  };
  expect((await server.ask('GET', `${path}/acc_7`)).body).toEqual(told);
  expect((await server.ask('POST', path, { name: 'new' })).body).toMatchObject({ id: 'acc_new' });
  expect((await server.ask('POST', `${path}/acc_7`, { name: 'other' })).body).toEqual({
    ...{ ...told, name: 'other' },
  });
  expect((await server.ask('POST', `${path}/acc_7`, {})).body).toEqual(told);
  expect((await server.ask('POST', `${path}/acc_7/archive`)).body).toEqual({ ...told, status: 'archived' });
  expect(done).toEqual([
    ['create', 'local', { name: 'new' }],
    ['update', 'acc_7', { name: 'other' }],
    ['archive', 'acc_7'],
  ]);
});

test('a key of a project is told with its owner, whatever the owner lacks', async () => {
  const times = { expiresAt: made + 60_000, lastUsedAt: made - 60_000 };
  const bare = { name: null, email: null, role: null };
  const keys = [
    keyOf('key_1', times),
    keyOf('key_2', { holder: { ...person, ...bare } }),
    keyOf('key_3', { holder: { ...service, ...bare } }),
  ];
  await using server = await withKeys({ list: async () => keys });
  const told = {
    ...{ id: 'key_1', object: 'organization.project.api_key', name: 'name of key_1' },
    ...{
      redacted_value: 'tgl_…key_1',
      created_at: seconds,
      expires_at: seconds + 60,
      last_used_at: seconds - 60,
    },
    owner: {
      type: 'user',
      user: { id: 'prn_anna', created_at: seconds, name: 'Anna', role: 'owner', email: 'anna@example.org' },
    },
    owner_project_access: 'active',
  };
  const { data } = (await server.ask('GET', `${path}/acc_1/api_keys`)).body;
  expect(data).toEqual([
    told,
    expect.objectContaining({
      ...{ id: 'key_2', expires_at: null, last_used_at: null, owner_project_access: 'inactive' },
      owner: {
        type: 'user',
        user: { id: 'prn_anna', created_at: seconds, name: '', role: 'none', email: '' },
      },
    }),
    expect.objectContaining({
      owner: {
        type: 'service_account',
        service_account: { id: 'prn_crawler', created_at: seconds, name: '', role: 'none' },
      },
    }),
  ]);
});

test('keys are listed by whether their owner still belongs to the project', async () => {
  const asked: unknown[] = [];
  await using server = await withKeys({
    list: async (_, project, after) => {
      asked.push([project, after]);
      return [keyOf('key_1'), keyOf('key_2', { holder: { ...person, role: null } })];
    },
  });
  const listed = async (query: string) => idsOf(await server.ask('GET', `${path}/acc_1/api_keys?${query}`));
  expect(await listed('')).toEqual(['key_1', 'key_2']);
  expect(await listed('owner_project_access=any')).toEqual(['key_1', 'key_2']);
  expect(await listed('owner_project_access=active')).toEqual(['key_1']);
  expect(await listed('owner_project_access=inactive&after=key_0')).toEqual(['key_2']);
  expect(asked.at(-1)).toEqual(['acc_1', 'key_0']);
});

test('a key of a project is changed in what is given, and revoked by its path', async () => {
  const done: unknown[] = [];
  await using server = await withKeys({
    get: async (_, project, key) => keyOf(`${project} ${key}`),
    update: async (_, project, key, change) => {
      done.push([project, key, change]);
      return keyOf(key);
    },
    revoke: async (_, project, key) => void done.push([project, key]),
  });
  const own = `${path}/acc_1/api_keys/key_1`;
  expect((await server.ask('GET', own)).body).toMatchObject({ id: 'acc_1 key_1' });
  for (const change of [{ scopes: ['inference'] }, { expires_in_seconds: 60 }, {}])
    expect((await server.ask('POST', own, change)).body).toMatchObject({ id: 'key_1' });
  expect((await server.ask('DELETE', own)).body).toEqual({
    ...{ id: 'key_1', object: 'organization.project.api_key.deleted', deleted: true },
  });
  expect(done).toEqual([
    ['acc_1', 'key_1', { scopes: ['inference'] }],
    ['acc_1', 'key_1', { expiresAt: made + 60_000 }],
    ['acc_1', 'key_1', {}],
    ['acc_1', 'key_1'],
  ]);
});
