// Of all requests with one idempotency key exactly one runs; what became of it is known for a day, also where its process died.
import { sql } from 'kysely';
import { expect, test as plainTest } from 'vitest';
import { digestOf, systemClock, systemEntropy } from '../../base/index.ts';
import { author, forEachDatabase, makeTenant, type OpenedStore, openForTest } from '../contract.ts';
import { ledgerEntry } from '../ledger/entry-fixture.ts';
import { openLedger } from '../ledger/open-ledger.ts';
import { openStore } from '../open-store.ts';
import {
  type BegunClaim,
  claimLeaseMs,
  type IdempotencyClaim,
  type RunningClaim,
} from './idempotency-rows.ts';

const hour = 60 * 60 * 1000;
const secret = 'the number of the patient is 4711';
const outcome = { outcome: 'finished', promptTokens: 3, completionTokens: 5 };

async function claimant(opened: OpenedStore, name = 'one') {
  const tenant = await makeTenant(opened, name);
  const { key } = await opened.keys.create(tenant.organisation, author, { ...tenant, name: 'k' });
  let requests = 0;
  const claim = (change: Partial<IdempotencyClaim> = {}): IdempotencyClaim => ({
    ...{ organisation: tenant.organisation, key: key.id, route: '/v1/chat/completions' },
    ...{
      idempotencyKey: 'a-key-of-a-client',
      body: Buffer.from(secret),
      request: `req_${name}_${++requests}`,
    },
    ...change,
  });
  return {
    tenant,
    key,
    claim,
    begin: (change: Partial<IdempotencyClaim> = {}) => opened.store.idempotency.begin(claim(change)),
  };
}

function claimOf(begun: BegunClaim): RunningClaim {
  if (begun.type !== 'begun') throw new TypeError(`it is ${begun.type}`);
  return begun.claim;
}

