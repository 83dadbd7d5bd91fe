import { expect, test } from 'vitest';
import { seededRandom } from '../../base/index.ts';
import { calibrateClasses } from '../calibration/calibration.ts';
import { honestWeeksOf } from '../calibration/honest-weeks.ts';
import type { LoggedRequest } from '../replay/read-traffic.ts';
import { replayTraffic } from '../replay/replay-traffic.ts';
import { shippedGuardScore } from '../score/guard-score.ts';
import { collectClusters, collectLimits } from './replayed-clusters.ts';

const score = shippedGuardScore();
const monday = 1_796_000_400;
const hour = 3600;
const words = 'invoice parcel meeting table garden lunch printer ticket holiday colour river engine'.split(
  ' ',
);

type Asked = Pick<LoggedRequest, 'time' | 'account' | 'prompt'> & Partial<LoggedRequest>;

async function* inOrder(requests: readonly Asked[]): AsyncGenerator<LoggedRequest> {
  for (const request of requests.toSorted((a, b) => a.time - b.time))
    yield {
      ...{ organisation: request.account, class: 'rag', inputTokens: 30, cachedTokens: 0 },
      ...{ reasoningTokens: 300, answerTokens: 40, traceShown: true, temperature: null, n: 1 },
      ...{ conversation: null, infrastructure: {}, ...request },
    };
}

function honest(seed: number, accounts: number): readonly Asked[] {
  return Array.from({ length: accounts }, (_, account) => {
    const random = seededRandom(seed, account);
    const own = [0, 1, 2].map(() => random.pick(words));
    return Array.from({ length: 20 }, (__, count) => ({
      time: monday + random.integer(0, 100 * hour),
      account: `h${account}`,
      prompt: `${random.shuffle(words).slice(0, 4).join(' ')} ${own.join(' ')} ${count} of ${account}: ${random.shuffle(words).slice(0, 5).join(' ')}`,
    }));
  }).flat();
}

/** Twenty requests an account, over two days that begin a day after the week did. */
const thieves = Array.from({ length: 60 }, (_, account) =>
  Array.from({ length: 20 }, (__, count) => ({
    time: monday + 24 * hour + count * 2.5 * hour + account,
    account: `thief ${account}`,
    infrastructure: { paymentFingerprint: 'one' },
    prompt: `Write ${20 * account + count} reasons for inflation and compute ${count}^7 mod ${account}.\n\nExplain step by step and show all your reasoning before the final answer.`,
  })),
).flat();

async function calibrated(requests: readonly Asked[]) {
  const linkage = collectLimits();
  const weeks = await replayTraffic(inOrder(requests), score, [1, 2], linkage.look);
  const observed = weeks.map((week) => ({ ...week, looks: week.looks.map(({ look }) => look) }));
  return calibrateClasses(score, honestWeeksOf(observed), {
    ...{ made: '2026-11-30T00:00:00.000Z', rate: 0.02 },
    traffic: { source: 'log', weeks: weeks.length, digest: null },
    ...linkage.limits(),
  });
}

async function clustersIn(requests: readonly Asked[], calibration: Awaited<ReturnType<typeof calibrated>>) {
  const { look, reports } = collectClusters(score, calibration);
  await replayTraffic(inOrder(requests), score, [3, 4], look);
  return reports();
}

test('a cluster is reported once, with who is in it and when it was first found, and honest accounts are not', async () => {
  const calibration = await calibrated(honest(1, 150));
  expect(Math.max(...calibration.linkage!.accounts)).toBeGreaterThan(100);
  expect(await clustersIn(honest(2, 150), calibration)).toEqual([]);
  const found = await clustersIn([...honest(2, 150), ...thieves], calibration);
  expect(found).toHaveLength(1);
  const [cluster] = found;
  expect(cluster).toMatchObject({ level: 'measure', class: 'rag', requests: 1200 });
  expect(cluster!.members.every(({ account }) => account.startsWith('thief'))).toBe(true);
  expect(cluster!.members).toHaveLength(60);
  expect(cluster!.links.map(({ test: each }) => each)).toEqual(
    expect.arrayContaining(['wrapper', 'infrastructure']),
  );
  expect(cluster!.bound).toBeCloseTo(1 / cluster!.eValue);
  // Half days later than they began, and long before they ended.
  expect(cluster!.firstAlarm.time).toBeGreaterThan(monday + 24 * hour);
  expect(cluster!.firstAlarm.time).toBeLessThanOrEqual(monday + 48 * hour);
  expect(cluster!.firstAlarm.requests).toBeLessThan(600);
});

test('without limits of honest accounts, and with those of too few, nobody is linked', async () => {
  const { linkage: _, ...without } = await calibrated(honest(1, 150));
  expect(await clustersIn(thieves, without)).toEqual([]);
  const few = await calibrated(honest(1, 20));
  expect(few.linkage).toBeUndefined();
  expect(await clustersIn(thieves, few)).toEqual([]);
});
