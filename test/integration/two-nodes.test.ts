// Two servers in processes of their own over one PostgreSQL: what is changed beside them holds on both within two seconds, also for
// what runs at that moment.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import type { ReadableStream } from 'node:stream/web';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { systemClock, systemEntropy } from '../../src/base/index.ts';
import { testModel } from '../../src/gateway/testing.ts';
import { author, makeTenant, testPepper } from '../../src/store/contract.ts';
import { addLimit, type OpenKeys, openStore, type Store } from '../../src/store/index.ts';
import {
  needsPostgres,
  type PostgresServer,
  postgresPrograms,
  startPostgres,
} from '../../src/store/testing.ts';

const script = fileURLToPath(new URL('./node-fixture.ts', import.meta.url));

async function startNode(
  location: string,
  ...words: readonly string[]
): Promise<{ readonly url: string; readonly process: ChildProcess }> {
  const child = spawn(process.execPath, [script, location, ...words], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const lines = createInterface({ input: child.stdout });
  const [url] = (await once(lines, 'line')) as [string];
  return { url, process: child };
}

describe.skipIf(postgresPrograms === undefined)(`two servers over PostgreSQL, which ${needsPostgres}`, () => {
  const opened = new AsyncDisposableStack();
  let server: PostgresServer;
  let location: string;
  let store: Store;
  let keys: OpenKeys;
  let urls: readonly [string, string];
  beforeAll(async () => {
    server = opened.use(await startPostgres());
    location = await server.newDatabase();
    store = opened.use(await openStore(location, { clock: systemClock, entropy: systemEntropy }));
    keys = await store.openKeys(testPepper);
    const nodes = await Promise.all([
      startNode(location, 'own', '3000', '20'),
      startNode(location, 'own', '3000', '20'),
    ]);
    for (const { process: running } of nodes)
      opened.defer(async () => {
        running.kill('SIGKILL');
        if (running.exitCode === null && running.signalCode === null) await once(running, 'exit');
      });
    urls = [nodes[0].url, nodes[1].url];
  }, 120_000);
  afterAll(() => opened.disposeAsync());

  const ask = (url: string, secret: string, more: object = {}): Promise<Response> =>
    fetch(`${url}/v1/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${secret}`, 'content-type': 'application/json' },
      body: JSON.stringify({
        model: testModel,
        messages: [{ role: 'user', content: 'hi' }],
        max_tokens: 3,
        ...more,
      }),
    });
  const both = (secret: string): Promise<readonly number[]> =>
    Promise.all(
      urls.map(async (url) => {
        const answer = await ask(url, secret);
        await answer.text();
        return answer.status;
      }),
    );
  /**
   * Asks both until they answer with this status. What may take two seconds is given besides as long as thirty questions take this
   * machine at that moment.
   *
   * @returns whether it came in time
   */
  const isInTime = async (secret: string, status: number, began: number): Promise<boolean> => {
    let [asked, spent] = [0, 0];
    for (;;) {
      const from = systemClock.monotonic();
      const statuses = await both(secret);
      spent += systemClock.monotonic() - from;
      asked++;
      if (statuses.every((one) => one === status))
        return systemClock.monotonic() - began < 2000 + (30 * spent) / asked;
      await pause(20);
    }
  };

  test('refuse a key within two seconds of its revocation, and end what it streams with a typed error', async () => {
    const { organisation, account, principal } = await makeTenant({ store }, 'revoked');
    const { key, secret } = await keys.create(organisation, author, { account, principal, name: 'k' });
    await isInTime(secret, 200, 0);
    const streams = await Promise.all(urls.map((url) => ask(url, secret, { stream: true, max_tokens: 900 })));
    expect(streams.map(({ status }) => status)).toEqual([200, 200]);
    const texts = streams.map((stream) => stream.text());
    await keys.revoke(organisation, key.id, author);
    const revoked = systemClock.monotonic();
    expect(await isInTime(secret, 401, revoked)).toBe(true);
    for (const text of await Promise.all(texts)) {
      expect(text).toContain('"tgl_code":"TGL_KEY_REVOKED"');
      expect(text).not.toContain('[DONE]');
    }
  }, 60_000);

  test('keep to a lowered limit within two seconds, though each was granted more', async () => {
    const { organisation, account, principal } = await makeTenant({ store }, 'lowered');
    const { secret } = await keys.create(organisation, author, { account, principal, name: 'k' });
    let limits = 0;
    const setLimit = (amount: number): Promise<void> =>
      addLimit(store.context, author, {
        ...{ id: `limit_${++limits}`, organisation, scope: 'account', subject: account, model: null },
        ...{ unit: 'requests', period: 'total', amount, enforcement: 'hard', validFrom: systemClock.now() },
      });
    await setLimit(1000);
    await isInTime(secret, 200, 0);
    // Until it is known, and both were granted something.
    await pause(1500);
    for (let round = 0; round < 10; round++) await isInTime(secret, 200, 0);
    await setLimit(1);
    const lowered = systemClock.monotonic();
    expect(await isInTime(secret, 429, lowered)).toBe(true);
    for (let round = 0; round < 5; round++) expect(await both(secret)).toEqual([429, 429]);
    await setLimit(1000);
    await isInTime(secret, 200, 0);
  }, 60_000);

  test('one that stood still until its leases could be ended sends not one token more, and says why', async () => {
    const { organisation, account, principal } = await makeTenant({ store }, 'frozen');
    const { secret } = await keys.create(organisation, author, { account, principal, name: 'k' });
    await addLimit(store.context, author, {
      ...{ id: 'limit_frozen', organisation, scope: 'account', subject: account, model: null },
      ...{ unit: 'tokens', period: 'day', amount: 100_000, enforcement: 'hard', validFrom: 0 },
    });
    const terms = { leaseMs: 3000, longestRequestMs: 1000 };
    const words = ['own', '300', '2', ...Object.values(terms).map(String)];
    const { url, process: frozen } = await startNode(location, ...words);
    try {
      const stream = await ask(url, secret, { stream: true, max_tokens: 900 });
      const text = createInterface({ input: Readable.fromWeb(stream.body as ReadableStream) });
      const tokens: string[] = [];
      text.on('line', (line) => void (/"content":" ?ok/.test(line) && tokens.push(line)));
      await expect.poll(() => tokens.length, { timeout: 30_000 }).toBeGreaterThan(2);
      // In the midst between two tokens.
      await pause(100);
      frozen.kill('SIGSTOP');
      const sent = tokens.length;
      await pause(terms.leaseMs + terms.longestRequestMs + 1000);
      frozen.kill('SIGCONT');
      let last = '';
      text.on('line', (line) => {
        last += line;
      });
      await once(text, 'close');
      expect(tokens).toHaveLength(sent);
      expect(last).toContain('"tgl_code":"TGL_LEASES_LAPSED"');
      expect(last).not.toContain('[DONE]');
    } finally {
      frozen.kill('SIGKILL');
    }
  }, 90_000);
});
