// The audit log: complete, in order, and whatever is changed in it afterwards is found by whoever has an export.
import fc from 'fast-check';
import { expect } from 'vitest';
import { author, forEachDatabase, makeTenant, type OpenedStore, openForTest } from '../contract.ts';
import { isSigned, signer } from './signer-fixture.ts';
import { type AuditVerification, verifyAudit } from './verify-audit.ts';

async function exportOf({ store }: OpenedStore): Promise<readonly string[]> {
  return (await Array.fromAsync(store.audit.export())).map((row) => JSON.stringify(row));
}

const check = (lines: readonly string[]): Promise<AuditVerification> => verifyAudit(lines, isSigned);

/** Two organisations with some changes, and heads signed on two days. */
async function someHistory(opened: OpenedStore): Promise<void> {
  const { organisation, account, principal } = await makeTenant(opened, 'one');
  await opened.store.audit.signHeads(signer);
  opened.clock.advance(86_400_000);
  await makeTenant(opened, 'two');
  await opened.keys.create(organisation, author, { account, principal, name: 'k' });
  await opened.store.audit.signHeads(signer);
}

forEachDatabase('the audit log', ({ test, newLocation, name }) => {
  test('verifies, and its heads are signed once a day where something was added', async () => {
    await using opened = await openForTest(await newLocation());
    await someHistory(opened);
    expect(await opened.store.audit.signHeads(signer)).toBe(0);
    opened.clock.advance(86_400_000);
    expect(await opened.store.audit.signHeads(signer)).toBe(0);
    const result = await check(await exportOf(opened));
    expect(result.problems).toEqual([]);
    expect(result.chains.map(({ rows }) => rows).sort()).toEqual([3, 4, 4]);
    // One organisation on the first day; both and the system itself on the second.
    expect(result.signatures).toBe(4);
  });

  test('changes that are made at once follow one another', async () => {
    await using opened = await openForTest(await newLocation());
    await using other = await openForTest(
      opened.store.database.location.type === 'sqlite'
        ? opened.store.database.location.path
        : opened.store.database.location.url,
    );
    const { organisation } = await makeTenant(opened, 'one');
    await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        [opened, other][index % 2]!.store.accounts.create(organisation, author, { name: `a${index}` }),
      ),
    );
    const result = await check(await exportOf(opened));
    expect(result.problems).toEqual([]);
    expect(result.chains).toMatchObject([{ rows: 23 }]);
  });

  test('is read by who holds the key that changed something, and by the account of a key', async () => {
    await using opened = await openForTest(await newLocation());
    const { organisation, account, principal } = await makeTenant(opened, 'one');
    const { key } = await opened.keys.create(organisation, author, { account, principal, name: 'k' });
    const actor = { type: 'key', key: key.id, principal } as const;
    await opened.keys.revoke(organisation, key.id, { ...author, actor });
    const seqs = async (filter: object) =>
      (await opened.store.audit.list(organisation, filter)).map(({ seq }) => seq);
    expect(await seqs({ actors: [principal] })).toEqual([5]);
    expect(await seqs({ actors: [key.id] })).toEqual([5]);
    expect(await seqs({ accounts: [account] })).toEqual([5, 4, 2]);
  });

  test('is read by time, action, actor and target, the newest first', async () => {
    await using opened = await openForTest(await newLocation());
    const { organisation, account } = await makeTenant(opened, 'one');
    opened.clock.advance(1000);
    await opened.store.accounts.update(organisation, account, author, { name: 'b' });
    const { audit } = opened.store;
    const seqs = async (filter: object) => (await audit.list(organisation, filter)).map(({ seq }) => seq);
    expect(await seqs({})).toEqual([4, 3, 2, 1]);
    expect(await seqs({ from: opened.clock.now() })).toEqual([4]);
    expect(await seqs({ to: opened.clock.now(), limit: 2 })).toEqual([3, 2]);
    expect(await seqs({ actions: ['project.created', 'project.updated'] })).toEqual([4, 2]);
    expect(await seqs({ targets: [account], after: 4 })).toEqual([2]);
    expect(await seqs({ before: 2 })).toEqual([4, 3]);
    expect(await seqs({ before: 1, limit: 2 })).toEqual([3, 2]);
    const [newest] = await audit.list(organisation);
    expect(await audit.seqOf(organisation, newest!.id)).toBe(4);
    expect(await audit.seqOf('system', newest!.id)).toBeUndefined();
    expect(await seqs({ actors: ['server'] })).toEqual([]);
  });

  if (name === 'SQLite')
    test('any one byte that is changed in an export is found', async () => {
      await using opened = await openForTest(await newLocation());
      await someHistory(opened);
      const lines = await exportOf(opened);
      await fc.assert(
        fc.asyncProperty(
          fc.nat(lines.length - 1),
          fc.nat(),
          fc.integer({ min: 32, max: 126 }),
          async (at, place, code) => {
            const line = lines[at]!;
            const index = place % line.length;
            const changed = line.slice(0, index) + String.fromCharCode(code) + line.slice(index + 1);
            if (changed === line) return;
            const result = await check(lines.with(at, changed));
            expect(result.problems.length, changed).toBeGreaterThan(0);
            expect(result.problems.some(({ line: told }) => told === null || told >= at + 1)).toBe(true);
          },
        ),
        { numRuns: 300 },
      );
    });

  test('a row that is dropped, repeated or moved is found, and so is an end that is missing', async () => {
    await using opened = await openForTest(await newLocation());
    await someHistory(opened);
    const lines = await exportOf(opened);
    const chainOf = (line: string): string => JSON.parse(line).entry.chain;
    for (const index of lines.keys()) {
      const dropped = lines.toSpliced(index, 1);
      // The last row of the system itself is followed by nothing that would tell of it.
      const isLastOfSystem = index === lines.findLastIndex((line) => chainOf(line) === 'system');
      // Rows that were added to a chain after its head was signed cannot be missed before the next one is.
      expect((await check(dropped)).problems.length > 0, lines[index]!).toBe(!isLastOfSystem);
      expect((await check(lines.toSpliced(index, 0, lines[index]!))).problems).not.toEqual([]);
      const next = lines[index + 1];
      if (next !== undefined && chainOf(next) === chainOf(lines[index]!))
        expect((await check(lines.with(index, next).with(index + 1, lines[index]!))).problems).not.toEqual(
          [],
        );
    }
    for (const nonsense of ['null', '{}', 'x', '{"entry":{},"hash":"a"}', '[]', '{"entry":null,"hash":""}'])
      expect((await check([nonsense])).problems).toMatchObject([{ line: 1 }]);
  });
});
