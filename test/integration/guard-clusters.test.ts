// Accounts that belong together, beside servers: a thief whose accounts are split over organisations and servers is found as one and slowed
// down as one, the customers of one application are asked about and never slowed down, and one act of a person clears either.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { seededRandom } from '../../src/base/index.ts';
import { openCatalog } from '../../src/catalog/index.ts';
import { type Evidence, membersIn, shippedGuardScore } from '../../src/guard/index.ts';
import { calibrateOnObserved } from '../../src/host/guard/calibrate.ts';
import { signCalibration } from '../../src/host/guard/calibrations.ts';
import type { GuardSetting } from '../../src/host/guard/guard-setting.ts';
import { sampleAccounts } from '../../src/host/guard/linkage/sample-accounts.ts';
import { endMeasures, measureNames, tracesPerDay } from '../../src/host/guard/measures.ts';
import { type Guard, startGuard } from '../../src/host/guard/start-guard.ts';
import { author, makeTenant, type OpenedStore, openForTest, testPepper } from '../../src/store/contract.ts';
import { limitsAt } from '../../src/store/index.ts';
import type { OrganisationId } from '../../src/traffic/index.ts';
import { askOnce } from './guard-request.ts';

const home = mkdtempSync(join(tmpdir(), 'tiegel-clusters-'));
afterAll(() => rmSync(home, { recursive: true, force: true }));
let stores = 0;
const weekMs = 7 * 86_400_000;
const problems: unknown[] = [];

async function start(
  { store, clock }: OpenedStore,
  setting: GuardSetting,
  node: string,
): Promise<Guard & { readonly look: () => Promise<void> }> {
  const guard = await startGuard({
    ...{ store, node, setting, pepper: testPepper, linkEveryMs: 0 },
    // Looks come one after another in time.
    clock: {
      ...clock,
      now: () => {
        clock.advance(1);
        return clock.now();
      },
    },
    attestations: openCatalog({ home, clock }).attestations,
    logger: { info: () => {}, warn: () => {}, error: (...told: unknown[]) => void problems.push(told) },
  });
  const look = async (): Promise<void> => {
    // One that was running already may have seen less.
    for (const _ of [1, 2]) {
      await guard.flush();
      await guard.linked();
    }
  };
  return { ...guard, look };
}

type Owner = { readonly organisation: string; readonly account: string };

const words = 'invoice parcel meeting table garden lunch printer ticket holiday broken colour window'.split(
  ' ',
);

function askHonestly(guard: Guard, owner: Owner, seed: number): void {
  const random = seededRandom(seed);
  const [begun, pace] = [random.integer(0, 400_000_000), random.integer(10_000, 900_000)];
  for (let count = 0; count < 30; count++) {
    const subject = random.pick(words);
    const prompt = random.pick([`where is my ${subject}?`, `please move the ${subject}`, 'thanks']);
    askOnce(guard, owner, prompt, begun + count * pace);
  }
}

/** A store with a calibration on 120 honest accounts, in the week after. */
async function calibratedStore(): Promise<OpenedStore> {
  const opened = await openForTest(join(home, `${++stores}`, 'store.db'));
  const guard = await start(opened, 'observe', 'node_before');
  for (let account = 0; account < 120; account++)
    askHonestly(guard, { organisation: `org_${account % 6}`, account: `acc_${account}` }, account);
  await guard[Symbol.asyncDispose]();
  opened.clock.advance(weekMs);
  const { attestations } = openCatalog({ home, clock: opened.clock });
  const calibration = await calibrateOnObserved(opened.store, shippedGuardScore(), {
    clock: opened.clock,
    rate: 0.05,
  });
  await opened.store.guard.addCalibration(signCalibration(attestations, calibration), author);
  return opened;
}

async function accountsOf(opened: OpenedStore, name: string, count: number): Promise<readonly Owner[]> {
  const { organisation, account } = await makeTenant(opened, name);
  const more = await Promise.all(
    Array.from({ length: count - 1 }, (_, index) =>
      opened.store.accounts.create(organisation, author, { name: `${name} ${index}` }),
    ),
  );
  return [account, ...more.map(({ id }) => id)].map((id) => ({ organisation, account: id }));
}

/** Everybody of a group asks what nobody else does, in the same wording. */
function askAlike(
  guard: Guard,
  owners: readonly Owner[],
  {
    wrapper,
    seed,
    arrivedOf,
  }: { wrapper: (text: string) => string; seed: number; arrivedOf: (index: number, count: number) => number },
): void {
  for (const [index, owner] of owners.entries()) {
    const random = seededRandom(seed, index);
    for (let count = 0; count < 30; count++) {
      const text = `${random.pick(words)} ${random.integer(0, 1e9)} and ${random.pick(words)} ${index} ${count}`;
      askOnce(guard, owner, wrapper(text), arrivedOf(index, count));
    }
  }
}

const thiefOptions = {
  wrapper: (text: string) =>
    `Solve the following problem with care. ${text}\n\nShow all of your reasoning before the final answer.`,
  ...{ seed: 1, arrivedOf: (index: number, count: number) => 1_000_000 + 50 * index + 20_000 * count },
};

