import { expect, test } from 'vitest';
import { type Random, seededRandom } from '../../base/index.ts';
import { encodeAccountState } from '../account/encode-account-state.ts';
import { calibrateClasses } from '../calibration/calibration.ts';
import { emptyAccountWeek, observeState } from '../decision/account-week.ts';
import { shippedGuardScore } from '../score/guard-score.ts';
import { findClusters } from './find-clusters.ts';
import {
  accountOf,
  type Circumstances,
  honest,
  hour,
  limits,
  population,
  question,
  stateOf,
  thieves,
  verbs,
  words,
  wrappers,
} from './fixture.ts';
import { judgeCluster } from './judge-cluster.ts';
import type { LinkedAccount } from './linked-account.ts';

const score = shippedGuardScore();

function foundAmong(suspects: readonly LinkedAccount[]) {
  const all = [...population, ...suspects];
  const clusters = findClusters(all, limits);
  const members = clusters.flatMap((cluster) => cluster.members.map((index) => all[index]!.account));
  return {
    clusters,
    thieves: members.filter((account) => account.startsWith('thief')).length,
    honest: members.filter((account) => account.startsWith('h')).length,
    tests: new Set(clusters.flatMap(({ links }) => links.map(({ test }) => test))),
  };
}

test('among honest accounts alone there is no cluster', () => {
  expect(findClusters(population, limits)).toEqual([]);
  expect(findClusters([], limits)).toEqual([]);
});

test('one wrapper is found at two requests an account, and five in turns at twenty', () => {
  const one = foundAmong(thieves(100, 2, wrappers[0]!));
  expect(one).toMatchObject({ thieves: 100, honest: 0 });
  expect(one.clusters).toHaveLength(1);
  expect([...one.tests]).toEqual(['wrapper']);
  const five = foundAmong(thieves(100, 20, (prompt, random) => random.pick(wrappers)(prompt)));
  expect(five.thieves).toBeGreaterThanOrEqual(98);
  expect(five.honest).toBe(0);
});

test('without a wrapper, parts of one corpus are found by their distribution', () => {
  const found = foundAmong(thieves(100, 40, (prompt) => prompt));
  expect(found.thieves).toBeGreaterThan(90);
  expect(found.honest).toBe(0);
  expect(found.tests).toContain('distribution');
});

/** Different uses, so that what is asked says nothing. */
const unlike = (prompt: string, random: Random): string =>
  Array.from({ length: 8 }, () => random.pick(words)).join(' ') + prompt.slice(-3);

test('what accounts share besides what they ask links them: payment, and beginning and ending together', () => {
  const paid = foundAmong(thieves(40, 12, unlike, () => ({ infrastructure: ['payment of one'] })));
  expect(paid).toMatchObject({ thieves: 40, honest: 0 });
  expect(paid.tests).toContain('infrastructure');
  const span = [100 * hour, 130 * hour] as const;
  const timed = foundAmong(thieves(40, 12, unlike, (index) => ({ span: [span[0] + 1000 * index, span[1]] })));
  expect(timed).toMatchObject({ thieves: 40, honest: 0 });
  expect(timed.tests).toContain('schedule');
});

test('the edges of a test connect all that it joins, and a cluster that cannot be drawn has none', () => {
  const span = [100 * hour, 130 * hour] as const;
  const suspects = thieves(24, 20, wrappers[0]!, (index) => ({
    infrastructure: ['payment of one'],
    span: [span[0] + 1000 * index, span[1]],
  }));
  const [cluster] = findClusters([...population, ...suspects], limits);
  expect(cluster!.members).toHaveLength(24);
  expect(cluster!.links.map(({ test }) => test)).toEqual(
    expect.arrayContaining(['distribution', 'schedule', 'infrastructure']),
  );
  for (const { test, accounts } of cluster!.links) {
    const pairs = cluster!.edges.filter((edge) => edge.test === test);
    const reached = new Set([pairs[0]!.one]);
    // Within so many rounds whatever is connected is reached.
    for (let round = 0; round < 24; round++)
      for (const { one, other } of pairs)
        if (reached.has(one) || reached.has(other)) reached.add(one).add(other);
    expect([test, reached.size]).toEqual([test, Math.max(reached.size, accounts)]);
    // A tree: as few as connect them.
    expect(pairs).toHaveLength(reached.size - 1);
  }
  expect(foundAmong(thieves(40, 20, wrappers[0]!)).clusters[0]!.edges).toEqual([]);
});

