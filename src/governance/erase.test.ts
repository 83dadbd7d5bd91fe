// After an erasure nothing names the person any more, in no file, and neither does it when a backup comes back.
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { manualClock, systemEntropy } from '../base/index.ts';
import { type Author, openContentStore, openPepper, openStore, verifyAudit } from '../store/index.ts';
import { erasePrincipal, previewErasure, repeatErasures } from './erase.ts';

const directories: string[] = [];
afterEach(() => {
  for (const path of directories.splice(0)) rmSync(path, { recursive: true });
});

const author: Author = { actor: { type: 'command-line' }, request: null, reason: null };
const clock = manualClock(Date.UTC(2026, 10, 30));
const pepper = openPepper({ directory: '', entropy: systemEntropy, given: 'ab'.repeat(32) });

function emptyDirectory(): string {
  const path = mkdtempSync(join(tmpdir(), 'tiegel-erase-'));
  directories.push(path);
  return path;
}

async function opened(home: string) {
  const stack = new AsyncDisposableStack();
  const options = { clock, entropy: systemEntropy };
  const store = stack.use(await openStore(join(home, 'store', 'tiegel.db'), options));
  const content = stack.use(openContentStore({ directory: join(home, 'content'), ...options }));
  return { store, content, close: () => stack.disposeAsync() };
}

async function withPerson(home: string) {
  const places = await opened(home);
  const { store, content } = places;
  const facts = { name: 'one', timeZone: 'Europe/Rome', currency: 'EUR' };
  const { id: organisation } = await store.organisations.create(author, facts);
  const { id: account } = await store.accounts.create(organisation, author, { name: 'team' });
  const { id: principal } = await store.principals.create(
    organisation,
    author,
    { kind: 'person', name: 'Canaria Gelb', email: 'canaria@near.example', subject: 'sub-canaria' },
    { account, role: 'member' },
  );
  const keys = await store.openKeys(pepper);
  const { secret } = await keys.create(organisation, author, {
    ...{ account, principal, name: "Canaria's laptop", scopes: ['inference'], expiresAt: null },
  });
  await store.principals.grant(organisation, principal, author, { account: null, role: 'viewer' });
  content.keep(
    [{ request: 'req_1', organisation, account, principal, text: 'I am Canaria Gelb and I live in Rome' }],
    30,
  );
  return { ...places, organisation, principal, secret };
}

/** Files below a directory in which a word stands, in whatever case. */
function filesWith(directory: string, word: RegExp): readonly string[] {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => word.test(readFileSync(path, 'latin1')));
}

const canary = /canaria|gelb/i;

test('a search over all files finds nothing, and the chains verify', async () => {
  const home = emptyDirectory();
  const { store, content, organisation, principal, close } = await withPerson(home);
  expect(filesWith(home, canary).length).toBeGreaterThan(0);
  const preview = await previewErasure({ store, content }, organisation, principal);
  expect(preview).toMatchObject({
    erased: false,
    gone: [{ count: 3 }, { count: 2 }, { count: 1 }, { count: 0 }, { count: 0 }, { count: 1 }],
  });
  expect(content.read(organisation, 'req_1')).toContain('Rome');

  const receipt = await erasePrincipal({ store, content }, organisation, principal, author);
  expect(receipt).toEqual({ ...preview, erased: true });
  expect(receipt.remains.map(({ why }) => why)).toEqual([
    expect.stringContaining('verify'),
    expect.stringContaining('backup'),
  ]);
  expect(content.read(organisation, 'req_1')).toBeUndefined();
  // While the store is still open, with its write-ahead log.
  expect(filesWith(home, canary)).toEqual([]);
  const rows = await Array.fromAsync(store.audit.export());
  const lines = rows.map((row) => JSON.stringify(row));
  expect(await verifyAudit(lines, () => true)).toMatchObject({ problems: [] });
  expect(lines.filter((line) => canary.test(line))).toEqual([]);
  await close();
  expect(filesWith(home, canary)).toEqual([]);
});

test('an erasure of nobody erases nothing', async () => {
  const { store, content, organisation, principal, close } = await withPerson(emptyDirectory());
  const nobody = `prn_${'0'.repeat(30)}` as typeof principal;
  await expect(erasePrincipal({ store, content }, organisation, nobody, author)).rejects.toMatchObject({
    code: 'TGL_ID_UNKNOWN',
  });
  expect(content.erased()).toEqual([]);
  await close();
});

test('a backup that comes back loses the person again, and its content stays unreadable', async () => {
  const home = emptyDirectory();
  const backup = emptyDirectory();
  const before = await withPerson(home);
  const { organisation, principal } = before;
  await before.close();
  cpSync(join(home, 'store'), join(backup, 'store'), { recursive: true });
  cpSync(join(home, 'content'), join(backup, 'content'), {
    recursive: true,
    filter: (path) => !path.includes('keys'),
  });
  const erasing = await opened(home);
  await erasePrincipal(erasing, organisation, principal, author);
  await erasing.close();

  cpSync(backup, home, { recursive: true, force: true });
  const after = await opened(home);
  expect(await after.store.principals.get(organisation, principal)).toMatchObject({ name: 'Canaria Gelb' });
  expect(after.content.read(organisation, 'req_1')).toBeUndefined();
  expect(await repeatErasures(after, author)).toEqual([principal]);
  expect(await repeatErasures(after, author)).toEqual([]);
  expect(filesWith(home, canary)).toEqual([]);
  await after.close();
});

test('what another node erased in the shared store goes from the content of this one', async () => {
  const home = emptyDirectory();
  const { store, content, organisation, principal, close } = await withPerson(home);
  const elsewhere = openContentStore({ directory: emptyDirectory(), clock, entropy: systemEntropy });
  await erasePrincipal({ store, content: elsewhere }, organisation, principal, author);
  expect(content.read(organisation, 'req_1')).toContain('Rome');
  expect(await repeatErasures({ store, content }, author)).toEqual([principal]);
  expect(content.read(organisation, 'req_1')).toBeUndefined();
  elsewhere[Symbol.dispose]();
  await close();
});