const limitsOn = async ({ store, clock }: OpenedStore) =>
  (await limitsAt(store.database, clock.now())).filter(({ unit }) => unit === 'reasoning-tokens');

test('a thief of twenty accounts in two organisations over two servers is one cluster, slowed down as one, and freed by one act', {
  timeout: 120_000,
}, async () => {
  await using opened = await calibratedStore();
  const { store, clock } = opened;
  const [first, second] = [await accountsOf(opened, 'One', 12), await accountsOf(opened, 'Two', 8)];
  const honest = await accountsOf(opened, 'Honest', 20);
  const [one, other] = [await start(opened, 'measure', 'node_a'), await start(opened, 'measure', 'node_b')];
  const thief = [...first, ...second];
  askAlike(one, thief.slice(0, 10), thiefOptions);
  askAlike(other, thief.slice(10), { ...thiefOptions, seed: 2 });
  for (const [index, owner] of honest.entries()) askHonestly(one, owner, 500 + index);
  await one.flush();
  await other.look();
  await one.look();
  const cases = (await store.guard.cases()).filter(({ cluster }) => cluster !== null);
  expect(cases.map(({ organisation, level, state }) => [organisation, level, state]).sort()).toEqual(
    [first, second].map((owners) => [owners[0]!.organisation, 'measure', 'open']).sort(),
  );
  expect(new Set(cases.map(({ cluster }) => cluster)).size).toBe(1);
  const names = (owners: readonly { account: string }[]) => owners.map(({ account }) => account).sort();
  for (const { evidence } of cases) {
    expect(names(membersIn(evidence))).toEqual(names(thief));
    const { verdict, cluster } = evidence as Evidence;
    expect(verdict).toContain('20 accounts belong together');
    expect(cluster!.reasons).toEqual(expect.arrayContaining(['text', 'circumstances']));
    expect(cluster!.bound).toBeLessThan(0.1);
  }
  const limits = await limitsOn(opened);
  expect(limits.map(({ subject }) => subject).sort()).toEqual(names(thief));
  expect(new Set(limits.map(({ amount }) => amount))).toEqual(new Set([tracesPerDay / 20]));

  clock.advance(1000);
  const cleared = await store.guard.clearCluster(cases[0]!.cluster!, { ...author, reason: 'agreed' });
  for (const one of cleared) await endMeasures(store, measureNames, one, author, clock);
  expect(cleared).toHaveLength(2);
  expect(await limitsOn(opened)).toEqual([]);
  for (const { id, organisation } of cases) {
    const log = await store.audit.list(organisation as OrganisationId, { limit: 50 });
    const mine = log.filter(({ target }) => target.id === id);
    expect(mine.map(({ action, reason }) => [action, reason])).toEqual([
      ['guard.case.cleared', 'agreed'],
      ['guard.case.opened', 'accounts that belong together'],
    ]);
  }
  await other.look();
  await one[Symbol.asyncDispose]();
  await other[Symbol.asyncDispose]();
  expect(
    (await store.guard.cases()).filter(({ cluster, state }) => cluster !== null && state === 'open'),
  ).toEqual([]);
  expect(problems).toEqual([]);
});

test('two hundred customers of one application are asked about, never slowed down, and cleared for good by one act', {
  timeout: 120_000,
}, async () => {
  await using opened = await calibratedStore();
  const { store, clock } = opened;
  const customers = await accountsOf(opened, 'Application', 200);
  const guard = await start(opened, 'measure', 'node_a');
  const ask = (): void =>
    askAlike(guard, customers, {
      wrapper: (text) => `You label letters of customers. Letter: ${text}\n\nAnswer with one label.`,
      seed: clock.now(),
      arrivedOf: (index, count) =>
        clock.now() + seededRandom(index).integer(0, 300_000_000) + count * (10_000 + 977 * index),
    });
  ask();
  await guard.look();
  const found = (await store.guard.cases()).filter(({ cluster }) => cluster !== null);
  expect(found.map(({ level }) => level)).toEqual(['ask']);
  expect(membersIn(found[0]!.evidence)).toHaveLength(200);
  expect(await limitsOn(opened)).toEqual([]);
  await store.guard.clearCluster(found[0]!.cluster!, { ...author, reason: 'one application' });
  clock.advance(weekMs);
  ask();
  await guard.look();
  await guard[Symbol.asyncDispose]();
  const later = (await store.guard.cases()).filter(({ cluster }) => cluster !== null);
  expect(later.map(({ state }) => state)).toEqual(['cleared']);
  expect(await limitsOn(opened)).toEqual([]);
});

test('of too many accounts a sample is compared, the same ones whoever draws it and in whatever order', () => {
  const owners = Array.from({ length: 1000 }, (_, index) => ({
    organisation: `o${index % 7}`,
    account: `a${index}`,
  }));
  const drawn = (given: readonly Owner[]) => {
    const sample = sampleAccounts<Owner>(300);
    for (const owner of given) sample.add(owner);
    return sample;
  };
  const sample = drawn(owners);
  const { length } = sample.accounts();
  expect(length).toBeGreaterThan(150);
  expect(length).toBeLessThanOrEqual(300);
  expect(sample.leftOut()).toBe(1000 - length);
  expect(new Set(drawn(owners.toReversed()).accounts())).toEqual(new Set(sample.accounts()));
});
