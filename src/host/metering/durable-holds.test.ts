// Requests to an engine that costs somebody else's money: what is in the ledger before they leave, and what ends it.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { systemClock as clock, systemEntropy as entropy, TiegelError } from '../../base/index.ts';
import { eventually, servedBy, startGateway, testKey, testModel } from '../../gateway/testing.ts';
import { parseAmount } from '../../prices/index.ts';
import {
  addPrice,
  type Ledger,
  type LedgerEntry,
  openStore,
  openWriterThread,
  type Store,
} from '../../store/index.ts';
import type { OrganisationId } from '../../traffic/index.ts';
import { openMetering } from './metering.ts';

const author = { actor: { type: 'server' }, request: null, reason: null } as const;
const far = { region: null, operator: null, ownHardware: false, host: 'far.example' };
const reply = ['</think>', ...Array<string>(300).fill('ok ')];

let opened: AsyncDisposableStack;
let store: Store;
let path: string;
beforeEach(async () => {
  opened = new AsyncDisposableStack();
  const directory = mkdtempSync(join(tmpdir(), 'tiegel-holds-'));
  opened.defer(() => rmSync(directory, { recursive: true }));
  path = join(directory, 'store.sqlite');
  store = opened.use(await openStore(path, { clock, entropy }));
  const id = 'local' as OrganisationId;
  await store.database.query
    .insertInto('organisation')
    .values({ id, name: 'local', time_zone: 'UTC', currency: 'EUR', state: 'active', created_at: 0 })
    .execute();
  for (const unit of ['prompt-tokens', 'answer-tokens'])
    await addPrice(store.context, author, {
      ...{ id: `price_${unit}`, organisation: null, model: testModel, engine: null, unit, currency: 'EUR' },
      ...{ amount: parseAmount('1'), valid_from: 0, source: 'a test', verified: 1, digest: '' },
    });
});
afterEach(() => opened.disposeAsync());

type Append = (entry: LedgerEntry, write: () => Promise<void>) => Promise<void>;

async function serve(append: Append, own = false, tokensPerSecond = Number.POSITIVE_INFINITY) {
  const real = opened.use(openWriterThread({ path }));
  const ledger: Ledger = { ...real, append: (entry) => append(entry, () => real.append(entry)) };
  const logger = { info: () => {}, error: () => {} };
  const metering = await openMetering({ store, ledger, clock, logger });
  opened.defer(() => metering.close());
  const dispatched: string[][] = [];
  const { url } = opened.use(
    await startGateway(
      {
        tokensPerSecond,
        reply: () => {
          dispatched.push([...kinds]);
          return reply;
        },
        served: (engine) => ({ ...servedBy(engine), places: [{ ...far, ownHardware: own }] }),
      },
      { checks: [metering.check], settle: metering.settle, limits: { settleRetryMs: 5 } },
    ),
  );
  const kinds: string[] = [];
  const ask = (more: object = {}, init: RequestInit = {}): Promise<Response> =>
    fetch(`${url}/v1/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${testKey}`, 'content-type': 'application/json' },
      body: JSON.stringify({
        ...{ model: testModel, messages: [{ role: 'user', content: 'hi' }], max_tokens: 5, ...more },
      }),
      ...init,
    });
  return { ask, metering, dispatched, kinds };
}

const rows = () => store.database.query.selectFrom('ledger').selectAll().orderBy('seq').execute();
const full = (): never => {
  throw new TiegelError('TGL_LEDGER_UNAVAILABLE', { reason: 'database or disk is full' });
};

test('the most that a request may cost is durable before it leaves, and its settlement follows', async () => {
  const { ask, dispatched, kinds } = await serve(async ({ kind }, write) => {
    await write();
    kinds.push(kind);
  });
  expect((await ask()).status).toBe(200);
  expect(dispatched).toEqual([['hold']]);
  const [hold, settled] = await rows();
  expect([hold?.kind, settled?.kind]).toEqual(['hold', 'settle']);
  expect(hold?.amount).toBeGreaterThanOrEqual(settled?.amount ?? Number.NaN);
  expect(settled?.amount).toBeGreaterThan(0);
});

test("nothing is held in the ledger for one's own hardware", async () => {
  const { ask } = await serve((_, write) => write(), true);
  expect((await ask()).status).toBe(200);
  expect((await rows()).map(({ kind }) => kind)).toEqual(['settle']);
});

test('where the hold cannot be written nothing leaves, and the next request goes on', async () => {
  let isFull = true;
  const { ask, dispatched, metering } = await serve((_, write) => (isFull ? full() : write()));
  const refused = await ask();
  expect([refused.status, dispatched.length, metering.open()]).toEqual([503, 0, 0]);
  isFull = false;
  expect((await ask()).status).toBe(200);
  // That nobody is told of a hold which may have been written is made good by and by.
  await eventually(async () => (await rows()).some(({ kind }) => kind === 'release'));
  const all = await rows();
  expect(all.filter(({ kind }) => kind === 'hold')).toHaveLength(2);
});

test('a client that goes before anything was computed leaves a release', async () => {
  const controller = new AbortController();
  const { ask, metering } = await serve(async ({ kind }, write) => {
    if (kind === 'hold') controller.abort();
    await write();
  });
  await expect(ask({}, { signal: controller.signal })).rejects.toThrow();
  await eventually(async () => metering.open() === 0 && (await rows()).length === 2);
  expect((await rows()).map(({ kind, amount }) => [kind, amount > 0])).toEqual([
    ['hold', true],
    ['release', false],
  ]);
});

test('each request has one hold and one end, whichever row cannot be written', async () => {
  for (const isWritten of [false, true])
    for (let at = 1; at <= 4; at++) {
      let left = at;
      const { ask, metering } = await serve(async (_, write) => {
        const fails = --left === 0;
        if (isWritten || !fails) await write();
        if (fails) full();
      });
      const statuses: number[] = [];
      for (let count = 0; count < 3; count++) {
        const response = await ask();
        await response.text();
        statuses.push(response.status);
        await eventually(async () => metering.open() === 0);
      }
      expect(statuses.every((status) => status === 200 || status === 503)).toBe(true);
      await metering.close();
    }
  const byRequest = Map.groupBy(await rows(), ({ request }) => request);
  for (const [request, all] of byRequest) {
    const [first, ...ends] = all.map(({ kind }) => kind);
    expect([request, first, ends.length]).toEqual([request, 'hold', 1]);
    expect(['settle', 'release']).toContain(ends[0]);
  }
});
