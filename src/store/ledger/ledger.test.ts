import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { systemClock, systemEntropy } from '../../base/index.ts';
import { openStore, type Store } from '../open-store.ts';
import { ledgerEntry as entry } from './entry-fixture.ts';
import { createGroupCommit } from './group-commit.ts';
import {
  chainStart,
  entryColumns,
  hashVersion,
  type LedgerEntry,
  nextHead,
  type StoredEntry,
  valuesOf,
  verifyChains,
  writtenColumns,
} from './ledger-entry.ts';
import { openSqliteLedger, sqliteStatements } from './sqlite-ledger.ts';
import { checkLedger, storedEntries } from './verify-ledger.ts';
import { openWriterThread } from './writer-thread.ts';

let directory: string;
let path: string;
let store: Store;
beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'tiegel-ledger-'));
  path = join(directory, 'store.sqlite');
  store = await openStore(path, { clock: systemClock, entropy: systemEntropy });
});
afterEach(async () => {
  await store[Symbol.asyncDispose]();
  rmSync(directory, { recursive: true });
});

const day = 86_400_000;

const opened = <Value>(use: (database: DatabaseSync) => Value): Value => {
  const database = new DatabaseSync(path, { timeout: 5000 });
  try {
    return use(database);
  } finally {
    database.close();
  }
};

const stored = (): Promise<readonly StoredEntry[]> => Array.fromAsync(storedEntries(store.database.query));
const whole = (rows: number): object => ({ rows, problems: [] });
const rollups = (): readonly object[] =>
  opened((database) =>
    database
      .prepare('select * from rollup order by width, bucket_start, account, key, model, operation')
      .all()
      .map((row) => ({ ...row })),
  );

