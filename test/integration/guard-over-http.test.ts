// The guard over HTTP beside a real store: a thief becomes a case that people of its organisation read, act on and clear, and that nobody
// else sees anything of.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openCatalog } from '../../src/catalog/index.ts';
import { type CaseFile, type CaseMaterial, verifyCaseFile } from '../../src/guard/index.ts';
import { signCaseFile } from '../../src/host/guard/case-files.ts';
import { openSignedFile } from '../../src/host/guard/signed-files.ts';
import { author } from '../../src/store/contract.ts';
import { addLimit, limitsAt } from '../../src/store/index.ts';
import type { GuardAccount, GuardCalibration, GuardCaseBody, GuardStatus } from '../../src/wire/index.ts';
import { openClusterCase } from './cluster-case.ts';
import { harvest, type ServedGuard, serveGuard } from './served-guard.ts';
import type { TenantWithKey } from './served-store.ts';

let served: ServedGuard;
let thief: TenantWithKey;
let other: TenantWithKey;
beforeAll(async () => {
  served = await serveGuard();
  thief = await served.server.addTenant('Thief');
  other = await served.server.addTenant('Other');
  harvest(served.guard, thief);
  await served.guard.flush();
});
afterAll(() => served[Symbol.asyncDispose]());

type Answer<Body> = { readonly status: number; readonly body: Body };

async function ask<Body = unknown>(
  path: string,
  key: string,
  body?: object,
): Promise<Answer<Body & { readonly error: { readonly tgl_code: string; readonly fix: string } }>> {
  const response = await fetch(`${served.server.url}/v1/x/guard${path}`, {
    headers: { authorization: `Bearer ${key}`, ...(body && { 'content-type': 'application/json' }) },
    ...(body && { method: 'POST', body: JSON.stringify(body) }),
  });
  return { status: response.status, body: (await response.json()) as never };
}

const secretOf = ({ administration }: TenantWithKey): string => administration.secret;

async function theCase(): Promise<GuardCaseBody> {
  const { body } = await ask<{ data: readonly { id: string }[] }>('/cases', secretOf(thief));
  return (await ask<GuardCaseBody>(`/cases/${body.data[0]!.id}`, secretOf(thief))).body;
}

describe('what was looked at', () => {
  test('is told of the own organisation, with what can alarm', async () => {
    const { body } = await ask<GuardStatus>('', secretOf(thief));
    expect(body).toMatchObject({ setting: 'ask', accounts: 1, requests: 60, open_cases: 1, problem: null });
    const alarming = body.classes.filter(({ can_alarm }) => can_alarm);
    expect(alarming).toMatchObject([{ class: 'undeclared', honest_weeks: 30 }]);
    expect((await ask<GuardStatus>('', secretOf(other))).body).toMatchObject({ accounts: 0, open_cases: 0 });
  });

  test('of the calibration is told to whoever operates the server, and to nobody else', async () => {
    const { store, keys } = served.server.opened;
    const [operator] = await store.organisations.list();
    const [principal] = await store.principals.list(operator!.id);
    const key = { account: null, principal: principal!.id, name: 'k' };
    const { secret } = await keys.create(operator!.id, author, key);
    await served.server.refresh();
    const { status, body } = await ask<GuardCalibration>('/calibration', secret);
    expect([status, body]).toMatchObject([200, { source: 'observed', weeks: 30, links_accounts: false }]);
    expect((await ask('/calibration', secretOf(thief))).status).toBe(403);
  });
});

