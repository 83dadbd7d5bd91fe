// How people sign in, what a session may do, and every way in which it ends.
import { expect } from 'vitest';
import type { AccountId, OrganisationId, PrincipalId } from '../../traffic/index.ts';
import { author, forEachDatabase, makeTenant, type OpenedStore, openForTest } from '../contract.ts';
import type { AuthenticatorOptions } from '../keys/authenticator.ts';
import type { Role } from '../terms/roles.ts';

/** Followed by hand. */
const byHand: AuthenticatorOptions = { pollMs: 3_600_000 };
const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const organisationWide = { account: undefined, asksModel: false };
const asking = { account: undefined, asksModel: true };

/** A person of an organisation with two accounts. */
async function withPerson(opened: OpenedStore, role: Role, place?: (accounts: AccountId[]) => AccountId) {
  const { store } = opened;
  const tenant = await makeTenant(opened, 'one');
  const { organisation, account } = tenant;
  opened.clock.advance(1);
  const second = (await store.accounts.create(organisation, author, { name: 'second' })).id;
  const facts = { kind: 'person', name: 'Anna', email: 'anna@example.org' } as const;
  const membership = { account: place?.([account, second]) ?? null, role };
  const { id: person } = await store.principals.create(organisation, author, facts, membership);
  return { ...tenant, second, person };
}

async function signIn({ keys }: OpenedStore, organisation: OrganisationId, person: PrincipalId) {
  const { token } = await keys.signIns.createLink(organisation, person, author);
  return (await keys.signIns.redeem(token, 'req_1'))!;
}

