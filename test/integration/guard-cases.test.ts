// The guard beside a server: what it observed survives restarts and failures exactly, a thief among honest accounts becomes a case
// with evidence that holds, a person clears it for good, and a measure can be undone.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { seededRandom } from '../../src/base/index.ts';
import { openCatalog } from '../../src/catalog/index.ts';
import { type Evidence, shippedGuardScore } from '../../src/guard/index.ts';
import { calibrateOnObserved } from '../../src/host/guard/calibrate.ts';
import { signCalibration } from '../../src/host/guard/calibrations.ts';
import type { GuardSetting } from '../../src/host/guard/guard-setting.ts';
import {
  automaticAuthor,
  beginMeasure,
  endMeasures,
  type Limited,
  type MeasureName,
  measureNames,
  tracesPerDay,
} from '../../src/host/guard/measures.ts';
import { type Guard, startGuard } from '../../src/host/guard/start-guard.ts';
import type { Around } from '../../src/store/connection/around-dialect.ts';
import { author, makeTenant, type OpenedStore, openForTest, testPepper } from '../../src/store/contract.ts';
import { limitsAt } from '../../src/store/index.ts';
import { askOnce, usage } from './guard-request.ts';

const home = mkdtempSync(join(tmpdir(), 'tiegel-guard-'));
afterAll(() => rmSync(home, { recursive: true, force: true }));
let stores = 0;
const newLocation = (): string => join(home, `${++stores}`, 'store.db');
const score = shippedGuardScore();
const weekMs = 7 * 86_400_000;

type Running = {
  readonly guard: Guard;
  readonly problems: unknown[];
  readonly catalog: ReturnType<typeof openCatalog>;
};

async function start(
  opened: OpenedStore,
  setting: GuardSetting | undefined,
  node = 'node_a',
): Promise<Running> {
  const { store, clock } = opened;
  const catalog = openCatalog({ home, clock });
  const problems: unknown[] = [];
  const guard = await startGuard({
    ...{ store, clock, node, setting, pepper: testPepper, attestations: catalog.attestations },
    logger: { info: () => {}, warn: () => {}, error: (...told: unknown[]) => void problems.push(told) },
  });
  return { guard, problems, catalog };
}

const ask = ({ guard }: Running, organisation: string, account: string, prompt: string, arrived = 0): void =>
  askOnce(guard, { organisation, account }, prompt, arrived);

const words = 'invoice parcel meeting table garden lunch printer ticket holiday broken colour window'.split(
  ' ',
);
const topics = 'volcanoes inflation jazz robotics coffee vaccines photosynthesis encryption'.split(' ');

/** Somebody who asks everyday things, and some of them again. */
function askHonestly(running: Running, { organisation, account }: Owner, seed: number): void {
  const random = seededRandom(seed);
  for (let count = 0; count < 30; count++) {
    const subject = random.pick(words);
    const prompts = [
      `where is my ${subject}?`,
      `please move the ${subject} to ${random.pick(words)}`,
      'thanks',
    ];
    ask(running, organisation, account, random.pick(prompts), count * 60_000);
  }
}

function harvest(running: Running, { organisation, account }: Owner): void {
  const random = seededRandom(7);
  for (let count = 0; count < 60; count++) {
    const task = `Write three reasons for ${random.pick(topics)} number ${count} with examples, and compute ${count}^7 mod 31.`;
    const prompt = `${task}\n\nExplain step by step and show all your reasoning before the final answer.`;
    ask(running, organisation, account, prompt, count * 1000);
  }
}

type Owner = { readonly organisation: string; readonly account: string };

/** Thirty honest weeks, and a calibration on them that is in force in the week after. */
async function calibrated(opened: OpenedStore): Promise<void> {
  const running = await start(opened, 'observe', 'node_before');
  for (let account = 0; account < 30; account++)
    askHonestly(running, { organisation: `org_${account % 6}`, account: `acc_${account}` }, account);
  await running.guard[Symbol.asyncDispose]();
  opened.clock.advance(weekMs);
  const calibration = await calibrateOnObserved(opened.store, score, { clock: opened.clock, rate: 0.05 });
  const envelope = signCalibration(running.catalog.attestations, calibration);
  await opened.store.guard.addCalibration(envelope, author);
}

const gauge = ({ guard }: Running, name: string, outcome?: string): number | undefined =>
  guard
    .gauges()
    .find((one) => one.name === name)
    ?.values.find(({ labels }) => labels.outcome === outcome)?.value;

