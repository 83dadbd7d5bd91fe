// Two tenants on one server: over every route there is, nothing of the one appears to the other, and what is the other's is to it as
// what is not there, whether they are two organisations or two projects of one. And whoever has no key that holds is told the same,
// whatever is wrong with it.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { allRoutes } from '../../src/gateway/example-requests.ts';
import { testModel } from '../../src/gateway/testing.ts';
import { author } from '../../src/store/contract.ts';
import { type Answer, answerOf, ask, routeNamed } from './served-store.ts';
import {
  keyOf,
  placesOf,
  privateModel,
  separations,
  strange,
  type TwoTenants,
  twoTenants,
} from './two-tenants.ts';

const chat = routeNamed('/v1/chat/completions');

/** First what tells of the past, so that it has nothing of the requests of this test. */
const inOrder = allRoutes.toSorted(
  (one, other) => Number(other.path.includes('/organization/')) - Number(one.path.includes('/organization/')),
);

const places = allRoutes.flatMap((route) => placesOf(route).map((place) => ({ route, place })));

describe.each(separations)('of two %s on one server', (apart) => {
  let busy: TwoTenants;
  beforeAll(async () => {
    busy = await twoTenants(apart, true);
  });
  afterAll(() => busy[Symbol.asyncDispose]());

  test('whatever the other one does, the answers of all routes are byte for byte the same', async () => {
    await using idle = await twoTenants(apart, false);
    const hiding = ({ mine, server }: TwoTenants, { headers, body, status }: Answer): Answer => {
      const hide = (text: string): string =>
        [mine.organisation, mine.account, mine.principal, mine.key.id, new URL(server.url).host].reduce(
          (left, id) => left.replaceAll(id, 'MINE'),
          text.replaceAll(/[0-9a-f]{24,}|req_\w+|tgl_[as]k_[\w.]+/g, 'RANDOM'),
        );
      return { status, headers: hide(headers), body: hide(body) };
    };
    const seen: string[] = [];
    for (const route of inOrder) {
      const [whenBusy, whenIdle] = [
        await ask(busy.server, route, keyOf(busy, busy.mine, route)),
        await ask(idle.server, route, keyOf(idle, idle.mine, route)),
      ];
      expect([route.path, hiding(busy, whenBusy)]).toEqual([route.path, hiding(idle, whenIdle)]);
      seen.push(JSON.stringify(whenBusy));
    }
    const { theirs, running } = busy;
    const all = seen.join('\n');
    const whole = apart === 'organisations' ? [theirs.organisation] : [];
    const identifiers = [...whole, theirs.account, theirs.principal, theirs.key.id, running];
    for (const text of [...identifiers, 'their-private', theirs.secret]) expect(all).not.toContain(text);
  });

  test('nothing that the engine keeps for one account is kept for another', async () => {
    const { server, mine, theirs, scopes } = busy;
    await ask(server, chat, mine.secret);
    expect(scopes()).toEqual(new Set([mine.account, theirs.account]));
  });

  test('an idempotency key that the other one used is a fresh one', async () => {
    const { server, mine, theirs } = busy;
    for (const content of ['hi', 'something else']) {
      for (const { secret } of [theirs, mine]) {
        const told = await ask(server, chat, secret, (path, init) => [
          path,
          {
            ...init,
            headers: { ...(init.headers as object), 'idempotency-key': 'shared' },
            body: JSON.stringify({ model: testModel, messages: [{ role: 'user', content }] }),
          },
        ]);
        // To each of them the second body is another one than its own first, whatever the other one sent.
        expect([content, told.status]).toEqual([content, content === 'hi' ? 200 : 422]);
        expect(told.headers).not.toContain('idempotent-replayed');
      }
    }
  });

  test('a model that went lists those alone which the key may ask', async () => {
    const { server, mine } = busy;
    const { status, body } = await ask(server, chat, mine.secret, (path, init) => [
      path,
      {
        ...init,
        body: JSON.stringify({ model: 'a-model-that-went', messages: [{ role: 'user', content: 'hi' }] }),
      },
    ]);
    expect([status, body]).toEqual([404, expect.stringContaining(`the catalog holds ${testModel}.`)]);
    expect(body).not.toContain(privateModel);
  });

  test.each(places.map((one) => [`${one.route.path} ${one.place.name}`, one] as const))(
    '%s: what is the other’s is answered as what is not there',
    async (_, { route, place }) => {
      // Entries of their own log about what was tried with either.
      const own = /audit_[0-9a-f]+|"seq":\d+|req_\w+/g;
      const answers = [];
      for (const value of place.values(busy)) {
        const told = await ask(busy.server, route, keyOf(busy, busy.mine, route), (path, init) =>
          place.put(value, path, init, busy),
        );
        // What a limit leaves goes down with every request.
        const headers = told.headers.replaceAll(
          /^(x-ratelimit-remaining-requests: |ratelimit: .*;r=)\d+/gm,
          '$1…',
        );
        answers.push({ ...told, headers, body: told.body.replaceAll(value, 'VALUE').replaceAll(own, '…') });
      }
      expect(answers[0]).toEqual(answers[1]);
    },
  );

  test('their running request is not ended by a key of the other one, and is by their own', async () => {
    const { server, mine, theirs, running } = busy;
    const end = async (key: string): Promise<number> =>
      (
        await ask(server, routeNamed('/v1/requests/{id}/end-thinking'), key, (_, init) => [
          `/v1/requests/chatcmpl_${running}/end-thinking`,
          init,
        ])
      ).status;
    expect(await end(mine.secret)).toBe(404);
    expect(await end(server.operatorKey)).toBe(404);
    expect(await end(theirs.secret)).toBe(200);
  });
});