forEachDatabase('sessions', ({ test, newLocation }) => {
  test('are opened by a link once, within ten minutes, and by nothing else', async () => {
    await using opened = await openForTest(await newLocation());
    const { organisation, person, principal } = await withPerson(opened, 'owner');
    const { signIns } = opened.keys;
    const { token, expiresAt } = await signIns.createLink(organisation, person, author);
    expect(expiresAt).toBe(opened.clock.now() + 10 * minuteMs);
    for (const wrong of ['', 'x', `${token}x`, token.slice(0, -1), 'x'.repeat(300)])
      expect(await signIns.redeem(wrong, 'req_1')).toBeUndefined();
    const first = await signIns.redeem(token, 'req_1');
    expect(first).toMatchObject({
      secret: expect.stringMatching(/^tgl_ss_/),
      session: { principal: person },
    });
    expect(await signIns.redeem(token, 'req_2')).toBeUndefined();
    const late = await signIns.createLink(organisation, person, author);
    opened.clock.advance(10 * minuteMs);
    expect(await signIns.redeem(late.token, 'req_3')).toBeUndefined();
    await expect(signIns.createLink(organisation, principal, author)).rejects.toMatchObject({
      code: 'TGL_ID_UNKNOWN',
    });
    const entries = await opened.store.audit.list(organisation, { limit: 10 });
    const told = entries
      .filter(({ action }) => action.startsWith('login'))
      .map(({ action, refused, actor, request }) => [action, refused, actor.type, request]);
    expect(told).toEqual([
      ['login.link.created', 'TGL_ID_UNKNOWN', 'command-line', null],
      ['login.failed', 'TGL_UNAUTHENTICATED', 'server', 'req_3'],
      ['login.link.created', null, 'command-line', null],
      ['login.failed', 'TGL_UNAUTHENTICATED', 'server', 'req_2'],
      ['login.succeeded', null, 'principal', 'req_1'],
      ['login.link.created', null, 'command-line', null],
    ]);
    const written = JSON.stringify(entries);
    expect(written).not.toContain(token);
    expect(written).not.toContain(first!.secret);
  });

  test('of two at once by the same link, one is opened', async () => {
    await using opened = await openForTest(await newLocation());
    const { organisation, person } = await withPerson(opened, 'owner');
    const { token } = await opened.keys.signIns.createLink(organisation, person, author);
    const tried = [1, 2, 3, 4].map((number) => opened.keys.signIns.redeem(token, `req_${number}`));
    expect((await Promise.all(tried)).filter((session) => session !== undefined)).toHaveLength(1);
  });

  test('may do what the roles allow, for the organisation and in each account', async () => {
    await using opened = await openForTest(await newLocation());
    const { organisation, account, second, person } = await withPerson(opened, 'administrator');
    const { secret, session } = await signIn(opened, organisation, person);
    await using authenticator = await opened.keys.authenticator(byHand);
    const known = (asked: object) => authenticator.authenticateSession(secret, { ...asking, ...asked });
    const whole = authenticator.authenticateSession(secret, organisationWide);
    expect(whole).toMatchObject({ organisation, account: null, principalId: person, session: session.id });
    expect(whole!.scopes.has('inference')).toBe(false);
    expect([whole!.scopes.has('keys:write'), whole!.scopes.has('policy:write')]).toEqual([true, false]);
    expect(known({})).toMatchObject({ account, keyId: session.id, cacheScope: account });
    expect(known({ account: second })).toMatchObject({ account: second });
    expect(known({})!.scopes.has('inference')).toBe(true);
    expect(() => known({ account: 'acc_other' })).toThrow(/acc|account/);
    expect(authenticator.authenticateSession('tgl_ss_wrong', asking)).toBeUndefined();
    await opened.store.accounts.archive(organisation, account, author);
    await authenticator.refresh();
    expect(known({})).toMatchObject({ account: second });
    await opened.store.principals.grant(organisation, person, author, { account: null, role: 'viewer' });
    await authenticator.refresh();
    expect([...known({})!.scopes].sort()).toEqual(['models:read', 'usage:read']);
  });

  test('a role in one account gives what a key of it can have, there alone', async () => {
    await using opened = await openForTest(await newLocation());
    const { organisation, account, second, person } = await withPerson(
      opened,
      'owner',
      ([, other]) => other!,
    );
    const { secret } = await signIn(opened, organisation, person);
    await using authenticator = await opened.keys.authenticator(byHand);
    for (const asked of [organisationWide, asking]) {
      const known = authenticator.authenticateSession(secret, asked);
      expect(known).toMatchObject({ account: second });
      expect([...known!.scopes].filter((scope) => /write|audit|guard/.test(scope))).not.toContain(
        'keys:write',
      );
      expect(known!.scopes.has('inference')).toBe(true);
    }
    expect(() => authenticator.authenticateSession(secret, { account, asksModel: true })).toThrow();
  });

  test('end when they are idle, and after a week in any case', async () => {
    await using opened = await openForTest(await newLocation());
    const { organisation, person } = await withPerson(opened, 'owner');
    const { secret } = await signIn(opened, organisation, person);
    const idle = await signIn(opened, organisation, person);
    await using authenticator = await opened.keys.authenticator(byHand);
    const work = async () => {
      await authenticator.refresh();
      const known = [secret, idle.secret].map((text) => authenticator.authenticateSession(text, asking));
      return known.map((principal) => principal !== undefined);
    };
    expect(await work()).toEqual([true, true]);
    for (let hours = 8; hours < 7 * 24; hours += 8) {
      opened.clock.advance(8 * hourMs);
      await authenticator.refresh();
      expect(authenticator.authenticateSession(secret, asking)).toBeDefined();
    }
    expect(await work()).toEqual([true, false]);
    opened.clock.advance(8 * hourMs - 1);
    expect(await work()).toEqual([true, false]);
    opened.clock.advance(1);
    expect(await work()).toEqual([false, false]);
  });

  test.each([
    ['ended', (o: OpenedStore, k: Known) => o.keys.signIns.end(k.organisation, k.session.id, author)],
    [
      'of somebody who was removed',
      (o: OpenedStore, k: Known) => o.store.principals.remove(k.organisation, k.person, author),
    ],
    [
      'of somebody who was erased',
      (o: OpenedStore, k: Known) => o.store.erasures.erase(k.organisation, k.person, author),
    ],
    [
      'of an archived organisation',
      (o: OpenedStore, k: Known) => o.store.organisations.archive(k.organisation, author),
    ],
  ] as const)('one %s is nobody any more, and its running requests end', async (_, end) => {
    await using opened = await openForTest(await newLocation());
    const made = await withPerson(opened, 'owner');
    const fresh = await signIn(opened, made.organisation, made.person);
    const link = await opened.keys.signIns.createLink(made.organisation, made.person, author);
    await using authenticator = await opened.keys.authenticator(byHand);
    const { revoked } = authenticator.authenticateSession(fresh.secret, asking)!;
    await end(opened, { ...made, ...fresh });
    await authenticator.refresh();
    expect(authenticator.authenticateSession(fresh.secret, asking)).toBeUndefined();
    expect(revoked.reason).toMatchObject({ code: 'TGL_SESSION_ENDED' });
    const again = await opened.keys.signIns.redeem(link.token, 'req_2').catch(() => undefined);
    if (again !== undefined) {
      await authenticator.refresh();
      const known = authenticator.authenticateSession(again.secret, asking);
      // Whoever was only signed out may sign in again.
      expect(known !== undefined).toBe(_ === 'ended');
    }
  });

  test('are known to every node, with their use', async () => {
    const location = await newLocation();
    await using opened = await openForTest(location);
    const { organisation, person } = await withPerson(opened, 'owner');
    await using one = await opened.keys.authenticator(byHand);
    await using another = await openForTest(location);
    const fresh = await signIn(opened, organisation, person);
    const two = await another.keys.authenticator(byHand);
    expect(two.authenticateSession(fresh.secret, asking)).toMatchObject({ principalId: person });
    another.clock.advance(11 * hourMs);
    await two.refresh();
    expect(two.authenticateSession(fresh.secret, asking)).toBeDefined();
    // What it noted is written at its end at the latest.
    await two[Symbol.asyncDispose]();
    opened.clock.advance(13 * hourMs);
    await one.refresh();
    expect(one.authenticateSession(fresh.secret, asking)).toMatchObject({ principalId: person });
    expect(await opened.keys.signIns.list(organisation)).toMatchObject([{ id: fresh.session.id }]);
  });

  test('a first person is made once, and never again where people were removed', async () => {
    await using opened = await openForTest(await newLocation());
    const { organisation, principal } = await makeTenant(opened, 'one');
    const { firstPerson } = opened.keys;
    const person = await firstPerson(organisation, author);
    expect(person).not.toBe(principal);
    expect(await firstPerson(organisation, author)).toBe(person);
    const roles = await opened.store.principals.memberships(organisation, person!);
    expect(roles).toEqual([{ account: null, role: 'owner' }]);
    await opened.store.erasures.erase(organisation, person!, author);
    expect(await firstPerson(organisation, author)).toBeUndefined();
  });
});

type Known = Awaited<ReturnType<typeof withPerson>> & Awaited<ReturnType<typeof signIn>>;
