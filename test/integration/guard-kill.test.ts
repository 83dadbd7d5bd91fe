// A process that is killed while it observes, merges and writes cases: nothing that was acknowledged is lost, nothing is counted
// twice, and a case that it had no time to write is written by the next one, once.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterAll, expect } from 'vitest';
import { seededRandom, systemClock, systemEntropy } from '../../src/base/index.ts';
import { openCatalog } from '../../src/catalog/index.ts';
import {
  calibrateClasses,
  decodeAccountWeek,
  honestWeeksOf,
  readTraffic,
  replayTraffic,
  shippedGuardScore,
  sumOf,
} from '../../src/guard/index.ts';
import { signCalibration } from '../../src/host/guard/calibrations.ts';
import { startGuard } from '../../src/host/guard/start-guard.ts';
import { author, forEachDatabase, makeTenant, testPepper } from '../../src/store/contract.ts';
import { openStore, type Store } from '../../src/store/index.ts';
import type { OrganisationId } from '../../src/traffic/index.ts';

const script = fileURLToPath(new URL('./observe-requests.ts', import.meta.url));
const home = mkdtempSync(join(tmpdir(), 'tiegel-guard-kill-'));
afterAll(() => rmSync(home, { recursive: true, force: true }));
const trials = 20;

/** Thirty weeks of somebody who says little. */
async function calibration(): Promise<string> {
  const random = seededRandom(1);
  const score = shippedGuardScore();
  async function* lines(): AsyncGenerator<string> {
    for (let count = 0; count < 900; count++) {
      const facts = { inputTokens: 40, reasoningTokens: 240, answerTokens: 60, traceShown: true };
      const owner = { organisation: `o${count % 5}`, account: `a${count % 30}` };
      const prompt = `where is my ${random.pick(['parcel', 'invoice', 'ticket'])}?`;
      yield JSON.stringify({ time: 1_795_996_800 + count, ...owner, ...facts, prompt });
    }
  }
  const weeks = await replayTraffic(readTraffic(lines()), score, [1, 2]);
  const observed = weeks.map((week) => ({ ...week, looks: week.looks.map(({ look }) => look) }));
  const traffic = { source: 'log', weeks: weeks.length, digest: null } as const;
  const described = { made: '2026-11-30T00:00:00.000Z', rate: 0.05, traffic };
  const { attestations } = openCatalog({ home, clock: systemClock });
  return signCalibration(attestations, calibrateClasses(score, honestWeeksOf(observed), described));
}

forEachDatabase('a process that is killed', ({ test, newLocation }) => {
  test(`${trials} times loses nothing that was acknowledged and counts nothing twice`, {
    timeout: 300_000,
  }, async () => {
    const location = await newLocation();
    await using store = await openStore(location, { clock: systemClock, entropy: systemEntropy });
    await store.guard.addCalibration(await calibration(), author);
    const { organisation, account: shared } = await makeTenant({ store }, 'watched');
    const other = await makeTenant({ store }, 'other');
    const acknowledged = new Map<string, number>();
    const random = seededRandom(2);
    for (let trial = 0; trial < trials; trial++) {
      const { id: account } = await store.accounts.create(organisation, author, { name: `account ${trial}` });
      const owners = [organisation, account, shared, other.organisation, other.account];
      const child = spawn(process.execPath, [script, location, home, `${trial}`, ...owners]);
      let left = random.integer(1, 8);
      for await (const line of createInterface({ input: child.stdout })) {
        acknowledged.set(account, Number(line));
        if (--left === 0) child.kill('SIGKILL');
      }
    }
    expect(acknowledged.size).toBe(trials);
    const weeks = await Array.fromAsync(store.guard.weeksFrom(0));
    const requestsOf = (account: string): number =>
      weeks.filter((week) => week.account === account).reduce((sum, week) => sum + week.requests, 0);
    let merged = 0;
    for (const [account, count] of acknowledged) {
      const requests = requestsOf(account);
      // A batch of seven may have been written whose acknowledgement nobody read.
      expect(requests).toBeGreaterThanOrEqual(count);
      expect((requests - count) % 7).toBe(0);
      merged += requests;
    }
    // What all of them saw of one account is what each saw of its own, which it sends with it.
    expect(requestsOf(shared)).toBe(merged);
    for (const week of weeks) {
      const { state, looks } = decodeAccountWeek(week.state);
      expect(sumOf(state.sums, 'requests')).toBe(week.requests);
      const whole = looks.filter(({ view }) => view === 'whole').map((look) => look.requests);
      expect(new Set(whole).size).toBe(whole.length);
    }
    await groupsAreWhole(store, [organisation, other.organisation], [...acknowledged.values()]);
    const guard = await startGuard({
      ...{ store, clock: systemClock, node: 'node_last', setting: 'ask', pepper: testPepper },
      attestations: openCatalog({ home, clock: systemClock }).attestations,
      logger: { info: () => {}, warn: () => {}, error: () => {} },
    });
    await guard[Symbol.asyncDispose]();
    const cases = (await store.guard.cases(organisation)).filter(({ cluster }) => cluster === null);
    const expected = weeks.filter((week) => week.requests >= 10).map(({ account }) => account);
    expect(cases.map(({ account }) => account).sort()).toEqual(expected.toSorted());
  });
});

/** Of each group both organisations have a case, with one entry in their logs each, or neither has. */
async function groupsAreWhole(
  { guard, audit }: Store,
  organisations: readonly OrganisationId[],
  acknowledged: readonly number[],
): Promise<void> {
  const groups = (await guard.cases()).filter(({ cluster }) => cluster !== null);
  for (const [trial, count] of acknowledged.entries())
    for (let asked = 7; asked <= count; asked += 7) {
      const week = 1000 * (1 + trial) + asked / 7;
      const mine = groups.filter((one) => one.week === week);
      expect([week, mine.map(({ organisation }) => organisation).sort()]).toEqual([
        week,
        organisations.toSorted(),
      ]);
    }
  const byCluster = Map.groupBy(groups, ({ cluster }) => cluster);
  for (const its of byCluster.values()) expect(its).toHaveLength(organisations.length);
  for (const organisation of organisations) {
    const mine = groups.filter((one) => one.organisation === organisation);
    const log = await audit.list(organisation, { limit: 1000 });
    const opened = log.filter(({ action, target }) =>
      action === 'guard.case.opened' ? mine.some(({ id }) => id === target.id) : false,
    );
    expect(opened.map(({ target }) => target.id).sort()).toEqual(mine.map(({ id }) => id).sort());
  }
}
