// Administration over HTTP for the tests of its routes: what the host says is given, and what it was asked is looked at.
import { systemClock } from '../../base/index.ts';
import type { GatewayOptions } from '../gateway.ts';
import { principalOf, startGateway, testKey } from '../testing.ts';
import type { Administration, HolderFacts, KeyFacts } from './administration.ts';
import { exampleAdministration } from './testing.ts';

/** 2026-11-30T12:00:00.999Z: no whole second, so that a rounding shows. */
export const made = 1_796_040_000_999;

export const person: HolderFacts = {
  ...{ id: 'prn_anna', kind: 'person', name: 'Anna', email: 'anna@example.org' },
  ...{ createdAt: made, role: 'owner' },
};

export const service: HolderFacts = {
  ...{ id: 'prn_crawler', kind: 'service', name: 'crawler', email: null },
  ...{ createdAt: made, role: 'member' },
};

export const keyOf = (id: string, more: Partial<KeyFacts> = {}): KeyFacts => ({
  ...{ id, name: `name of ${id}`, hint: `tgl_…${id}`, createdAt: made, expiresAt: null, lastUsedAt: null },
  ...{ holder: person, ...more },
});

const secretOfSession = 'tgl_ss_of-anna';

const signedIn = principalOf({
  ...{ account: 'acc_own', principalId: 'prn_anna', keyId: 'ses_1', session: 'ses_1' },
  signedInAt: systemClock.now(),
});
const operator = principalOf({ keyId: 'key_operator' });

export type Told = {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Readonly<Record<string, unknown>>;
};

export type Administered = AsyncDisposable & {
  readonly url: string;
  /** With the key of the operator; a request to a path of people's own comes from a browser that is signed in. */
  readonly ask: (method: string, path: string, body?: object) => Promise<Told>;
};

/** A server whose host answers as `own` says, and as `exampleAdministration` for the rest. */
export async function administered(
  own: Partial<Administration>,
  options: Partial<GatewayOptions> = {},
): Promise<Administered> {
  const server = await startGateway(
    {},
    {
      keys: {
        givenByOperator: true,
        authenticate: (key) => (key === testKey ? operator : undefined),
        authenticateSession: (secret) => (secret === secretOfSession ? signedIn : undefined),
      },
      administration: { ...exampleAdministration, ...own },
      ...options,
    },
  );
  return {
    url: server.url,
    ask: async (method, path, body) => {
      const bySession = { cookie: `tiegel_session=${secretOfSession}`, origin: server.url };
      const headers = {
        ...(path.startsWith('/v1/x/keys') ? bySession : { authorization: `Bearer ${testKey}` }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
      };
      const init = { method, headers, ...(body !== undefined && { body: JSON.stringify(body) }) };
      const response = await fetch(server.url + path, init);
      return {
        ...{ status: response.status, headers: response.headers },
        body: (await response.json()) as Told['body'],
      };
    },
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}

/** The identifiers on a page. */
export function idsOf({ body }: Told): readonly string[] {
  return (body.data as readonly { readonly id: string }[]).map(({ id }) => id);
}
