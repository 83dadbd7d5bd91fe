import { mkdtempSync, readdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { announceServer, runningServers } from './running-servers.ts';

const emptyHome = () => mkdtempSync(join(tmpdir(), 'tiegel-servers-'));

test('a server is known while it serves, and not afterwards', () => {
  const home = emptyHome();
  expect(runningServers(home)).toEqual([]);
  {
    using _ = announceServer(home, { url: 'http://127.0.0.1:1', models: ['one', 'two'] });
    expect(runningServers(home)).toEqual([
      { process: process.pid, url: 'http://127.0.0.1:1', models: ['one', 'two'] },
    ]);
  }
  expect(runningServers(home)).toEqual([]);
});

test('what a killed server left, and what nobody can read, is swept away', () => {
  const home = emptyHome();
  using _ = announceServer(home, { url: 'http://127.0.0.1:1', models: [] });
  const directory = join(home, 'servers');
  writeFileSync(
    join(directory, '4194305.json'),
    '{"process":4194305,"url":"http://127.0.0.1:2","models":[]}',
  );
  writeFileSync(join(directory, '7.json'), '{"process":');
  expect(runningServers(home)).toHaveLength(1);
  expect(readdirSync(directory)).toEqual([`${process.pid}.json`]);
});
