// What is refused before a change begins, for the scope of the key or for the body, is written down over the whole table of routes; what
// the host refuses itself, it writes down itself.
import { describe, expect, test } from 'vitest';
import { TiegelError } from '../../base/index.ts';
import { exampleOf, isForPeople } from '../example-requests.ts';
import { principalOf, startGateway } from '../testing.ts';
import type { AuditAttempt } from './attempt.ts';
import { exampleAdministration } from './testing.ts';

type Change = readonly [
  method: 'POST' | 'DELETE',
  path: string,
  action: AuditAttempt['action'],
  target: AuditAttempt['target'],
];

const project = '/v1/organization/projects/acc_1';
const service = `${project}/service_accounts/prn_8`;

const changes: readonly Change[] = [
  ['POST', '/v1/organization/projects', 'project.created', { type: 'account', id: 'local' }],
  ['POST', project, 'project.updated', { type: 'account', id: 'acc_1' }],
  ['POST', `${project}/archive`, 'project.archived', { type: 'account', id: 'acc_1' }],
  ['POST', `${project}/api_keys/key_1`, 'api_key.updated', { type: 'api_key', id: 'key_1' }],
  ['DELETE', `${project}/api_keys/key_1`, 'api_key.deleted', { type: 'api_key', id: 'key_1' }],
  ['POST', '/v1/organization/spend_limit', 'rate_limit.updated', { type: 'account', id: 'local' }],
  ['DELETE', `${project}/spend_limit`, 'rate_limit.deleted', { type: 'account', id: 'acc_1' }],
  ['POST', '/v1/organization/admin_api_keys', 'api_key.created', { type: 'api_key', id: 'local' }],
  ['DELETE', '/v1/organization/admin_api_keys/key_2', 'api_key.deleted', { type: 'api_key', id: 'key_2' }],
  ['POST', '/v1/organization/users/prn_1', 'role.assignment.created', { type: 'principal', id: 'prn_1' }],
  ['DELETE', '/v1/organization/users/prn_1', 'user.deleted', { type: 'principal', id: 'prn_1' }],
  ['POST', `${project}/service_accounts`, 'service_account.created', { type: 'account', id: 'acc_1' }],
  ['POST', `${service}/api_keys`, 'api_key.created', { type: 'principal', id: 'prn_8' }],
  ['DELETE', service, 'service_account.deleted', { type: 'principal', id: 'prn_8' }],
  ['POST', '/v1/x/people', 'user.added', { type: 'principal', id: 'local' }],
  ['POST', '/v1/x/people/prn_1/link', 'login.link.created', { type: 'principal', id: 'prn_1' }],
];

describe.each(changes)('%s %s', (method, path, action, target) => {
  test('is written down where its scope is missing or its body is none, and else left to the host', async () => {
    const refusals: unknown[] = [];
    const gone = async (): Promise<never> => {
      throw new TiegelError('TGL_STORE_CONFLICT', { what: 'it', reason: 'it is gone' } as never);
    };
    const group = <Group extends object>(own: Group): Group =>
      Object.fromEntries(Object.keys(own).map((name) => [name, gone])) as Group;
    const principals = new Map([
      ['narrow', principalOf({ keyId: 'key_narrow', scopes: new Set(['models:read']) })],
      ['wide', principalOf({ keyId: 'key_wide' })],
    ]);
    await using server = await startGateway(
      {},
      {
        keys: { givenByOperator: true, authenticate: (key) => principals.get(key) },
        administration: {
          ...exampleAdministration,
          projects: group(exampleAdministration.projects),
          spendLimits: group(exampleAdministration.spendLimits),
          projectKeys: group(exampleAdministration.projectKeys),
          administrationKeys: group(exampleAdministration.administrationKeys),
          users: group(exampleAdministration.users),
          serviceAccounts: group(exampleAdministration.serviceAccounts),
          refused: async (asker, attempt, code) => void refusals.push([asker.key, attempt, code]),
        },
      },
    );
    const status = async (key: string, body?: object): Promise<number> => {
      const headers = {
        authorization: `Bearer ${key}`,
        ...(body !== undefined && { 'content-type': 'application/json' }),
      };
      const init = { method, headers, ...(body !== undefined && { body: JSON.stringify(body) }) };
      return (await fetch(server.url + path, init)).status;
    };
    const route = path
      .replace('acc_1', '{project}')
      .replace('key_1', '{key}')
      .replace('prn_8', '{service}')
      .replace('prn_1', '{user}');
    const hasBody = method === 'POST' && !/(archive|link)$/.test(path);
    const body = hasBody ? exampleOf(route) : undefined;
    expect(isForPeople(path)).toBe(false);
    expect(await status('narrow', body)).toBe(403);
    expect(refusals.splice(0)).toEqual([['key_narrow', { action, target }, 'TGL_SCOPE_MISSING']]);
    expect(await status('wide', body)).toBe(409);
    expect(refusals.splice(0)).toEqual([]);
    if (!hasBody) return;
    expect(await status('wide', { nothing: 'known' })).toBe(400);
    expect(refusals.splice(0)).toEqual([['key_wide', { action, target }, 'TGL_REQUEST_INVALID']]);
  });
});
