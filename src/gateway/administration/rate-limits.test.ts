// How the limits of a project on each model are listed and changed over HTTP.
import { expect, test } from 'vitest';
import type { Administration, RateLimitFacts } from './administration.ts';
import { administered, idsOf } from './administration-fixture.ts';

const path = '/v1/organization/projects/acc_1/rate_limits';

const factsOf = (model: string): RateLimitFacts => {
  return { model, requestsPerMinute: 60, tokensPerMinute: null, requestsPerDay: 0 };
};

const withLimits = (own: Partial<Administration['rateLimits']>, refused: Administration['refused']) =>
  administered(
    {
      rateLimits: {
        of: async (_, __, models) => models.map(factsOf),
        update: async (_, __, model, limits) => ({ ...factsOf(model), ...limits }),
        ...own,
      },
      refused,
    },
    {
      models: {
        list: () => ['zephyr', 'ada', 'mid'].map((name) => ({ name, created: 0 })),
        resolve: () => undefined,
      },
    },
  );

const nobody = async (): Promise<void> => expect.unreachable('nothing was refused');

test('every served model has one, in the order of their names, behind the one that is named', async () => {
  const projects: string[] = [];
  await using server = await withLimits(
    {
      of: async (_, project, models) => {
        projects.push(project);
        return models.map(factsOf);
      },
    },
    nobody,
  );
  const page = await server.ask('GET', path);
  expect((page.body.data as object[])[0]).toEqual({
    ...{ id: 'rl-ada', object: 'project.rate_limit', model: 'ada' },
    ...{ max_requests_per_1_minute: 60, max_tokens_per_1_minute: null, max_requests_per_1_day: 0 },
  });
  expect(idsOf(page)).toEqual(['rl-ada', 'rl-mid', 'rl-zephyr']);
  expect(idsOf(await server.ask('GET', `${path}?after=rl-ada`))).toEqual(['rl-mid', 'rl-zephyr']);
  expect(idsOf(await server.ask('GET', `${path}?after=rl-b&limit=1`))).toEqual(['rl-mid']);
  expect(projects).toEqual(['acc_1', 'acc_1', 'acc_1']);
});

test('a change sets what it names, ends what it names as null, and leaves the rest', async () => {
  const changes: unknown[] = [];
  await using server = await withLimits(
    {
      update: async (_, project, model, limits) => {
        changes.push([project, model, limits]);
        return { ...factsOf(model), ...limits };
      },
    },
    nobody,
  );
  const told = await server.ask('POST', `${path}/rl-mid`, { max_requests_per_1_minute: 5 });
  expect(told.body).toMatchObject({ id: 'rl-mid', max_requests_per_1_minute: 5, max_requests_per_1_day: 0 });
  await server.ask('POST', `${path}/rl-mid`, { max_tokens_per_1_minute: null });
  await server.ask('POST', `${path}/rl-mid`, { max_requests_per_1_day: 0 });
  expect(changes).toEqual([
    ['acc_1', 'mid', { requestsPerMinute: 5 }],
    ['acc_1', 'mid', { tokensPerMinute: null }],
    ['acc_1', 'mid', { requestsPerDay: 0 }],
  ]);
});

test.each(['rl-other', 'mid', 'rl-'])(
  'there is none called %s, and that somebody asked is written down',
  async (limit) => {
    const refusals: unknown[] = [];
    await using server = await withLimits(
      { update: () => expect.unreachable('it was changed') },
      async (asker, attempt, code) => void refusals.push([asker.key, attempt, code]),
    );
    const told = await server.ask('POST', `${path}/${limit}`, { max_requests_per_1_minute: 5 });
    expect(told).toMatchObject({
      status: 400,
      body: { error: { param: 'rate_limit_id', message: expect.stringContaining('rl-MODEL') } },
    });
    const attempt = { action: 'rate_limit.updated', target: { type: 'account', id: 'acc_1' } };
    expect(refusals).toEqual([['key_operator', attempt, 'TGL_REQUEST_INVALID']]);
  },
);