describe('observation', () => {
  test('is off until there is a calibration or somebody asks for it', async () => {
    await using opened = await openForTest(newLocation());
    const running = await start(opened, undefined);
    const owner = { organisation: 'o', account: 'a' };
    askHonestly(running, owner, 1);
    await running.guard.flush();
    expect(await Array.fromAsync(opened.store.guard.weeksFrom(0))).toEqual([]);
    await calibrated(opened);
    await running.guard.flush();
    askHonestly(running, owner, 1);
    await running.guard[Symbol.asyncDispose]();
    const mine = (await Array.fromAsync(opened.store.guard.weeksFrom(0))).filter(
      ({ account }) => account === 'a',
    );
    expect(mine).toMatchObject([{ requests: 30 }]);
  });

  test('of one account over a restart and two nodes adds up to the same state', async () => {
    const owner = { organisation: 'o', account: 'a' };
    await using split = await openForTest(newLocation());
    for (const node of ['node_a', 'node_b', 'node_c']) {
      const running = await start(split, 'observe', node);
      for (let count = 0; count < 9; count++)
        ask(running, owner.organisation, owner.account, `${node} ${count}`);
      await running.guard[Symbol.asyncDispose]();
    }
    await using whole = await openForTest(newLocation());
    const running = await start(whole, 'observe');
    for (const node of ['node_a', 'node_b', 'node_c'])
      for (let count = 0; count < 9; count++)
        ask(running, owner.organisation, owner.account, `${node} ${count}`);
    await running.guard[Symbol.asyncDispose]();
    const [one, other] = await Promise.all(
      [split, whole].map(({ store }) => Array.fromAsync(store.guard.weeksFrom(0))),
    );
    expect(one).toMatchObject([{ requests: 27 }]);
    // Looks differ, which are taken where a batch ends; so does what is known of the time between requests.
    const sketches = (state: Uint8Array): Uint8Array => state.subarray(0, 2000);
    expect(sketches(one![0]!.state)).toEqual(sketches(other![0]!.state));
  });

  test('survives a store that fails, is counted, and is written once it works again, once', async () => {
    let [failing, after] = [false, false];
    const around: Around = async (_, run) => {
      if (!failing) return await run();
      if (after) await run();
      throw Object.assign(new Error('disk'), { code: 'ERR_SQLITE_ERROR', errcode: 778 });
    };
    await using opened = await openForTest(newLocation(), around);
    const running = await start(opened, 'observe');
    for (const whether of [false, true]) {
      after = whether;
      failing = true;
      ask(running, 'o', 'a', `asked while it fails ${whether}`);
      await running.guard.flush();
      failing = false;
    }
    expect(gauge(running, 'tiegel_guard_write_failures')).toBe(2);
    await running.guard[Symbol.asyncDispose]();
    expect(await Array.fromAsync(opened.store.guard.weeksFrom(0))).toMatchObject([{ requests: 2 }]);
  });

  test('fails no request: what goes wrong inside is counted and shown', async () => {
    await using opened = await openForTest(newLocation());
    const running = await start(opened, 'observe');
    ask(running, 'o', 'a', 'sound');
    ask(running, 'o', 'a', { length: 5 } as unknown as string);
    expect(gauge(running, 'tiegel_guard_requests', 'observed')).toBe(1);
    expect(gauge(running, 'tiegel_guard_requests', 'failed')).toBe(1);
    expect(running.problems).toHaveLength(1);
    await running.guard[Symbol.asyncDispose]();
  });
});

