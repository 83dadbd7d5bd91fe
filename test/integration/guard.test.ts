// The guard before a gateway over a store: what people ask is on no disk, what it observed is, and nobody waits for it or notices
// that it fails.
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openCatalog } from '../../src/catalog/index.ts';
import { testModel } from '../../src/gateway/testing.ts';
import { type Guard, startGuard } from '../../src/host/guard/start-guard.ts';
import { testPepper } from '../../src/store/contract.ts';
import type { RequestObserver } from '../../src/traffic/index.ts';
import { type ServedStore, serveStore, type TenantWithKey } from './served-store.ts';

/** Long and odd enough to be found wherever it lies, in one piece or in several. */
const planted = 'zyxwvut-planted-prompt-4711';
const plantedSystem = 'qponmlk-planted-instructions-0815';
const plantedAnswer = 'jihgfed-planted-answer-2342';

type Watched = AsyncDisposable & { readonly server: ServedStore; readonly guard: Guard };

async function watched(): Promise<Watched> {
  const waiting: { guard?: Guard } = {};
  const observer: RequestObserver = {
    began: (...begun) => waiting.guard?.observer.began?.(...begun),
    ended: (record) => waiting.guard?.observer.ended?.(record),
  };
  const server = await serveStore({
    script: { reply: () => ['hm', '</think>', plantedAnswer] },
    gateway: { observers: [observer], gauges: () => waiting.guard?.gauges() ?? [] },
  });
  const { store, clock } = server.opened;
  const { attestations } = openCatalog({ home: server.home, clock });
  const guard = await startGuard({
    ...{ store, clock, attestations, pepper: testPepper, node: 'node_test', setting: 'observe' },
    logger: { info: () => {}, warn: () => {}, error: () => {} },
  });
  waiting.guard = guard;
  const dispose = async (): Promise<void> => {
    await guard[Symbol.asyncDispose]();
    await server[Symbol.asyncDispose]();
  };
  return { server, guard, [Symbol.asyncDispose]: dispose };
}

function chat({ url }: ServedStore, { secret }: TenantWithKey, content: unknown): Promise<Response> {
  const messages = [
    { role: 'system', content: plantedSystem },
    { role: 'user', content },
  ];
  return fetch(`${url}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${secret}`, 'content-type': 'application/json' },
    body: JSON.stringify({ model: testModel, messages }),
  });
}

function filesBelow(directory: string): readonly string[] {
  return readdirSync(directory, { recursive: true, encoding: 'utf8' })
    .map((name) => join(directory, name))
    .filter((path) => statSync(path).isFile());
}

test('no prompt, instruction or answer is anywhere in the data directory, and the requests are counted there', async () => {
  await using running = await watched();
  const { server, guard } = running;
  const tenant = await server.addTenant('watched');
  for (let count = 0; count < 12; count++)
    expect((await chat(server, tenant, `${planted} number ${count}`)).status).toBe(200);
  await guard.flush();
  expect(await Array.fromAsync(server.opened.store.guard.weeksFrom(0))).toMatchObject([
    { account: tenant.account, requests: 12 },
  ]);
  const files = filesBelow(server.home);
  expect(files.length).toBeGreaterThan(1);
  for (const path of files) {
    const bytes = readFileSync(path);
    for (const text of [planted, plantedSystem, plantedAnswer]) {
      for (const encoding of ['utf8', 'utf16le'] as const)
        expect(bytes.includes(Buffer.from(text, encoding)), `${text} in ${path}`).toBe(false);
      expect(bytes.includes(Buffer.from(text).toString('base64').slice(0, -4)), `${text} in ${path}`).toBe(
        false,
      );
    }
  }
  expect(server.log()).not.toContain(planted);
});

test('what the guard counts is shown with the metrics', async () => {
  await using running = await watched();
  const { server } = running;
  const tenant = await server.addTenant('counted');
  await chat(server, tenant, 'hello');
  const headers = { authorization: `Bearer ${server.operatorKey}` };
  const text = await (await fetch(`${server.url}/metrics`, { headers })).text();
  expect(text).toContain('tiegel_guard_requests{outcome="observed"} 1\n');
  expect(text).toContain('tiegel_guard_requests{outcome="failed"} 0\n');
  expect(text).toContain('tiegel_guard_calibrated 0\n');
});

test('an account without cases is answered alike whether or not the guard can write', async () => {
  await using running = await watched();
  const { server } = running;
  const tenant = await server.addTenant('unlucky');
  const { guard: rows } = server.opened.store;
  const addBatch = rows.addBatch;
  Object.assign(rows, { addBatch: () => Promise.reject(new Error('no')) });
  expect((await chat(server, tenant, 'hello')).status).toBe(200);
  await running.guard.flush();
  expect((await chat(server, tenant, 'hello again')).status).toBe(200);
  Object.assign(rows, { addBatch });
  await running.guard.flush();
  expect(await Array.fromAsync(rows.weeksFrom(0))).toMatchObject([{ requests: 2 }]);
});