test('a group as small as a team is left alone', () => {
  expect(foundAmong(thieves(8, 30, wrappers[0]!, () => ({ infrastructure: ['one'] }))).clusters).toEqual([]);
});

test('clusters do not depend on the order of accounts, and a cluster is what one account with all requests would be', () => {
  const suspects = thieves(60, 20, wrappers[1]!);
  const all = [...population, ...suspects];
  const namesIn = (accounts: readonly LinkedAccount[]) =>
    findClusters(accounts, limits)
      .map(({ members }) => members.map((index) => accounts[index]!.account).sort())
      .sort();
  expect(namesIn(seededRandom(3).shuffle(all))).toEqual(namesIn(all));
  const [cluster] = findClusters(all, limits);
  const together = stateOf(
    suspects.flatMap((_, index) => {
      const random = seededRandom(7, index);
      return Array.from({ length: 20 }, (__, number) =>
        wrappers[1]!(question(random, 1000 * index + number)),
      );
    }),
  );
  expect(cluster?.members).toHaveLength(60);
  // The gaps between requests are those within accounts.
  expect(encodeAccountState(cluster!.state)).toEqual(encodeAccountState(together));
  expect(cluster!.novelTraceTokens).toBeGreaterThan(0.8 * 60 * 20 * 300);
});

const calibration = calibrateClasses(
  score,
  new Map([
    [
      'rag' as const,
      [...population, ...honest(3, 900)].map(({ state, account }) => ({
        ...{ kind: account, sources: [account] },
        looks: observeState(emptyAccountWeek(), state),
      })),
    ],
  ]),
  { made: '2026-11-30T00:00:00.000Z', rate: 0.02, traffic: { source: 'log', weeks: 1200, digest: null } },
);

function judged(suspects: readonly LinkedAccount[]) {
  const all = [...population, ...suspects];
  return findClusters(all, limits).map((cluster) => judgeCluster(score, calibration, cluster));
}

/** Customers of one application: its template, and data of their own. */
const payers = (more: Circumstances = {}): readonly LinkedAccount[] =>
  Array.from({ length: 200 }, (_, index) => {
    const random = seededRandom(11, index);
    const prompts = Array.from(
      { length: 20 },
      (__, number) =>
        `Sort this message of our shop into one of four drawers: the ${random.pick(words)} ${index} ${number} is ${random.pick(verbs)}`,
    );
    return accountOf(`payer ${index}`, prompts, more);
  });

test('many customers of one application are asked about, and measured only where something else links them', () => {
  expect(judged(payers())).toMatchObject([{ level: 'ask', reasons: ['text'] }]);
  const oneSource = judged(payers({ infrastructure: ['payment of one'] }));
  expect(oneSource).toMatchObject([{ level: 'measure', reasons: ['text', 'circumstances'] }]);
});

const harvesting = (prompt: string): string =>
  `Write ${prompt.length} reasons for inflation and compute ${/\d+/.exec(prompt)?.[0]}^7 mod 31.\n\nExplain step by step and show all your reasoning before the final answer.`;

test('a cluster whose use resembles harvesting is measured, and one that had too little is left alone', () => {
  const [harvest] = judged(thieves(100, 20, harvesting));
  expect(harvest).toMatchObject({ level: 'measure', reasons: ['text', 'use'] });
  expect(harvest!.eValue).toBeGreaterThan(20);
  const little = thieves(60, 2, wrappers[0]!).map((account) => ({
    ...account,
    state: stateOf(['one', 'two'], 10),
  }));
  expect(judged(little).every(({ level }) => level === 'none')).toBe(true);
});

test('without the links that are said to hold it there is no cluster', () => {
  const suspects = thieves(100, 20, wrappers[0]!, () => ({ infrastructure: ['one'] }));
  const all = [...population, ...suspects];
  const [cluster] = findClusters(all, limits);
  const tests = cluster!.links.map(({ test }) => test);
  expect(tests).toContain('infrastructure');
  const largest = {
    ...limits.largest,
    ...Object.fromEntries(tests.map((each) => [each, limits.accounts.map(() => 1)])),
  };
  expect(findClusters(all, { ...limits, largest })).toEqual([]);
});
