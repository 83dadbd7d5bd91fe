// What is kept is unreadable on disk, is gone on its day, and after an erasure nowhere to be found, not even in a copy.
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, expect, test } from 'vitest';
import { manualClock, systemEntropy } from '../../base/index.ts';
import { type Content, openContentStore } from './content-store.ts';

const directories: string[] = [];
afterEach(() => {
  for (const path of directories.splice(0)) rmSync(path, { recursive: true });
});

function emptyDirectory(): string {
  const path = mkdtempSync(join(tmpdir(), 'tiegel-content-'));
  directories.push(path);
  return path;
}

const start = Date.UTC(2026, 10, 30, 12);
const day = 24 * 60 * 60 * 1000;

function opened(directory = emptyDirectory(), clock = manualClock(start)) {
  return { directory, clock, store: openContentStore({ directory, clock, entropy: systemEntropy }) };
}

const content = (request: string, principal: string, change: Partial<Content> = {}): Content => ({
  ...{ request, principal, organisation: 'org_1', account: 'acc_1', text: `canary of ${principal}` },
  ...change,
});

/** Every file below a directory that has a text in it. */
function filesWith(directory: string, text: string): readonly string[] {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => readFileSync(path).includes(text));
}

test('what was kept is read by its organisation alone, survives reopening, and is in no file as it was written', () => {
  const { directory, clock, store } = opened();
  store.keep([content('req_1', 'prn_a'), content('req_2', 'prn_b', { text: 'grüße 🙂' })], 30);
  expect(store.read('org_1', 'req_1')).toBe('canary of prn_a');
  expect(store.read('org_2', 'req_1')).toBeUndefined();
  expect(store.read('org_1', 'req_9')).toBeUndefined();
  expect(filesWith(directory, 'canary')).toEqual([]);
  store[Symbol.dispose]();
  using again = opened(directory, clock).store;
  expect(again.read('org_1', 'req_2')).toBe('grüße 🙂');
  expect(again.principals()).toEqual(['prn_a', 'prn_b']);
});

test('what expires is refused on its day and unlinked with the next look, with the keys of months that have nothing left', () => {
  const { directory, clock, store } = opened();
  store.keep([content('req_1', 'prn_a')], 1);
  store.keep([content('req_2', 'prn_a')], 40);
  expect(store.removeExpired()).toBe(0);
  clock.advance(1 * day);
  expect(store.read('org_1', 'req_1')).toBeUndefined();
  expect(store.read('org_1', 'req_2')).toBe('canary of prn_a');
  expect(store.removeExpired()).toBe(1);
  expect(readdirSync(directory).filter((name) => name.startsWith('expires-2026-12-01'))).toEqual([]);
  expect(store.countOf('prn_a')).toEqual({ records: 1, months: ['2026-11'] });
  clock.advance(39 * day);
  expect(store.removeExpired()).toBe(1);
  expect(store.countOf('prn_a')).toEqual({ records: 0, months: [] });
  expect(readdirSync(directory)).toEqual(['keys']);
  store[Symbol.dispose]();
});

test('an erasure destroys the keys, so that a copy from before cannot be read either, and touches nobody else', () => {
  const { directory, clock, store } = opened();
  store.keep([content('req_1', 'prn_a'), content('req_2', 'prn_b')], 30);
  store.keep([content('req_3', 'prn_a')], 60);
  const backup = emptyDirectory();
  store[Symbol.dispose]();
  cpSync(directory, backup, { recursive: true, filter: (path) => !path.includes(`${directory}/keys`) });
  using after = opened(directory, clock).store;
  expect(after.erase('prn_a')).toEqual({ records: 2, months: ['2026-11'] });
  expect(after.erase('prn_a')).toEqual({ records: 0, months: [] });
  expect([after.read('org_1', 'req_1'), after.read('org_1', 'req_3')]).toEqual([undefined, undefined]);
  expect(after.read('org_1', 'req_2')).toBe('canary of prn_b');
  expect(filesWith(directory, 'req_1')).toEqual([]);
  after[Symbol.dispose]();

  // The backup of the content comes back over it.
  cpSync(backup, directory, { recursive: true });
  using restored = opened(directory, clock).store;
  expect(restored.countOf('prn_a').records).toBe(2);
  expect(restored.read('org_1', 'req_1')).toBeUndefined();
  expect(restored.read('org_1', 'req_2')).toBe('canary of prn_b');
});

test('what a request of an erased principal still writes is dropped', () => {
  const { store } = opened();
  store.erase('prn_a');
  store.keep([content('req_1', 'prn_a'), content('req_2', 'prn_b')], 30);
  expect(store.countOf('prn_a')).toEqual({ records: 0, months: [] });
  expect(store.read('org_1', 'req_2')).toBe('canary of prn_b');
  store[Symbol.dispose]();
});

test('a sealed text that is moved to another request or changed is not given out', () => {
  const { directory, clock, store } = opened();
  store.keep([content('req_1', 'prn_a'), content('req_2', 'prn_a')], 30);
  store[Symbol.dispose]();
  const [file] = readdirSync(directory).filter((name) => name.endsWith('.db'));
  const path = join(directory, file as string);
  changeRows(
    path,
    "update content set sealed = (select sealed from content where request = 'req_2') where request = 'req_1'",
  );
  using moved = opened(directory, clock).store;
  expect(moved.read('org_1', 'req_1')).toBeUndefined();
  expect(moved.read('org_1', 'req_2')).toBe('canary of prn_a');
});

function changeRows(path: string, statement: string): void {
  const database = new DatabaseSync(path);
  database.exec(statement);
  database.close();
}
