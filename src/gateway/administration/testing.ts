// An organisation with one of everything, for the tests that go over all routes.
import type { Administration, KeyFacts, ProjectFacts } from './administration.ts';

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

export const exampleAdministration: Administration = {
  refused: async () => {},
  projects: {
    list: async () => [project],
    get: async () => project,
    create: async () => project,
    update: async () => project,
    archive: async () => project,
  },
  projectKeys: { list: async () => [key], get: async () => key, revoke: async () => {} },
};