forEachDatabase('idempotency keys', ({ name, test, newLocation }) => {
  test('let exactly one of many requests run, and tell the others while and after it does', async () => {
    await using opened = await openForTest(await newLocation());
    const { begin } = await claimant(opened);
    const begun = await Promise.all(Array.from({ length: 20 }, () => begin()));
    expect(begun.map(({ type }) => type).sort()).toEqual(['begun', ...Array(19).fill('running')]);
    const run = claimOf(begun.find(({ type }) => type === 'begun')!);
    await run.finish(outcome, { text: 'the answer', keptMs: 24 * hour });
    expect(await begin()).toMatchObject({ type: 'done', answer: 'the answer', outcome });
    expect(await begin({ body: Buffer.from('another') })).toMatchObject({ type: 'other-body' });
  });

  test('are of one organisation, API key and route', async () => {
    await using opened = await openForTest(await newLocation());
    const [one, other] = [await claimant(opened, 'one'), await claimant(opened, 'other')];
    expect((await one.begin()).type).toBe('begun');
    for (const begun of [
      await other.begin(),
      await one.begin({ route: '/v1/embeddings' }),
      await one.begin({ key: other.key.id }),
      await one.begin({ idempotencyKey: 'another' }),
    ])
      expect(begun.type).toBe('begun');
  });

  test('are free again where the request came to nothing, and after a day', async () => {
    await using opened = await openForTest(await newLocation());
    const { begin } = await claimant(opened);
    await claimOf(await begin()).release();
    const run = claimOf(await begin({ body: Buffer.from('another') }));
    opened.clock.advance(10_000);
    await run.finish(outcome);
    opened.clock.advance(24 * hour - 10_001);
    expect((await begin()).type).toBe('other-body');
    opened.clock.advance(1);
    expect((await begin()).type).toBe('begun');
  });

  test('of a process that died are free after a minute, and one that comes back late changes nothing', async () => {
    await using opened = await openForTest(await newLocation());
    const { begin } = await claimant(opened);
    const late = claimOf(await begin());
    opened.clock.advance(claimLeaseMs - 1);
    expect((await begin()).type).toBe('running');
    await late.renew();
    opened.clock.advance(claimLeaseMs - 1);
    expect((await begin()).type).toBe('running');
    opened.clock.advance(1);
    const begun = await Promise.all([begin(), begin(), begin()]);
    expect(begun.map(({ type }) => type).sort()).toEqual(['begun', 'running', 'running']);
    await late.finish(outcome);
    await late.release();
    await late.renew();
    expect((await begin()).type).toBe('running');
  });

  test('of a process that died once the request was charged run no second time', async () => {
    await using opened = await openForTest(await newLocation());
    const { begin, claim, key, tenant } = await claimant(opened);
    const dead = claim();
    await opened.store.idempotency.begin(dead);
    const ledger = openLedger(opened.store.database, { writer: 'node_1', onProblem: () => {} });
    const used = { prompt: 3, cached: 0, reasoning: 4, answer: 1 };
    await ledger.append(ledgerEntry(dead.request, { ...tenant, key: key.id, ...used }));
    opened.clock.advance(claimLeaseMs);
    await opened.store.idempotency.removeExpired();
    expect(await begin()).toEqual({
      ...{ type: 'done', answer: undefined, outcome: { request: dead.request, ...outcome } },
    });
    await ledger[Symbol.asyncDispose]();
  });

  test('count what its tiers were charged where several models answered it', async () => {
    await using opened = await openForTest(await newLocation());
    const { begin, claim, key, tenant } = await claimant(opened);
    const dead = claim();
    await opened.store.idempotency.begin(dead);
    const ledger = openLedger(opened.store.database, { writer: 'node_1', onProblem: () => {} });
    for (const tier of [0, 1]) {
      const used = { prompt: 3, cached: 0, reasoning: 2 + tier, answer: 1, parent: dead.request, tier };
      await ledger.append(ledgerEntry(`${dead.request}_${tier}`, { ...tenant, key: key.id, ...used }));
    }
    opened.clock.advance(claimLeaseMs);
    expect(await begin()).toEqual({
      ...{ type: 'done', answer: undefined },
      outcome: { request: dead.request, outcome: 'finished', promptTokens: 6, completionTokens: 7 },
    });
    await ledger[Symbol.asyncDispose]();
  });

  test('keep an answer for as long as was said, and what is over is removed', async () => {
    await using opened = await openForTest(await newLocation());
    const { begin } = await claimant(opened);
    await claimOf(await begin()).finish(outcome, { text: 'the answer', keptMs: 6 * hour });
    const rows = () => opened.store.database.query.selectFrom('idempotency').selectAll().execute();
    opened.clock.advance(6 * hour - 1);
    expect(await begin()).toMatchObject({ answer: 'the answer' });
    opened.clock.advance(1);
    expect(await begin()).toMatchObject({ type: 'done', answer: undefined });
    await opened.store.idempotency.removeExpired();
    expect(await rows()).toMatchObject([{ state: 'done', answer: null }]);
    opened.clock.advance(18 * hour);
    await opened.store.idempotency.removeExpired();
    expect(await rows()).toEqual([]);
  });

  test('leave nothing of key, body and answer that the store alone gives away, and go with their principal', async () => {
    await using opened = await openForTest(await newLocation());
    const { begin, tenant } = await claimant(opened);
    await claimOf(await begin()).finish(outcome, { text: secret, keptMs: hour });
    const [row] = await opened.store.database.query.selectFrom('idempotency').selectAll().execute();
    const stored = JSON.stringify({ ...row, answer: Buffer.from(row!.answer!).toString('latin1') });
    for (const readable of [secret, 'a-key-of-a-client', digestOf(secret), digestOf('a-key-of-a-client')])
      expect(stored).not.toContain(readable);
    // The same body under another key is told apart.
    await begin({ idempotencyKey: 'second' });
    const digests = await opened.store.database.query.selectFrom('idempotency').select('digest').execute();
    expect(new Set(digests.map(({ digest }) => digest)).size).toBe(2);
    await opened.store.erasures.erase(tenant.organisation, tenant.principal, author);
    expect(await opened.store.database.query.selectFrom('idempotency').selectAll().execute()).toEqual([]);
  });

  test('look at the ledger and the answers that are over by an index', async () => {
    await using opened = await openForTest(await newLocation());
    const explain = name === 'SQLite' ? sql`explain query plan ` : sql`explain `;
    const { query } = opened.store.database;
    if (name === 'PostgreSQL') await sql`set enable_seqscan = off`.execute(query);
    for (const statement of [
      sql`select outcome from ledger where request = 'r' and kind = 'settle' and organisation = 'o'`,
      sql`select outcome from ledger where parent = 'r' and kind = 'settle' and organisation = 'o' order by seq`,
      sql`select digest from idempotency where answer_expires_at <= 5`,
      sql`select digest from idempotency where expires_at <= 5`,
    ]) {
      const { rows } = await sql`${explain}${statement}`.execute(query);
      expect(JSON.stringify(rows)).toMatch(name === 'SQLite' ? /SEARCH .* USING INDEX/ : /Index/);
    }
  });
});

plainTest('a store that fails refuses a request instead of letting it run', async () => {
  let works = true;
  await using store = await openStore(':memory:', {
    clock: systemClock,
    entropy: systemEntropy,
    around: async (_, run) => {
      if (!works) throw Object.assign(new Error('full'), { code: 'ERR_SQLITE_ERROR', errcode: 13 });
      return run();
    },
  });
  works = false;
  const claim = { route: '/', idempotencyKey: 'k', body: Buffer.from('b'), request: 'req_1' };
  const asked = { ...claim, organisation: 'o', key: 'k' } as unknown as IdempotencyClaim;
  await expect(store.idempotency.begin(asked)).rejects.toMatchObject({ code: 'TGL_STORE_UNAVAILABLE' });
});