describe('a case', () => {
  test('says why it was opened, what would clear it and what is not known, and names no other organisation', async () => {
    const found = await theCase();
    expect(found).toMatchObject({ account: thief.account, state: 'open', level: 'ask', class: 'undeclared' });
    expect(found.contributions).toHaveLength(5);
    expect(found.bound).toBeLessThanOrEqual(0.05);
    expect(found.bound).toBeGreaterThan(0);
    expect(found.not_known.length).toBeGreaterThan(2);
    expect(found.log).toMatchObject([{ action: 'guard.case.opened', by: 'server' }]);
    // The kinds of an observed calibration are organisations.
    expect([found.kinds, found.other_kinds]).toEqual([[], served.organisations.length]);
    for (const organisation of served.organisations)
      expect(JSON.stringify(found)).not.toContain(organisation);
  });

  test('is nothing to another organisation, and what it attempts is in its own log', async () => {
    const { id } = await theCase();
    for (const [path, body] of [
      [`/cases/${id}`, undefined],
      [`/cases/${id}/clear`, { reason: 'mine' }],
      [`/cases/${id}/reopen`, { reason: 'mine' }],
      [`/cases/${id}/measures`, { measure: 'block', in_force: true, reason: 'mine' }],
      [`/cases?after=${id}`, undefined],
    ] as const) {
      const told = await ask(path, secretOf(other), body);
      expect([path, told.status, told.body.error.tgl_code]).toEqual([path, 404, 'TGL_GUARD_CASE_UNKNOWN']);
    }
    expect((await theCase()).state).toBe('open');
    const log = await served.server.opened.store.audit.list(other.organisation, { limit: 100 });
    const refused = log.filter(({ refused: code }) => code === 'TGL_GUARD_CASE_UNKNOWN');
    expect(refused.map(({ action, target }) => [action, target.id])).toEqual([
      ['rate_limit.updated', id],
      ['guard.case.reopened', id],
      ['guard.case.cleared', id],
    ]);
  });

  test('has measures that a person begins and ends, each with its reason in the log', async () => {
    const { id } = await theCase();
    const { database } = served.server.opened.store;
    const { clock } = served.server.opened;
    const mine = async () =>
      (await limitsAt(database, clock.now())).filter(
        ({ scope, subject }) => scope === 'account' && subject === thief.account,
      );
    for (const [measure, unit] of [
      ['slow-down', 'reasoning-tokens'],
      ['block', 'requests'],
    ] as const) {
      clock.advance(1000);
      const began = await ask<GuardCaseBody>(`/cases/${id}/measures`, secretOf(thief), {
        ...{ measure, in_force: true, reason: `asked ${measure}` },
      });
      expect(began.body.measures.find(({ name }) => name === measure)?.since).toBe(
        Math.floor(clock.now() / 1000),
      );
      expect(await mine()).toMatchObject([{ unit, enforcement: 'hard' }]);
      expect(began.body.log[0]).toMatchObject({ measure, reason: `asked ${measure}`, by: thief.principal });
      clock.advance(1000);
      const ended = await ask<GuardCaseBody>(`/cases/${id}/measures`, secretOf(thief), {
        ...{ measure, in_force: false, reason: 'answered' },
      });
      expect(ended.body.measures.every(({ since }) => since === null)).toBe(true);
      expect(ended.body.log[0]).toMatchObject({ action: 'rate_limit.deleted', measure, reason: 'answered' });
      expect(await mine()).toEqual([]);
    }
  });

  test('that is blocked is blocked: its account gets an error with a way on', async () => {
    const { id } = await theCase();
    const block = (in_force: boolean) =>
      ask(`/cases/${id}/measures`, secretOf(thief), { measure: 'block', in_force, reason: 'no answer' });
    const chat = async () => {
      await served.server.refresh();
      const response = await fetch(`${served.server.url}/v1/chat/completions`, {
        method: 'POST',
        headers: { authorization: `Bearer ${thief.secret}`, 'content-type': 'application/json' },
        body: JSON.stringify({ model: 'scripted', messages: [{ role: 'user', content: 'hi' }] }),
      });
      return [response.status, await response.text()] as const;
    };
    served.server.opened.clock.advance(1000);
    await block(true);
    const [status, text] = await chat();
    expect(status).toBe(429);
    expect(text).toContain('TGL_');
    served.server.opened.clock.advance(1000);
    await block(false);
    expect((await chat())[0]).toBe(200);
  });

  test('leaves another limit of the kind as it is, and says so', async () => {
    const { store, clock } = served.server.opened;
    const limit = {
      ...({
        organisation: thief.organisation,
        scope: 'account',
        subject: thief.account,
        model: null,
      } as const),
      ...({ unit: 'reasoning-tokens', period: 'day', enforcement: 'hard' } as const),
    };
    clock.advance(1000);
    await addLimit(store.context, author, { ...limit, id: 'own', amount: 5, validFrom: clock.now() });
    const { id } = await theCase();
    const told = await ask(`/cases/${id}/measures`, secretOf(thief), {
      ...{ measure: 'slow-down', in_force: true, reason: 'again' },
    });
    expect([told.status, told.body.error.tgl_code]).toEqual([409, 'TGL_GUARD_MEASURE_REFUSED']);
    expect((await theCase()).measures[0]).toMatchObject({ since: null, other_limit: 'own' });
    clock.advance(1000);
    await addLimit(store.context, author, {
      ...limit,
      id: 'own_ended',
      amount: null,
      validFrom: clock.now(),
    });
  });

  test.each([
    [{}],
    [{ reason: '  ' }],
    [{ reason: 'x'.repeat(1001) }],
    [{ reason: 1 }],
    [{ reason: 'so', more: true }],
  ])('is not cleared by %j', async (body) => {
    const { id } = await theCase();
    const told = await ask(`/cases/${id}/clear`, secretOf(thief), body);
    expect([told.status, told.body.error.tgl_code]).toEqual([400, 'TGL_REQUEST_INVALID']);
    expect((await theCase()).state).toBe('open');
  });

  test('is cleared with its measures, and that can be taken back', async () => {
    const { id } = await theCase();
    const { clock } = served.server.opened;
    clock.advance(1000);
    await ask(`/cases/${id}/measures`, secretOf(thief), {
      measure: 'slow-down',
      in_force: true,
      reason: 'r',
    });
    clock.advance(1000);
    const cleared = await ask<GuardCaseBody>(`/cases/${id}/clear`, secretOf(thief), { reason: 'agreed on' });
    expect(cleared.body.state).toBe('cleared');
    expect(cleared.body.log.slice(0, 2)).toMatchObject([
      ...[
        { measure: 'slow-down', reason: 'agreed on' },
        { action: 'guard.case.cleared', reason: 'agreed on' },
      ],
    ]);
    expect(cleared.body.measures.every(({ since }) => since === null)).toBe(true);
    const late = await ask(`/cases/${id}/measures`, secretOf(thief), {
      ...{ measure: 'block', in_force: true, reason: 'late' },
    });
    expect(late.status).toBe(409);
    const list = await ask<{ data: object[] }>('/cases?state=open', secretOf(thief));
    expect(list.body.data).toEqual([]);
    const again = await ask<GuardCaseBody>(`/cases/${id}/reopen`, secretOf(thief), { reason: 'not agreed' });
    expect(again.body).toMatchObject({ state: 'open', closed_at: null });
    expect(again.body.log[0]).toMatchObject({ action: 'guard.case.reopened', reason: 'not agreed' });
  });
});

