import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { seededRandom, systemClock, systemEntropy } from '../../base/index.ts';
import { openStore } from '../open-store.ts';
import { openSqliteLedger } from './sqlite-ledger.ts';
import { checkLedger, storedEntries } from './verify-ledger.ts';

const kills = 20;
const script = fileURLToPath(new URL('./append-rows-fixture.ts', import.meta.url));

test(`of ${kills} writers that are killed while they write, no acknowledged row is lost and none is doubled`, async () => {
  const directory = mkdtempSync(join(tmpdir(), 'tiegel-kill-'));
  const path = join(directory, 'store.sqlite');
  await using store = await openStore(path, { clock: systemClock, entropy: systemEntropy });
  const { integer } = seededRandom(5);
  const acknowledged = new Set<string>();
  for (let round = 0; round < kills; round++) {
    const writer = spawn(process.execPath, [script, path, `r${round}`], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let output = '';
    writer.stdout.on('data', (text) => {
      output += text;
    });
    const ended = once(writer, 'close');
    while (output === '' && writer.exitCode === null) await pause(2);
    await pause(integer(0, 60));
    writer.kill('SIGKILL');
    await ended;
    for (const name of output.split('\n').slice(0, -1)) acknowledged.add(name);
  }
  const rows = await Array.fromAsync(storedEntries(store.database.query));
  const requests = rows.map(({ values }) => values[0] as string);
  expect(acknowledged.size).toBeGreaterThan(kills);
  expect([...acknowledged].filter((name) => !requests.includes(name))).toEqual([]);
  expect(new Set(requests).size).toBe(requests.length);
  const database = store.database.sqlite as DatabaseSync;
  expect(database.prepare('pragma integrity_check').get()).toEqual({ integrity_check: 'ok' });
  const ledger = openSqliteLedger(database);
  while (ledger.rollUp());
  expect(await checkLedger(store.database)).toEqual({ rows: requests.length, problems: [] });
  expect(database.prepare("select sum(requests) as sum from rollup where width = 'day'").get()).toEqual({
    sum: requests.length,
  });
  rmSync(directory, { recursive: true });
}, 240_000);
