// An organisation with one of everything, for the tests that go over all routes.
import type {
  Administration,
  KeyFacts,
  OwnKeyFacts,
  ProjectFacts,
  RateLimitFacts,
} from './administration.ts';
import type { DataPolicies, PolicyFacts } from './data-policies.ts';

const project: ProjectFacts = {
  id: 'acc_1',
  name: 'research',
  state: 'active',
  createdAt: 1_700_000_000_000,
};

const key: KeyFacts = {
  ...{ id: 'key_1', name: 'laptop', hint: 'tgl_sk_…abcd', createdAt: project.createdAt },
  ...{ expiresAt: null, lastUsedAt: null },
  holder: {
    ...{ id: 'prn_1', kind: 'person', name: 'Anna', email: 'anna@example.org' },
    ...{ createdAt: project.createdAt, role: 'member' },
  },
};

const { holder: _, ...plain } = key;
const ownKey: OwnKeyFacts = {
  ...plain,
  account: project.id,
  expiresSoon: false,
  scopes: ['inference'],
  models: null,
};

const limits: RateLimitFacts = {
  ...{ model: 'scripted', requestsPerMinute: 60, tokensPerMinute: null, requestsPerDay: null },
};

export const exampleAdministration: Administration = {
  refused: async () => {},
  projects: {
    list: async () => [project],
    get: async () => project,
    create: async () => project,
    update: async () => project,
    archive: async () => project,
  },
  projectKeys: {
    list: async () => [key],
    get: async () => key,
    update: async () => key,
    revoke: async () => {},
  },
  spendLimits: {
    get: async () => ({ currency: 'USD', hundredths: 2500 }),
    set: async (_, __, limit) => limit,
    remove: async () => {},
  },
  administrationKeys: {
    list: async () => [key],
    madeAt: async () => key,
    get: async () => key,
    create: async () => ({ key, secret: 'tgl_ak_secret' }),
    revoke: async () => {},
  },
  rateLimits: { of: async () => [limits], update: async () => limits },
  users: {
    list: async () => [key.holder],
    get: async () => key.holder,
    add: async () => key.holder,
    createLink: async () => ({ token: 'tgl_sl_token', expiresAt: project.createdAt }),
    setRole: async () => key.holder,
    remove: async () => {},
  },
  ownKeys: {
    list: async () => [ownKey],
    create: async () => ({ key: ownKey, secret: 'tgl_sk_secret' }),
    rotate: async () => ({ key: ownKey, secret: 'tgl_sk_secret' }),
    revoke: async () => {},
  },
  serviceAccounts: {
    list: async () => [key.holder],
    get: async () => key.holder,
    create: async () => ({ holder: key.holder, fresh: { key, secret: 'tgl_sk_secret' } }),
    createKey: async () => ({ key, secret: 'tgl_sk_secret' }),
    remove: async () => {},
  },
  auditLog: async () => [
    {
      ...{ id: 'audit_1', seq: 1, at: project.createdAt, action: 'project.created' },
      actor: { type: 'key', key: 'key_1', holder: { id: 'prn_1', kind: 'service' } },
      target: { type: 'account', id: project.id },
      ...{
        refused: null,
        changed: ['name'],
        before: null,
        after: null,
        reason: null,
        request: null,
        policyVersion: 1,
      },
    },
  ],
};

const policy: PolicyFacts = {
  ...{ account: null, version: 1, policy: {}, document: { schema: 1 }, setAt: project.createdAt },
  models: [{ name: 'scripted', allowed: false, forbidden: ['egress (own hardware)'] }],
};

const erasure = {
  ...{ principal: 'example', erased: false },
  gone: [{ what: 'personal data', count: 1 }],
  remains: [{ what: 'the random identifier', why: 'the chains' }],
};

export const exampleDataPolicies: DataPolicies = {
  presets: [{ name: 'eu-only', text: 'engines in the EU' }],
  list: async () => [policy],
  preview: async () => policy,
  set: async () => policy,
  previewErasure: async () => erasure,
  erase: async () => erasure,
};