describe('the evidence of a case', () => {
  const take = async () => {
    const { id } = await theCase();
    const response = await fetch(`${served.server.url}/v1/x/guard/cases/${id}/evidence`, {
      headers: { authorization: `Bearer ${secretOf(thief)}` },
    });
    expect(response.headers.get('content-disposition')).toBe(`attachment; filename="${id}.json"`);
    return response.text();
  };
  const publicKey = (): string => {
    const { home, opened } = served.server;
    return openCatalog({ home, clock: opened.clock }).attestations.publicKey;
  };

  test('is signed, names no other organisation, and is made again from what is in it', async () => {
    const text = await take();
    const opened = openSignedFile(text, [publicKey()]);
    expect(opened.about).toBe('case');
    const { file, madeAgain } = verifyCaseFile(opened.said);
    expect(madeAgain).toBe(true);
    expect(file.case).toMatchObject({ account: thief.account, level: 'ask', state: 'open' });
    expect(file.evidence.requests).toBe(60);
    const said = JSON.stringify(opened.said);
    for (const organisation of served.organisations) expect(said).not.toContain(organisation);
    expect(() => openSignedFile(text, ['ab'.repeat(32)])).toThrow('not trusted');
  });

  test('that was changed does not follow from its material, whatever was changed', async () => {
    const { said } = openSignedFile(await take(), [publicKey()]);
    const file = said as CaseFile;
    const material = file.material as CaseMaterial;
    for (const changed of [
      { ...file, evidence: { ...file.evidence, verdict: 'nothing' } },
      { ...file, evidence: { ...file.evidence, requests: 61 } },
      { ...file, material: { ...material, cleared: material.cleared + 1 } },
      { ...file, material: { ...material, week: material.week + 1 } },
      { ...file, material: { ...material, useClass: 'rag' } },
      { ...file, more: 1 },
      null,
    ])
      expect(() => verifyCaseFile(changed)).toThrow('not to be believed');
    expect(() => verifyCaseFile({ ...file, material: { ...material, state: 'AAAA' } })).toThrow(/TGL|state/);
  });

  test('whose state was removed is signed all the same, and cannot be made again', async () => {
    const { guard } = served.server.opened.store;
    const { weekOf } = guard;
    Object.assign(guard, { weekOf: async () => undefined });
    const { said } = openSignedFile(await take(), [publicKey()]);
    Object.assign(guard, { weekOf });
    const { file, madeAgain } = verifyCaseFile(said);
    expect([madeAgain, file.material, file.evidence.requests]).toEqual([false, null, 60]);
    for (const organisation of served.organisations) expect(JSON.stringify(said)).not.toContain(organisation);
  });

  test('of several accounts has the others without names', async () => {
    const several = await openClusterCase(served.server.opened, { ...thief, account: 'acc_other' as never });
    const { attestations } = openCatalog({ home: served.server.home, clock: served.server.opened.clock });
    const { store, clock } = served.server.opened;
    const { said } = openSignedFile(await signCaseFile(store, attestations, several, clock), [publicKey()]);
    const { members } = verifyCaseFile(said).file.evidence.cluster!;
    expect(members.filter(({ account }) => account === 'another organisation')).toHaveLength(2);
    await store.guard.clearCase(thief.organisation, several.id, author);
  });
});

