// Somebody who can sign in, for the tests that go over all routes: by the token `example`.
import type { SessionFacts, SignIn } from './sign-in.ts';

const facts: SessionFacts = {
  person: { id: 'prn_1', name: 'Anna', email: 'anna@example.org' },
  organisation: { id: 'org_1', name: 'default' },
  accounts: [{ id: 'acc_1', name: 'research' }],
  ...{ roles: ['owner'], scopes: ['inference'], expiresAt: 1_900_000_000_000 },
  expiringKeys: [{ id: 'key_1', name: 'laptop', expiresAt: 1_900_000_000_000 }],
};

export const exampleToken = 'example';

export const exampleSignIn: SignIn = {
  redeem: async (token) => (token === exampleToken ? { facts, secret: 'tgl_ss_secret' } : undefined),
  describe: async () => facts,
  end: async () => {},
  provider: {
    begin: async () => ({ url: 'https://provider.example/authorize', attempt: exampleToken }),
    finish: async () => ({ facts, secret: 'tgl_ss_secret' }),
  },
};
