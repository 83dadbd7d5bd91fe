// A store that comes back from a copy does not bring back whom it was asked to forget, nor anybody who was signed in.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { manualClock, systemEntropy } from '../base/index.ts';
import { author, contractStart, makeTenant, openForTest } from './contract.ts';
import { backUpStore, restoreStore } from './store-files.ts';

const directory = mkdtempSync(join(tmpdir(), 'tiegel-restore-'));
afterEach(() => rmSync(directory, { recursive: true, force: true }));

test('erasures since the copy are repeated before it appears, and sessions and links are gone', async () => {
  const [location, copy] = [join(directory, 'store.db'), join(directory, 'copy.db')];
  const options = { clock: manualClock(contractStart), entropy: systemEntropy };
  let person = '';
  {
    await using opened = await openForTest(location);
    const { organisation } = await makeTenant(opened, 'one');
    const facts = { kind: 'person', name: 'Canaria Gelb', email: 'canaria@near.example' } as const;
    const membership = { account: null, role: 'owner' } as const;
    const made = await opened.store.principals.create(organisation, author, facts, membership);
    person = made.id;
    const other = await opened.store.principals.create(organisation, author, { kind: 'person' }, membership);
    const { signIns } = opened.keys;
    for (const { id } of [made, other]) {
      const { token } = await signIns.createLink(organisation, id, author);
      await signIns.redeem(token, 'req_1');
      await signIns.createLink(organisation, id, author);
    }
    await backUpStore(opened.store, copy);
    await opened.store.erasures.erase(organisation, made.id, author);
  }
  const { before, erased } = await restoreStore(location, copy, {
    ...{ ...options, author },
    verify: () => true,
  });
  expect([before, erased]).toEqual([expect.stringContaining('.before-'), [person]]);
  await using opened = await openForTest(location);
  const { query } = opened.store.database;
  const rows = await query.selectFrom('principal').selectAll().execute();
  expect(JSON.stringify(rows)).not.toMatch(/Canaria/i);
  expect(rows.find(({ id }) => id === person)).toMatchObject({ state: 'removed', name: null, email: null });
  expect(await query.selectFrom('session').selectAll().execute()).toEqual([]);
  expect(await query.selectFrom('sign_in_link').selectAll().execute()).toEqual([]);
  expect(await opened.store.erasures.returned()).toEqual([]);
});
