// Observations are counted once, whoever sends them and however often; cases are opened, raised and cleared with their entries in
// the log.
import { expect } from 'vitest';
import type { OrganisationId } from '../../traffic/index.ts';
import { author, forEachDatabase, makeTenant, openForTest } from '../contract.ts';
import type { Merge } from './guard-rows.ts';

type Given = { organisation: string; account: string; week: number; count: number };

/** The state is a number, to which what is given adds. */
const merge: Merge<Given> = (known, { count }) => {
  const requests = (known?.[0] ?? 0) + count;
  return { requests, state: Uint8Array.of(requests) };
};
const seen = (account: string, count: number): Given => ({ organisation: 'o', account, week: 5, count });

forEachDatabase('what the guard keeps', ({ test, newLocation }) => {
  test('a batch that is sent again is counted once, and batches of nodes add up', async () => {
    await using opened = await openForTest(await newLocation());
    const { guard } = opened.store;
    const first = { node: 'a', number: 1, observations: [seen('x', 3), seen('y', 4)] };
    expect((await guard.addBatch(first, merge)).map(({ requests }) => requests)).toEqual([3, 4]);
    expect(await guard.addBatch(first, merge)).toEqual([]);
    await guard.addBatch({ node: 'b', number: 1, observations: [seen('x', 10)] }, merge);
    const second = await guard.addBatch({ node: 'a', number: 2, observations: [seen('x', 1)] }, merge);
    expect(second).toMatchObject([{ account: 'x', requests: 14 }]);
    const weeks = await Array.fromAsync(guard.weeksFrom(5));
    expect(weeks.map(({ account, requests, state }) => [account, requests, ...state])).toEqual([
      ...[
        ['x', 14, 14],
        ['y', 4, 4],
      ],
    ]);
    await guard.removeBefore(6);
    expect(await Array.fromAsync(guard.weeksFrom(0))).toEqual([]);
  });

  test('of two nodes that merge at once, neither loses what it saw', async () => {
    const location = await newLocation();
    await using one = await openForTest(location);
    await using other = await openForTest(location);
    const send = async ({ store }: typeof one, node: string): Promise<void> => {
      for (let number = 1; number <= 20; number++)
        await store.guard.addBatch({ node, number, observations: [seen('x', 1)] }, merge);
    };
    await Promise.all([send(one, 'a'), send(other, 'b')]);
    expect(await Array.fromAsync(one.store.guard.weeksFrom(5))).toMatchObject([{ requests: 40 }]);
  });

  test('a merge that fails leaves everything as it was, and its number can be sent again', async () => {
    await using opened = await openForTest(await newLocation());
    const { guard } = opened.store;
    const batch = { node: 'a', number: 1, observations: [seen('x', 3), seen('y', 4)] };
    const failing: Merge<Given> = (known, given) => {
      if (given.account === 'y') throw new TypeError('no');
      return merge(known, given);
    };
    await expect(guard.addBatch(batch, failing)).rejects.toThrow('no');
    expect(await Array.fromAsync(guard.weeksFrom(0))).toEqual([]);
    expect(await guard.addBatch(batch, merge)).toHaveLength(2);
  });

  test('a case is opened once, raised once and cleared, each with its entry in the log', async () => {
    await using opened = await openForTest(await newLocation());
    const { guard, audit } = opened.store;
    const { organisation, account } = await makeTenant(opened, 'Works');
    const found = { organisation, account, week: 5, use_class: 'rag', statistic: 2100, evidence: { a: [1] } };
    const asked = await guard.openCase({ ...found, level: 'ask' }, author);
    expect(asked).toMatchObject({ level: 'ask', state: 'open', evidence: { a: [1] } });
    expect(await guard.openCase({ ...found, level: 'ask' }, author)).toBeUndefined();
    const raised = await guard.openCase({ ...found, level: 'measure', statistic: 3000 }, author);
    expect(raised).toMatchObject({ id: asked?.id, level: 'measure', statistic: 3000 });
    expect(await guard.openCase({ ...found, level: 'ask' }, author)).toBeUndefined();
    expect(await guard.cases(organisation)).toEqual([raised]);
    await guard.clearCase(organisation, raised!.id, { ...author, reason: 'a contract allows it' });
    expect(await guard.caseOf(organisation, raised!.id)).toMatchObject({ state: 'cleared' });
    const entries = (await audit.list(organisation, { limit: 10 })).filter(
      ({ target }) => target.id === raised!.id,
    );
    expect(entries.map(({ action, reason }) => [action, reason])).toEqual([
      ['guard.case.cleared', 'a contract allows it'],
      ...[
        ['guard.case.opened', null],
        ['guard.case.opened', null],
      ],
    ]);
  });

  test('that a case was cleared can be taken back, unless another one of the week is open by then', async () => {
    await using opened = await openForTest(await newLocation());
    const { guard, audit } = opened.store;
    const { organisation, account } = await makeTenant(opened, 'Works');
    const found = { week: 5, use_class: 'rag', level: 'ask', statistic: 2100, evidence: {} } as const;
    const { id } = (await guard.openCase({ ...found, organisation, account }, author))!;
    await guard.clearCase(organisation, id, author);
    expect([...(await guard.clearedUses()).values()]).toEqual([2100]);
    const reopened = await guard.reopenCase(organisation, id, { ...author, reason: 'a mistake' });
    expect(reopened).toMatchObject({ state: 'open', closed_at: null });
    expect((await guard.clearedUses()).size).toBe(0);
    expect((await audit.list(organisation, { limit: 1 }))[0]).toMatchObject({
      ...{ action: 'guard.case.reopened', reason: 'a mistake', target: { id } },
    });
    await guard.clearCase(organisation, id, author);
    await guard.openCase({ ...found, statistic: 2200, organisation, account }, author);
    await expect(guard.reopenCase(organisation, id, author)).rejects.toMatchObject({
      code: 'TGL_STORE_CONFLICT',
    });
    expect(await guard.caseOf(organisation, id)).toMatchObject({ state: 'cleared' });
  });

  test('cases are read by suspicion, a page at a time, of one organisation', async () => {
    await using opened = await openForTest(await newLocation());
    const { guard } = opened.store;
    const { organisation, account } = await makeTenant(opened, 'Works');
    const other = await makeTenant(opened, 'Other');
    const open = (week: number, level: 'ask' | 'measure', statistic: number) =>
      guard.openCase(
        { ...{ organisation, account, week, level, statistic }, use_class: 'rag', evidence: {} },
        author,
      );
    for (const [week, level, statistic] of [
      [1, 'ask', 9000],
      [2, 'measure', 3000],
      [3, 'ask', 2000],
      [4, 'measure', 4000],
      [5, 'ask', 9000],
    ] as const)
      await open(week, level, statistic);
    const { organisation: theirs, account: their } = other;
    const found = { week: 1, level: 'measure', use_class: 'rag', statistic: 99_000, evidence: {} } as const;
    const strange = (await guard.openCase({ ...found, organisation: theirs, account: their }, author))!;
    const whole = await guard.casesBySuspicion(organisation, { limit: 100 });
    expect(whole.map(({ level, statistic }) => `${level} ${statistic}`)).toEqual([
      ...['measure 4000', 'measure 3000', 'ask 9000', 'ask 9000', 'ask 2000'],
    ]);
    const paged: string[] = [];
    for (let after: string | undefined; ; after = paged.at(-1)) {
      const page = await guard.casesBySuspicion(organisation, { after, limit: 2 });
      if (page.length === 0) break;
      paged.push(...page.map(({ id }) => id));
    }
    expect(paged).toEqual(whole.map(({ id }) => id));
    await guard.clearCase(organisation, whole[0]!.id, author);
    expect(await guard.countOpenCases(organisation)).toBe(4);
    expect(await guard.casesBySuspicion(organisation, { state: 'cleared', limit: 9 })).toMatchObject([
      { id: whole[0]!.id },
    ]);
    const behindTheirs = guard.casesBySuspicion(organisation, { after: strange.id, limit: 2 });
    await expect(behindTheirs).rejects.toMatchObject({ code: 'TGL_GUARD_CASE_UNKNOWN' });
  });

  test('a cluster has one case in each of its organisations, is brought up to date, and stays cleared', async () => {
    await using opened = await openForTest(await newLocation());
    const { guard, audit } = opened.store;
    const [one, other] = [await makeTenant(opened, 'One'), await makeTenant(opened, 'Other')];
    const known = { isSame: () => true, isCovered: () => true };
    const accounts = new Map([one, other].map(({ organisation, account }) => [organisation, account]));
    const found = { week: 5, use_class: 'rag', statistic: 2100, evidence: { size: 12 }, accounts } as const;
    const alone = { ...one, week: 5, use_class: 'rag', level: 'ask', statistic: 1, evidence: {} } as const;
    await guard.openCase(alone, author);
    const first = await guard.openCluster({ ...found, level: 'ask' }, known, author);
    expect(first.told).toEqual(first.cases);
    expect(first.cases.map(({ organisation }) => organisation)).toEqual([...accounts.keys()]);
    const grown = { ...found, level: 'ask', evidence: { size: 20 } } as const;
    const second = await guard.openCluster(grown, known, author);
    expect([second.told, second.cases.map(({ id }) => id)]).toEqual([[], first.cases.map(({ id }) => id)]);
    expect(await guard.caseOf(one.organisation, first.cases[0]!.id)).toMatchObject({
      evidence: { size: 20 },
    });
    const raised = await guard.openCluster({ ...found, level: 'measure' }, known, author);
    expect(raised.told.map(({ level }) => level)).toEqual(['measure', 'measure']);
    expect((await guard.openCluster(grown, known, author)).cases.map(({ level }) => level)).toEqual([
      ...['measure', 'measure'],
    ]);
    const next = await guard.openCluster({ ...found, week: 6, level: 'ask' }, known, author);
    expect(next.told).toHaveLength(2);
    const { cluster } = first.cases[0]!;
    expect(await guard.clearCluster(cluster!, { ...author, reason: 'one customer' })).toHaveLength(2);
    expect(await guard.clearCluster(cluster!, author)).toEqual([]);
    expect(await guard.openCluster({ ...found, level: 'measure' }, known, author)).toEqual({
      cases: [],
      told: [],
    });
    const uncovered = { ...known, isSame: () => false, isCovered: () => false };
    expect((await guard.openCluster({ ...found, level: 'ask' }, uncovered, author)).told).toHaveLength(2);
    expect([...(await guard.clearedUses()).keys()]).toEqual([]);
    for (const { organisation, id } of first.cases) {
      const entries = (await audit.list(organisation as OrganisationId, { limit: 50 })).filter(
        ({ target }) => target.id === id,
      );
      expect(entries.map(({ action }) => action)).toEqual([
        ...['guard.case.cleared', 'guard.case.opened', 'guard.case.opened'],
      ]);
    }
  });

  test('a group that one organisation has found in order is found in others all the same', async () => {
    await using opened = await openForTest(await newLocation());
    const { guard } = opened.store;
    const [one, other] = [await makeTenant(opened, 'One'), await makeTenant(opened, 'Other')];
    const known = { isSame: () => true, isCovered: () => true };
    const accounts = new Map([one, other].map(({ organisation, account }) => [organisation, account]));
    const found = { week: 5, use_class: 'rag', level: 'ask', statistic: 9, evidence: {}, accounts } as const;
    const { cases } = await guard.openCluster(found, known, author);
    await guard.clearCase(one.organisation, cases[0]!.id, author);
    const grown = await guard.openCluster({ ...found, level: 'measure' }, known, author);
    expect(grown.told.map(({ organisation }) => organisation)).toEqual([other.organisation]);
    const later = await guard.openCluster({ ...found, week: 6 }, known, author);
    expect(later.told.map(({ organisation }) => organisation)).toEqual([other.organisation]);
  });

  test('a case of another organisation is not there', async () => {
    await using opened = await openForTest(await newLocation());
    const { guard } = opened.store;
    const [mine, other] = [await makeTenant(opened, 'Mine'), await makeTenant(opened, 'Other')];
    const found = { week: 5, use_class: 'rag', level: 'ask', statistic: 2100, evidence: {} } as const;
    const { organisation, account } = mine;
    const { id } = (await guard.openCase({ ...found, organisation, account }, author))!;
    for (const attempt of [
      () => guard.caseOf(other.organisation, id),
      () => guard.clearCase(other.organisation, id, author),
      () => guard.reopenCase(other.organisation, id, author),
    ])
      await expect(attempt()).rejects.toMatchObject({ code: 'TGL_GUARD_CASE_UNKNOWN' });
    expect(await guard.caseOf(organisation, id)).toMatchObject({ state: 'open' });
  });

  test('a use is declared for an account that is there, and the last one holds', async () => {
    await using opened = await openForTest(await newLocation());
    const { guard } = opened.store;
    const [mine, other] = [await makeTenant(opened, 'Mine'), await makeTenant(opened, 'Other')];
    await guard.declareUse(mine.organisation, mine.account, 'rag', author);
    await guard.declareUse(mine.organisation, mine.account, 'agent', author);
    const wrong = guard.declareUse(mine.organisation, other.account, 'rag', author);
    await expect(wrong).rejects.toMatchObject({ code: 'TGL_ID_UNKNOWN' });
    expect([...(await guard.declaredUses())]).toEqual([[`${mine.organisation} ${mine.account}`, 'agent']]);
    expect([...(await guard.usesOf(mine.organisation))]).toMatchObject([
      [mine.account, { useClass: 'agent' }],
    ]);
    expect((await guard.usesOf(other.organisation)).size).toBe(0);
  });

  test('the newest calibration holds', async () => {
    await using opened = await openForTest(await newLocation());
    const { guard } = opened.store;
    expect(await guard.calibration()).toBeUndefined();
    expect(await guard.addCalibration('one', author)).toBe(1);
    expect(await guard.addCalibration('two', author)).toBe(2);
    expect(await guard.calibration()).toEqual({ version: 2, envelope: 'two' });
    expect(await guard.calibration(1)).toEqual({ version: 2, envelope: 'two' });
    expect(await guard.calibration(2)).toBeUndefined();
  });
});
