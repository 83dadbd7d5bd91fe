// The keys that a server accepts, from its first start on.
import { createHmac } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { systemClock } from '../base/index.ts';
import { readEnvironment } from './environment.ts';
import { openHostStore } from './open-store.ts';
import { serveKeys } from './serve-keys.ts';

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'tiegel-home-'));
});
afterEach(() => rmSync(home, { recursive: true }));

/** What a start with these variables makes of a key. */
async function start(variables: Readonly<Record<string, string>> = {}) {
  const context = { environment: readEnvironment({ TIEGEL_HOME: home, ...variables }), clock: systemClock };
  await using store = await openHostStore(context);
  await using keys = await serveKeys(context, store);
  const { freshKey: fresh } = await keys.firstStart();
  const { givenByOperator } = keys;
  // Asked after both are closed, a key is still known to the snapshot.
  return {
    fresh,
    givenByOperator,
    knows: (key: string) => keys.authenticate(key, '127.0.0.1') !== undefined,
  };
}

test('the first start makes a key, and later ones know it', async () => {
  const { fresh, knows, givenByOperator } = await start();
  expect(fresh).toMatch(/^tgl_sk_[0-9A-Za-z]{49}$/);
  expect([knows(fresh!), knows('tgl_other'), givenByOperator]).toEqual([true, false, false]);
  const later = await start();
  expect([later.fresh, later.knows(fresh!)]).toEqual([undefined, true]);
});

test('a key of an older version keeps working, and none is made', async () => {
  const pepper = 'cd'.repeat(32);
  const hash = createHmac('sha256', Buffer.from(pepper, 'hex')).update('tgl_an-older-key').digest('hex');
  mkdirSync(join(home, 'keys'), { mode: 0o700 });
  const ring = JSON.stringify({ version: 1, pepper, keys: [hash] });
  writeFileSync(join(home, 'keys', 'key-ring.json'), ring, { mode: 0o600 });
  for (const { fresh, knows } of [await start(), await start()])
    expect([fresh, knows('tgl_an-older-key')]).toEqual([undefined, true]);
});

test("the operator's key works while it is given, beside those of the store", async () => {
  const { fresh } = await start();
  const given = await start({ TIEGEL_KEY: 'an-operator-chose-this' });
  expect(given.givenByOperator).toBe(true);
  expect([given.knows('an-operator-chose-this'), given.knows(fresh!)]).toEqual([true, true]);
  const other = await start({ TIEGEL_KEY: 'an-operator-chose-that' });
  expect([other.knows('an-operator-chose-that'), other.knows('an-operator-chose-this')]).toEqual([
    true,
    false,
  ]);
  expect((await start()).knows('an-operator-chose-that')).toBe(false);
});

test.each([
  [{ TIEGEL_DATABASE: 'mysql://localhost/x' }, 'TGL_STORE_LOCATION'],
  [{ TIEGEL_DATABASE: 'postgres://u:secret@db.example/x', TIEGEL_OFFLINE: '1' }, 'TGL_OUTBOUND_OFFLINE'],
  [{ TIEGEL_DATABASE: 'postgres://u:secret@127.0.0.1:1/x', TIEGEL_OFFLINE: '1' }, 'TGL_STORE_UNAVAILABLE'],
  [{ TIEGEL_PEPPER: 'salt' }, 'TGL_ENVIRONMENT_INVALID'],
] as const)('%j is refused as %s, and no password is told', async (variables, code) => {
  const error: unknown = await start(variables).catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ code });
  expect(JSON.stringify(error) + String(error)).not.toContain('secret');
});

test('a store is refused with another pepper than its own', async () => {
  await start();
  await expect(start({ TIEGEL_PEPPER: 'ab'.repeat(32) })).rejects.toMatchObject({
    code: 'TGL_PEPPER_MISMATCH',
  });
});