describe('two organisations', () => {
  let busy: TwoTenants;
  beforeAll(async () => {
    busy = await twoTenants('organisations', true);
  });
  afterAll(() => busy[Symbol.asyncDispose]());

  test('what concerns the whole server is for the organisation that operates it', async () => {
    const { server, mine } = busy;
    for (const path of ['/metrics', '/api/pull']) {
      expect([path, (await ask(server, routeNamed(path), mine.secret)).status]).toEqual([path, 403]);
      expect([path, (await ask(server, routeNamed(path), server.operatorKey)).status]).toEqual([path, 200]);
    }
  });

  describe('whoever has no key that holds', () => {
    const closed = allRoutes.filter(({ scope }) => scope !== 'public');
    const bearer = (key: string) => ({ authorization: `Bearer ${key}` });
    let presented: Readonly<Record<string, Readonly<Record<string, string>>>>;
    beforeAll(async () => {
      const { server, mine } = busy;
      const { keys, clock, store } = server.opened;
      const expired = await server.addKey(mine, { expiresAt: clock.now() + 1 });
      const revoked = await server.addKey(mine);
      await keys.revoke(mine.organisation, revoked.key.id, author);
      const archived = await server.addTenant('archived');
      await store.organisations.archive(archived.organisation, author);
      const elsewhere = await server.addKey(mine, { networks: ['192.0.2.0/24'] });
      const rotated = await server.addKey(mine);
      await keys.rotate(mine.organisation, rotated.key.id, author, { overlapMs: 1 });
      clock.advance(2);
      await server.refresh();
      presented = {
        nothing: {},
        'a wrong key': bearer(strange(mine.secret)),
        'a text that is no key': bearer('x'),
        'a key that is too long': bearer(mine.secret.repeat(10)),
        'a key in two words': bearer(`${mine.secret} ${mine.secret}`),
        'another scheme': { authorization: `Basic ${mine.secret}` },
        'a wrong key in the other header': { 'x-api-key': strange(mine.secret) },
        'a wrong key before a right one': { ...bearer('x'), 'x-api-key': mine.secret },
        'an expired key': bearer(expired.secret),
        'a revoked key': bearer(revoked.secret),
        'a key of an archived organisation': bearer(archived.secret),
        'a key that may not be used from here': bearer(elsewhere.secret),
        'the secret before a rotation': bearer(rotated.secret),
      };
    });

    const paths = [...closed.map((route) => [`${route.method} ${route.path}`, route] as const)];
    test.each([...paths, ['a path that is none', undefined] as const])(
      'is told the same over %s',
      async (_, route) => {
        const answers = new Set<string>();
        for (const [what, headers] of Object.entries(presented)) {
          const told =
            route === undefined
              ? await answerOf(await fetch(`${busy.server.url}/v1/nothing`, { headers }))
              : await ask(busy.server, route, null, (path, init) => [
                  path,
                  { ...init, headers: { ...(init.headers as object), ...headers } },
                ]);
          expect([what, told.status]).toEqual([what, 401]);
          answers.add(JSON.stringify(told));
        }
        expect([...answers]).toHaveLength(1);
      },
    );
  });
});
