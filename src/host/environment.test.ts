// What each variable of the environment means, and that none is taken on trust.
import { expect, test } from 'vitest';
import { readEnvironment } from './environment.ts';

const home = { TIEGEL_HOME: '/data' };

test('without variables there is a default for everything', () => {
  expect(readEnvironment(home)).toMatchObject({
    ...{ home: '/data', host: '127.0.0.1', port: 8484, offline: false, key: undefined },
    ...{ database: '/data/store/tiegel.db', pepper: undefined },
    ...{ reasoningField: 'both', unknownFields: 'refuse', allowedOrigins: [], logLevel: 'warn' },
    layout: 'measured',
    ...{ collector: undefined, llamaServer: undefined, rayToken: undefined, rewardsToken: undefined },
    hub: { endpoint: 'https://huggingface.co', token: undefined },
  });
});

test.each([
  ['TIEGEL_PORT', '70000'],
  ['TIEGEL_PORT', '8e3'],
  ['HF_ENDPOINT', 'ftp://hub.example'],
  ['OTEL_EXPORTER_OTLP_ENDPOINT', 'collector:4318'],
  ['TIEGEL_REASONING_FIELD', 'constructor'],
  ['TIEGEL_UNKNOWN_FIELDS', 'drop'],
  ['TIEGEL_MAX_SAMPLES', '0'],
  ['TIEGEL_MAX_SAMPLES', '65'],
  ['TIEGEL_WATTS', '0'],
  ['TIEGEL_WATTS', '-5'],
  ['TIEGEL_WATTS', '1 kW'],
  ['TIEGEL_SCORERS', 'https://scores.example'],
  ['TIEGEL_SCORERS', 'helpful=much@https://scores.example'],
  ['TIEGEL_SCORERS', 'helpful=0.5@ftp://scores.example'],
  ['TIEGEL_LOG_LEVEL', 'loud'],
  ['TIEGEL_ALLOW_ORIGINS', 'https://a.example,nonsense'],
  ['TIEGEL_ORIGIN', 'tiegel.example'],
  ['TIEGEL_ORIGIN', 'chrome-extension://abc'],
  ['TIEGEL_LLAMA_SERVER', '/nowhere/llama-server'],
  ['TIEGEL_LAYOUT', 'threads=0'],
  ['TIEGEL_REGION', 'Europe'],
  ['TIEGEL_GUARD', 'block'],
  ['TIEGEL_KEY', 'short'],
  ['TIEGEL_KEY', 'with a blank in the middle'],
  ['TIEGEL_KEY', 'x'.repeat(257)],
])('%s=%s is refused by its name', (name, value) => {
  expect(() => readEnvironment({ ...home, [name]: value })).toThrow(
    expect.objectContaining({ code: 'TGL_ENVIRONMENT_INVALID', message: expect.stringContaining(name) }),
  );
});

test('an empty variable is as good as none', () => {
  const names = ['TIEGEL_PORT', 'TIEGEL_LOG_LEVEL', 'TIEGEL_KEY', 'RAY_AUTH_TOKEN', 'TIEGEL_REWARDS_TOKEN'];
  const empty = readEnvironment({ ...home, ...Object.fromEntries(names.map((name) => [name, ''])) });
  expect(empty).toMatchObject({ port: 8484, logLevel: 'warn', key: undefined, rayToken: undefined });
  expect(empty.rewardsToken).toBeUndefined();
});

test('the key of a server is found in the variable that the operator named', () => {
  const { keyIn } = readEnvironment({ ...home, FAR_KEY: 'secret', EMPTY: '' });
  expect([keyIn('FAR_KEY'), keyIn('EMPTY'), keyIn('OTHER')]).toEqual(['secret', undefined, undefined]);
});

const oidc = { ...home, TIEGEL_OIDC_ISSUER: 'https://id.example/realm', TIEGEL_OIDC_CLIENT_ID: 'tiegel' };

test('a provider of sign-ins has what its variables say', () => {
  const variables = {
    TIEGEL_OIDC_CLIENT_SECRET: 's',
    TIEGEL_OIDC_ROLE_CLAIM: 'groups',
    TIEGEL_OIDC_ROLES: 'cn=admins,cn=b=owner, *=member',
    TIEGEL_OIDC_DOMAINS: 'Example.org, b.example',
  };
  expect(() => readEnvironment({ ...oidc, ...variables })).toThrow(/TIEGEL_OIDC_ROLES is cn=admins/);
  const { oidc: read } = readEnvironment({ ...oidc, ...variables, TIEGEL_OIDC_ROLES: 'a=b=owner, *=member' });
  expect(read).toEqual({
    ...{ issuer: 'https://id.example/realm', clientId: 'tiegel', clientSecret: 's', roleClaim: 'groups' },
    roles: [
      { value: 'a=b', role: 'owner' },
      { value: '*', role: 'member' },
    ],
    domains: ['example.org', 'b.example'],
  });
  expect(readEnvironment(home).oidc).toBeUndefined();
});

test.each([
  ['TIEGEL_OIDC_CLIENT_ID', { TIEGEL_OIDC_CLIENT_ID: '' }],
  ['TIEGEL_OIDC_ISSUER', { TIEGEL_OIDC_ISSUER: 'http://id.example' }],
  ['TIEGEL_OIDC_ISSUER', { TIEGEL_OIDC_ISSUER: 'id.example' }],
  ['TIEGEL_OIDC_ROLES', { TIEGEL_OIDC_ROLE_CLAIM: 'groups', TIEGEL_OIDC_ROLES: 'staff=king' }],
  ['TIEGEL_OIDC_ROLE_CLAIM', { TIEGEL_OIDC_ROLES: 'staff=member' }],
  ['TIEGEL_OIDC_DOMAINS', { TIEGEL_OIDC_DOMAINS: '*.example.org' }],
])('%s is refused by its name in %j', (name, variables) => {
  expect(() => readEnvironment({ ...oidc, ...variables })).toThrow(
    expect.objectContaining({ code: 'TGL_ENVIRONMENT_INVALID', message: expect.stringContaining(name) }),
  );
});