describe('a case of accounts of several organisations', () => {
  const administration = async (): Promise<string> => {
    const { store, keys } = served.server.opened;
    const [operator] = await store.organisations.list();
    const [principal] = await store.principals.list(operator!.id);
    const key = { account: null, principal: principal!.id, name: 'cases' };
    const { secret } = await keys.create(operator!.id, author, key);
    await served.server.refresh();
    return secret;
  };
  const openInBoth = async () => {
    served.server.opened.clock.advance(1000);
    const both = new Map([[other.organisation, other.account]]);
    const { id, cluster } = await openClusterCase(served.server.opened, thief, 24, both);
    const states = async () => {
      const all = await served.server.opened.store.guard.cases();
      const its = all.filter((one) => one.cluster === cluster);
      return Object.fromEntries(its.map(({ organisation, state }) => [organisation, state]));
    };
    return { id, states };
  };

  test('is cleared for the own one alone by its people', async () => {
    const { id, states } = await openInBoth();
    const { body } = await ask<GuardCaseBody>(`/cases/${id}`, secretOf(thief));
    expect(body.clears_all).toBe(false);
    expect(body.cluster!.members.filter(({ measured }) => !measured).length).toBeGreaterThanOrEqual(1);
    await ask(`/cases/${id}/clear`, secretOf(thief), { reason: 'ours' });
    expect(await states()).toEqual({ [thief.organisation]: 'cleared', [other.organisation]: 'open' });
    expect((await ask(`/cases/${id}`, secretOf(other))).status).toBe(404);
  });

  test('is cleared in all of them by one act of whoever operates the server, who sees each group once', async () => {
    const { id, states } = await openInBoth();
    const secret = await administration();
    const { body: list } = await ask<{ data: readonly { id: string }[] }>(
      '/cases?state=open&limit=100',
      secret,
    );
    const groups = await served.server.opened.store.guard.cases();
    const open = groups.filter(({ cluster, state }) => cluster !== null && state === 'open');
    expect(list.data).toHaveLength(new Set(open.map(({ cluster }) => cluster)).size);
    const { body } = await ask<GuardCaseBody>(`/cases/${id}`, secret);
    expect(body).toMatchObject({ id, clears_all: true, state: 'open' });
    const measure = { measure: 'block', in_force: true, reason: 'from outside' };
    expect((await ask(`/cases/${id}/measures`, secret, measure)).status).toBe(404);
    const cleared = await ask<GuardCaseBody>(`/cases/${id}/clear`, secret, { reason: 'agreed with both' });
    expect([cleared.status, cleared.body.state]).toEqual([200, 'cleared']);
    expect(await states()).toEqual({ [thief.organisation]: 'cleared', [other.organisation]: 'cleared' });
    for (const { organisation } of [thief, other]) {
      const log = await served.server.opened.store.audit.list(organisation, { limit: 5 });
      expect(log.map(({ action, reason }) => [action, reason])).toContainEqual([
        ...['guard.case.cleared', 'agreed with both'],
      ]);
    }
    // A case of one account of somebody else is nothing to them.
    const alone = groups.find(({ cluster }) => cluster === null)!.id;
    expect((await ask(`/cases/${alone}`, secret)).status).toBe(404);
  });
});

test('a use is declared for an account of the organisation, and shown beside what it asked', async () => {
  const path = `/accounts/${thief.account}/use`;
  expect((await ask(path, secretOf(other), { class: 'agent' })).status).toBe(404);
  const told = await ask(path, secretOf(thief), { class: 'harvest' });
  expect([told.status, told.body.error.tgl_code]).toEqual([400, 'TGL_REQUEST_INVALID']);
  const declared = await ask<GuardAccount>(path, secretOf(thief), {
    class: 'synthetic-data',
    reason: 'signed',
  });
  expect(declared.body).toMatchObject({ id: thief.account, class: 'synthetic-data', requests: 60 });
  const { body } = await ask<{ data: readonly GuardAccount[] }>('/accounts', secretOf(thief));
  expect(body.data).toMatchObject([{ id: thief.account, class: 'synthetic-data' }]);
});