describe('the ledger', () => {
  test('keeps each row once, in a chain that goes on over starts', async () => {
    for (const start of [0, 1]) {
      await using ledger = openWriterThread({ path });
      const requests = Array.from({ length: 300 }, (_, index) => `req_${start}_${index}`);
      await Promise.all(requests.flatMap((request) => [entry(request), entry(request)]).map(ledger.append));
      await ledger.append(entry('req_0_7', { amount: 9 }));
    }
    const rows = await stored();
    expect(await checkLedger(store.database)).toEqual(whole(600));
    expect(new Set(rows.map(({ values }) => values[0])).size).toBe(600);
  });

  test('refuses a row whose tokens contradict each other, and none of its batch is written', async () => {
    await using ledger = openWriterThread({ path });
    const results = await Promise.allSettled(
      [entry('a'), entry('b', { cached: 11 }), entry('c')].map(ledger.append),
    );
    expect(results.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
    await ledger.append(entry('a'));
    expect(await stored()).toHaveLength(1);
  });

  test('is changed by nobody', () => {
    opened((database) => {
      openSqliteLedger(database).write([valuesOf(entry('a'))]);
      expect(() => database.exec("update ledger set amount = 0 where request = 'a'")).toThrow(/append-only/);
      expect(() => database.exec('delete from ledger')).toThrow(/append-only/);
    });
  });

  test('whose disk is full fails every waiter, keeps nothing of the batch and recovers alone', async () => {
    {
      using database = new DatabaseSync(path, { timeout: 5000 });
      const ledger = openSqliteLedger(database);
      ledger.write([valuesOf(entry('before'))]);
      const pages = database.prepare('pragma page_count').get()?.page_count as number;
      database.exec(`pragma max_page_count = ${pages + 2}`);
      const many = Array.from({ length: 2000 }, (_, index) => valuesOf(entry(`req_${index}`)));
      expect(() => ledger.write(many)).toThrow(/full/);
      expect(database.isTransaction).toBe(false);
      expect(await checkLedger(store.database)).toEqual(whole(1));
      database.exec('pragma max_page_count = 100000');
      ledger.write(many);
      expect(await checkLedger(store.database)).toEqual(whole(2001));
    }
  });

  test('whose file cannot be opened says so, and works once it can', async () => {
    const later = join(directory, 'later', 'store.sqlite');
    await using ledger = openWriterThread({ path: later });
    await expect(ledger.append(entry('a'))).rejects.toMatchObject({
      ...{ code: 'TGL_LEDGER_UNAVAILABLE', status: 503, retryable: true },
    });
    const store = await openStore(later, { clock: systemClock, entropy: systemEntropy });
    await store[Symbol.asyncDispose]();
    await ledger.append(entry('a'));
  });
});

describe('a chain', () => {
  test('names the first row that was changed, dropped, moved or added', async () => {
    opened((database) => {
      openSqliteLedger(database).write(['a', 'b', 'c', 'd'].map((request) => valuesOf(entry(request))));
    });
    const rows = await stored();
    const changed = (index: number, change: Partial<StoredEntry>): readonly StoredEntry[] =>
      rows.map((row, at) => (at === index ? { ...row, ...change } : row));
    const [first, second, third, fourth] = rows as [StoredEntry, StoredEntry, StoredEntry, StoredEntry];
    for (const [damaged, row] of [
      [changed(1, { values: second.values.with(14, 0) }), 2],
      [changed(2, { hash: first.hash }), 3],
      [[first, third, fourth], 3],
      [[first, third, second, fourth], 3],
      [[first, second, second, third], 2],
      [changed(0, { writer: 'other' }), 1],
      [changed(1, { hashVersion: 1 }), 2],
      [changed(1, { hashVersion: hashVersion + 1 }), 2],
    ] as const)
      await expect(verifyChains(damaged)).rejects.toThrow(
        expect.objectContaining({ code: 'TGL_LEDGER_DAMAGED', details: expect.objectContaining({ row }) }),
      );
    expect((await verifyChains(rows)).rows).toBe(4);
  });

  test('goes on behind rows that an older version has written, each hashed as it was', async () => {
    const values = ['a', 'b', 'c'].map((request) => valuesOf(entry(request)));
    let head = chainStart;
    const heads: string[] = [];
    opened((database) => {
      const columns = ['writer', 'writer_seq', 'hash_version', 'chain_hash', ...entryColumns];
      const insert = database.prepare(
        `insert into ledger (${columns.join(', ')}) values (${columns.map(() => '?').join(', ')})`,
      );
      for (const [index, row] of values.entries()) {
        const version = index < 2 ? 1 : 2;
        head = nextHead(head, 'local', row, version);
        heads.push(head.hash);
        insert.run('local', head.sequence, version, head.hash, ...row);
      }
      openSqliteLedger(database).write([valuesOf(entry('d'))]);
    });
    expect(heads.slice(1)).toEqual([
      '6a7548818ab24a4e7b09e397acd401bda6a928c07964a4acd760d136a67d1f12',
      '28e25353edff6c773696e246ec27a86130471aa3c190afb2a081bbc0ef1c0f5a',
    ]);
    expect((await stored()).map(({ hashVersion: version }) => version)).toEqual([1, 1, 2, hashVersion]);
    expect(await checkLedger(store.database)).toEqual(whole(4));
  });
});

test('the table has the columns that are written and hashed, and its own number', async () => {
  const tables = await store.database.query.introspection.getTables();
  const columns = tables.find(({ name }) => name === 'ledger')?.columns.map(({ name }) => name);
  expect(columns?.toSorted()).toEqual([...writtenColumns.map(([name]) => name), 'seq'].toSorted());
});

describe('a check of the ledger', () => {
  const damage = async (...statements: readonly string[]): Promise<readonly string[]> => {
    opened((database) => {
      const ledger = openSqliteLedger(database);
      ledger.write(['a', 'b', 'c'].map((request) => valuesOf(entry(request))));
      while (ledger.rollUp());
      database.exec('drop trigger ledger_no_update; drop trigger ledger_no_delete');
      for (const statement of statements) database.exec(statement);
    });
    return (await checkLedger(store.database)).problems;
  };

  test.each([
    ["update ledger set amount = 0 where request = 'b'", /row 2 of the writer local was changed/],
    ["delete from ledger where request = 'b'", /row 3 of the writer local stands where 2 should/],
    ["delete from ledger where request = 'c'", /had 3 rows when it was rolled up, and has fewer/],
    ["update rollup set amount = amount + 1 where width = 'day'", /roll-up of the day from 1970-01-31T00/],
    ["delete from rollup where width = 'hour'", /roll-up of the hour/],
    ['update rollup_checkpoint set up_to_seq = 2', /roll-up of the minute/],
  ])('finds %s', async (statement, problem) => {
    expect((await damage(statement)).join('; ')).toMatch(problem);
  });

  test('finds nothing where rows have come since they were rolled up', async () => {
    expect(await damage()).toEqual([]);
    opened((database) => openSqliteLedger(database).write([valuesOf(entry('d'))]));
    expect(await checkLedger(store.database)).toEqual(whole(4));
  });
});

describe('roll-ups', () => {
  const anyEntries = fc.array(
    fc.record({
      account: fc.constantFrom('acc_1', 'acc_2'),
      key: fc.constantFrom('key_1', 'key_2'),
      model: fc.constantFrom('r1', 'qwen'),
      operation: fc.constantFrom('completions', 'embeddings'),
      kind: fc.constantFrom('settle', 'settle', 'hold', 'release', 'lost', 'late', 'correct', 'credit'),
      at: fc.nat({ max: 3 * day }),
      prompt: fc.nat({ max: 100 }),
      answer: fc.nat({ max: 100 }),
      amount: fc.nat({ max: 1e12 }),
    }),
    { maxLength: 60 },
  );

  test('behind the ledger are those that are made anew, and agree with its rows', () => {
    opened((database) => {
      const ledger = openSqliteLedger(database);
      let count = 0;
      fc.assert(
        fc.property(anyEntries, fc.nat({ max: 60 }), (some, cut) => {
          const rows = some.map((one) =>
            valuesOf(entry(`req_${count++}`, { ...one, cached: 0 } as Partial<LedgerEntry>)),
          );
          ledger.write(rows.slice(0, cut));
          while (ledger.rollUp());
          ledger.write(rows.slice(cut));
          while (ledger.rollUp());
        }),
        { numRuns: 60 },
      );
      const before = rollups();
      database.exec('delete from rollup; delete from rollup_checkpoint');
      while (ledger.rollUp());
      expect(rollups()).toEqual(before);
      const sumOf = (from: string, requests: string): unknown => ({
        ...database
          .prepare(
            `select ${requests} as requests, sum(prompt) as prompt, sum(answer) as answer, sum(amount) as amount ${from}`,
          )
          .get(),
      });
      const billed = sumOf(
        `from ledger where kind in ('settle', 'late', 'correct', 'credit')`,
        `sum(kind in ('settle', 'late'))`,
      );
      for (const width of ['minute', 'hour', 'day'])
        expect(sumOf(`from rollup where width = '${width}'`, 'sum(requests)')).toEqual(billed);
    });
  });

  test('follow by themselves', async () => {
    await using ledger = openWriterThread({ path, rollUpMs: 5 });
    await ledger.append(entry('a'));
    await expect.poll(() => rollups().length, { timeout: 20_000 }).toBe(3);
    expect(rollups()[0]).toMatchObject({ width: 'day', bucket_start: 30 * day, requests: 1, amount: 1234 });
  });

  test('are complete once the ledger was closed', async () => {
    const ledger = openWriterThread({ path });
    await Promise.all(Array.from({ length: 50 }, (_, index) => ledger.append(entry(`req_${index}`))));
    await ledger[Symbol.asyncDispose]();
    expect(rollups()).toMatchObject(Array.from({ length: 3 }, () => ({ requests: 50, prompt: 500 })));
  });
});

test('no prepared statement scans the ledger', () => {
  opened((database) => {
    for (const [name, statement] of Object.entries(sqliteStatements)) {
      const plan = database
        .prepare(`explain query plan ${statement}`)
        .all()
        .map(({ detail }) => detail as string);
      const scans = plan.filter((detail) => /^SCAN ledger/.test(detail));
      expect(scans, name).toEqual([]);
    }
  });
});

describe('group commit', () => {
  test('gathers a turn of the event loop, and while one batch is written the next', async () => {
    const batches: number[][] = [];
    let release = (): void => {};
    const { append, drained } = createGroupCommit<number>({
      commit: (rows) => {
        batches.push([...rows]);
        return new Promise((resolve) => {
          release = resolve;
        });
      },
      maxBatch: 3,
    });
    const all = [append(1), append(2)];
    await new Promise((resolve) => setImmediate(resolve));
    expect(batches).toEqual([[1, 2]]);
    all.push(append(3), append(4), append(5), append(6));
    release();
    await new Promise((resolve) => setImmediate(resolve));
    expect(batches).toEqual([
      [1, 2],
      [3, 4, 5],
    ]);
    release();
    await new Promise((resolve) => setImmediate(resolve));
    release();
    await Promise.all(all);
    await drained();
    expect(batches.at(-1)).toEqual([6]);
  });

  describe('that gathers small batches', () => {
    beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }));
    afterEach(() => void vi.useRealTimers());
    const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
    const gathering = () => {
      const batches: number[][] = [];
      const commit = async (rows: readonly number[]): Promise<void> => void batches.push([...rows]);
      const gathers = { milliseconds: 5, rows: 3 };
      return { batches, ...createGroupCommit<number>({ commit, maxBatch: 10, gathers }) };
    };

    test('gives the first at once, a small one behind it after the pause, and a large one in the midst of it', async () => {
      const { batches, append } = gathering();
      await append(1);
      expect(batches).toEqual([[1]]);
      const small = [append(2), append(3)];
      await nextTurn();
      vi.advanceTimersByTime(4);
      await nextTurn();
      expect(batches).toEqual([[1]]);
      vi.advanceTimersByTime(1);
      await Promise.all(small);
      await Promise.all([append(4), append(5), append(6)]);
      expect(batches).toEqual([[1], [2, 3], [4, 5, 6]]);
      vi.advanceTimersByTime(5);
      await append(7);
      expect(batches.at(-1)).toEqual([7]);
    });

    test('gives what is urgent at once, with those that wait, and gathers again behind it', async () => {
      const { batches, append } = gathering();
      await append(1);
      await Promise.all([append(2), append(3, true)]);
      const later = append(4);
      await nextTurn();
      expect(batches).toEqual([[1], [2, 3]]);
      vi.advanceTimersByTime(5);
      await later;
      expect(batches.at(-1)).toEqual([4]);
    });

    test('keeps nobody waiting who wants all of it written', async () => {
      const { batches, append, drained } = gathering();
      await append(1);
      const second = append(2);
      await nextTurn();
      await drained();
      await second;
      expect(batches).toEqual([[1], [2]]);
    });
  });

  test('fails those of the batch that failed, and nobody else', async () => {
    const { append } = createGroupCommit<string>({
      commit: async (rows) => {
        if (rows.includes('bad')) throw new Error('full');
      },
      maxBatch: 2,
    });
    const results = await Promise.allSettled(['a', 'bad', 'c', 'd'].map((row) => append(row)));
    expect(results.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'fulfilled', 'fulfilled']);
  });
});
