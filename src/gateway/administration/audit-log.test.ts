// What a reader of the audit log asks of the host, and how its entries are told.
import { expect, test } from 'vitest';
import type { AuditFacts, AuditQuestion } from './administration.ts';
import { administered, idsOf, made } from './administration-fixture.ts';

const path = '/v1/organization/audit_logs';

const entryOf = (id: string, more: Partial<AuditFacts> = {}): AuditFacts => ({
  ...{ id, seq: 7, at: made, action: 'project.created' },
  actor: { type: 'key', key: 'key_1', holder: { id: 'prn_1', kind: 'person' } },
  target: { type: 'account', id: 'acc_1' },
  ...{ refused: null, changed: ['name'], before: 'b', after: 'a', reason: 'why', request: 'req_1' },
  ...{ policyVersion: 3, ...more },
});

test.each<[string, Partial<AuditQuestion>]>([
  ['', {}],
  ['effective_at[gte]=10', { from: 10_000 }],
  ['effective_at[gt]=10', { from: 11_000 }],
  ['effective_at[lt]=20', { to: 20_000 }],
  ['effective_at[lte]=20', { to: 21_000 }],
  ['effective_at[gte]=0&effective_at[lt]=0', { from: 0, to: 0 }],
  [
    'effective_at[gte]=10&effective_at[gt]=12&effective_at[lt]=30&effective_at[lte]=20',
    { from: 13_000, to: 21_000 },
  ],
  [
    'effective_at[gte]=14&effective_at[gt]=12&effective_at[lt]=19&effective_at[lte]=20',
    { from: 14_000, to: 19_000 },
  ],
  [
    'event_types[]=project.created&event_types[]=project.updated',
    { actions: ['project.created', 'project.updated'] },
  ],
  ['actor_ids[]=prn_1', { actors: ['prn_1'] }],
  ['actor_emails[]=anna@example.org', { actorEmails: ['anna@example.org'] }],
  ['resource_ids[]=acc_1', { targets: ['acc_1'] }],
  ['project_ids[]=acc_2', { projects: ['acc_2'] }],
  ['after=audit_1', { after: 'audit_1' }],
  ['before=audit_1&limit=5', { before: 'audit_1', limit: 6 }],
])('the query %j asks for what it says, and for one entry more than it shows', async (query, wanted) => {
  const asked: AuditQuestion[] = [];
  await using server = await administered({
    auditLog: async (_, question) => {
      asked.push(question);
      return [];
    },
  });
  const { status, body } = await server.ask('GET', `${path}?${query}`);
  expect([status, body]).toEqual([
    200,
    { object: 'list', data: [], first_id: null, last_id: null, has_more: false },
  ]);
  const given = Object.fromEntries(Object.entries(asked[0]!).filter(([, value]) => value !== undefined));
  expect(given).toEqual({ limit: 21, ...wanted });
});

test.each([
  ['effective_at[gte]=x', 'effective_at'],
  ['effective_at[since]=1', 'effective_at'],
  ['effective_at=1', 'effective_at'],
  ['event_types=project.created', 'event_types'],
  ['limit=0', 'limit'],
  ['limit=1e1', 'limit'],
  ['limit=-1', 'limit'],
  ['others=1', 'others'],
])('the query %j is refused by name, and asks for nothing', async (query, field) => {
  await using server = await administered({ auditLog: () => expect.unreachable('it was asked') });
  const { status, body } = await server.ask('GET', `${path}?${query}`);
  expect([status, JSON.stringify(body)]).toEqual([400, expect.stringContaining(field)]);
});

test('of a page the entry too many is left out: the last one, or going back from `before` the first', async () => {
  const entries = ['a', 'b', 'c'].map((id) => entryOf(id));
  await using server = await administered({ auditLog: async () => entries });
  const page = async (query: string): Promise<unknown> => {
    const told = await server.ask('GET', `${path}?${query}`);
    const { first_id, last_id, has_more } = told.body;
    return [idsOf(told), first_id, last_id, has_more];
  };
  expect(await page('limit=2')).toEqual([['a', 'b'], 'a', 'b', true]);
  expect(await page('limit=2&before=d')).toEqual([['b', 'c'], 'b', 'c', true]);
  expect(await page('limit=2&before=d&after=0')).toEqual([['a', 'b'], 'a', 'b', true]);
  expect(await page('limit=3')).toEqual([['a', 'b', 'c'], 'a', 'c', false]);
});

test('an entry names who acted, and its action only where it happened', async () => {
  const holder = { id: 'prn_1', kind: 'service' } as const;
  await using server = await administered({
    auditLog: async () => [
      entryOf('done'),
      entryOf('refused', { refused: 'TGL_SCOPE_MISSING' }),
      entryOf('service', { actor: { type: 'key', key: 'key_2', holder } }),
      entryOf('session', { actor: { type: 'principal', key: null, holder: { ...holder, kind: 'person' } } }),
      entryOf('command', { actor: { type: 'command-line', key: null, holder: null } }),
    ],
  });
  const { data } = (await server.ask('GET', path)).body as unknown as {
    readonly data: readonly Record<string, unknown>[];
  };
  expect(data[0]).toEqual({
    ...{ id: 'done', type: 'project.created', effective_at: Math.floor(made / 1000) },
    actor: { type: 'api_key', api_key: { id: 'key_1', type: 'user', user: { id: 'prn_1' } } },
    'project.created': { id: 'acc_1' },
    x_tiegel: {
      ...{ seq: 7, actor: 'key', target: { type: 'account', id: 'acc_1' }, refused: null },
      ...{ changed: ['name'], before: 'b', after: 'a', reason: 'why', request: 'req_1', policy_version: 3 },
    },
  });
  expect(data[1]).not.toHaveProperty(['project.created']);
  expect(data[1]).toMatchObject({ type: 'project.created', x_tiegel: { refused: 'TGL_SCOPE_MISSING' } });
  expect(data.slice(2).map(({ actor }) => actor)).toEqual([
    { type: 'api_key', api_key: { id: 'key_2', type: 'service_account', service_account: { id: 'prn_1' } } },
    { type: 'session', session: { user: { id: 'prn_1' } } },
    null,
  ]);
});