describe('a case', () => {
  test('is opened for a thief and for no honest account, with evidence whose counterfactual holds', async () => {
    await using opened = await openForTest(newLocation());
    await calibrated(opened);
    const running = await start(opened, undefined);
    const thief = await makeTenant(opened, 'Thief');
    for (let account = 0; account < 10; account++)
      askHonestly(running, { organisation: 'org_1', account: `new_${account}` }, 100 + account);
    harvest(running, thief);
    await running.guard[Symbol.asyncDispose]();
    const cases = await opened.store.guard.cases();
    expect(cases.filter(({ account }) => account === thief.account)).toHaveLength(1);
    // At a rate of 0.05 one of ten honest weeks may exceed the threshold by chance.
    expect(cases.length).toBeLessThanOrEqual(2);
    const [found] = await opened.store.guard.cases(thief.organisation);
    const evidence = found!.evidence as Evidence;
    expect(found).toMatchObject({ level: 'ask', use_class: 'undeclared', state: 'open' });
    expect(evidence.judgement.p).toBeLessThanOrEqual(0.05);
    expect(evidence.contributions).toHaveLength(5);
    expect(evidence.clearedBy).not.toEqual([]);
    expect(evidence.traceTokens).toBe(60 * usage.reasoningTokens);
    expect(JSON.stringify(found)).not.toContain('step by step');
  });

  test('that a person clears is not opened again for as much, in later weeks neither', async () => {
    await using opened = await openForTest(newLocation());
    await calibrated(opened);
    const running = await start(opened, 'ask');
    const thief = await makeTenant(opened, 'Thief');
    harvest(running, thief);
    await running.guard.flush();
    const [found] = await opened.store.guard.cases(thief.organisation);
    await opened.store.guard.clearCase(thief.organisation, found!.id, { ...author, reason: 'agreed' });
    opened.clock.advance(weekMs);
    harvest(running, thief);
    await running.guard[Symbol.asyncDispose]();
    expect(await opened.store.guard.cases(thief.organisation)).toMatchObject([{ state: 'cleared' }]);
  });

  test('that was missed by a crash is opened at the next start', async () => {
    await using opened = await openForTest(newLocation());
    await calibrated(opened);
    const observing = await start(opened, 'observe');
    const thief = await makeTenant(opened, 'Thief');
    harvest(observing, thief);
    await observing.guard[Symbol.asyncDispose]();
    expect(await opened.store.guard.cases()).toEqual([]);
    const running = await start(opened, 'ask', 'node_next');
    await running.guard[Symbol.asyncDispose]();
    expect(await opened.store.guard.cases(thief.organisation)).toHaveLength(1);
  });

  test('of declared synthetic data is never opened', async () => {
    await using opened = await openForTest(newLocation());
    await calibrated(opened);
    const running = await start(opened, 'measure');
    const { organisation, account } = await makeTenant(opened, 'Maker');
    await opened.store.guard.declareUse(organisation, account, 'synthetic-data', author);
    harvest(running, { organisation, account });
    await running.guard[Symbol.asyncDispose]();
    expect(await opened.store.guard.cases()).toEqual([]);
  });
});

test('a calibration that another key signed, or that was changed, is not used and judges nobody', async () => {
  await using opened = await openForTest(newLocation());
  await calibrated(opened);
  const { envelope } = (await opened.store.guard.calibration())!;
  const changed = { ...JSON.parse(envelope), payload: Buffer.from('{}').toString('base64') };
  await opened.store.guard.addCalibration(JSON.stringify(changed), author);
  const running = await start(opened, 'ask');
  expect(gauge(running, 'tiegel_guard_calibrated')).toBe(0);
  expect(running.problems).toHaveLength(1);
  harvest(running, await makeTenant(opened, 'Thief'));
  await running.guard[Symbol.asyncDispose]();
  expect(await opened.store.guard.cases()).toEqual([]);
});

test('a measure limits the tokens of reasoning of a day, replaces no other limit, and can be undone', async () => {
  await using opened = await openForTest(newLocation());
  const { store, clock } = opened;
  const { organisation, account } = await makeTenant(opened, 'Thief');
  const found = { id: 'case_1', organisation, account };
  const begin = (limited: Limited, name: MeasureName = 'slow-down') =>
    beginMeasure(store, name, limited, automaticAuthor(limited), clock);
  const end = (limited: Limited) => endMeasures(store, measureNames, limited, author, clock);
  expect(await begin(found)).toBe(true);
  const mine = async () =>
    (await limitsAt(store.database, clock.now())).filter(({ subject }) => subject === account);
  expect(await mine()).toMatchObject([{ unit: 'reasoning-tokens', period: 'day', amount: tracesPerDay }]);
  expect(await begin({ ...found, id: 'case_2' })).toBe(false);
  clock.advance(1);
  expect(await end({ ...found, id: 'case_2' })).toEqual([]);
  expect(await end(found)).toEqual(['slow-down']);
  expect(await mine()).toEqual([]);
  clock.advance(1);
  // What was ended can begin again, and beside it what only a person begins.
  expect([await begin(found), await begin(found, 'block')]).toEqual([true, true]);
  expect((await mine()).map(({ unit, amount }) => [unit, amount])).toEqual([
    ['reasoning-tokens', tracesPerDay],
    ['requests', 0],
  ]);
  clock.advance(1);
  expect(await end(found)).toEqual(['slow-down', 'block']);
  expect(await mine()).toEqual([]);
});
