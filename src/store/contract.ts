// What every store has to keep, whichever database is below it: a suite is written once and run over both. Where PostgreSQL is not
// installed its half is skipped, and says so. Imported by tests only.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, type TestAPI, test } from 'vitest';
import { type ManualClock, manualClock, systemEntropy } from '../base/index.ts';
import type { AccountId, OrganisationId, PrincipalId } from '../traffic/index.ts';
import type { Author } from './audit/audit-entry.ts';
import type { Around } from './connection/around-dialect.ts';
import type { OpenKeys } from './keys/open-keys.ts';
import { openPepper, type Pepper } from './keys/pepper.ts';
import { openStore, type Store } from './open-store.ts';
import { needsPostgres, type PostgresServer, postgresPrograms, startPostgres } from './testing.ts';

export type ContractDatabase = {
  readonly name: 'SQLite' | 'PostgreSQL';
  /** `test`, or what skips where the database is not installed. */
  readonly test: TestAPI;
  /** An empty place for a store. */
  readonly newLocation: () => Promise<string>;
  /** The server, while tests run; none for SQLite. */
  readonly server: () => PostgresServer | undefined;
};

/** 2026-11-30T00:00:00Z. */
export const contractStart = 1_795_996_800_000;

/** Runs a suite for each database. */
export function forEachDatabase(suite: string, tests: (database: ContractDatabase) => void): void {
  describe(`${suite} in SQLite`, () => {
    const directory = mkdtempSync(join(tmpdir(), 'tiegel-store-'));
    afterAll(() => rmSync(directory, { recursive: true, force: true }));
    let files = 0;
    const newLocation = async (): Promise<string> => join(directory, `${++files}`, 'store.db');
    tests({ name: 'SQLite', test, newLocation, server: () => undefined });
  });
  describe(`${suite} in PostgreSQL, which ${needsPostgres}`, () => {
    let server: PostgresServer | undefined;
    beforeAll(async () => {
      if (postgresPrograms !== undefined) server = await startPostgres();
    });
    afterAll(() => server?.[Symbol.asyncDispose]());
    const skipping = test.skipIf(postgresPrograms === undefined) as TestAPI;
    const newLocation = (): Promise<string> => (server as PostgresServer).newDatabase();
    tests({ name: 'PostgreSQL', test: skipping, newLocation, server: () => server });
  });
}

/** Who makes the changes of a test. */
export const author: Author = { actor: { type: 'command-line' }, request: null, reason: null };

export const testPepper: Pepper = openPepper({
  directory: '',
  entropy: systemEntropy,
  given: 'ab'.repeat(32),
});

export type OpenedStore = AsyncDisposable & {
  readonly store: Store;
  readonly keys: OpenKeys;
  readonly clock: ManualClock;
};

/** A store with its keys, at a time that stands still. */
export async function openForTest(location: string, around?: Around): Promise<OpenedStore> {
  const clock = manualClock(contractStart);
  const options = { clock, entropy: systemEntropy };
  const store = await openStore(location, around === undefined ? options : { ...options, around });
  try {
    const keys = await store.openKeys(testPepper);
    return { store, keys, clock, [Symbol.asyncDispose]: () => store[Symbol.asyncDispose]() };
  } catch (error) {
    await store[Symbol.asyncDispose]();
    throw error;
  }
}

export type Tenant = {
  readonly organisation: OrganisationId;
  readonly account: AccountId;
  readonly principal: PrincipalId;
};

/** An organisation with an account and its owner. */
export async function makeTenant({ store }: Pick<OpenedStore, 'store'>, name: string): Promise<Tenant> {
  const facts = { name, timeZone: 'Europe/Rome', currency: 'EUR' };
  const { id: organisation } = await store.organisations.create(author, facts);
  const { id: account } = await store.accounts.create(organisation, author, { name });
  const { id: principal } = await store.principals.create(
    organisation,
    author,
    { kind: 'service', name },
    { account: null, role: 'owner' },
  );
  return { organisation, account, principal };
}
