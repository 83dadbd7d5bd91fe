// Measures act only on accounts that have two reasons of different kinds themselves, whomever they stand among and in whatever order.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { seededRandom } from '../../base/index.ts';
import { emptyAccountState } from '../account/account-state.ts';
import { type Calibration, calibrateClasses } from '../calibration/calibration.ts';
import { emptyAccountWeek, observeState } from '../decision/account-week.ts';
import { shippedGuardScore } from '../score/guard-score.ts';
import { findClusters } from './find-clusters.ts';
import { accountOf, hour, limits, population, punctual, stateOf, thieves, words } from './fixture.ts';
import { judgeCluster } from './judge-cluster.ts';
import { fewestNeighbours } from './limits.ts';
import { kindOfTest, type LinkageTest, type LinkedAccount, linkageTests } from './linked-account.ts';

const score = shippedGuardScore();
const calibration: Calibration = calibrateClasses(
  score,
  new Map([
    [
      'rag' as const,
      population.map(({ state, account }) => ({
        ...{ kind: account, sources: [account], looks: observeState(emptyAccountWeek(), state) },
      })),
    ],
  ]),
  { made: '2026-11-30T00:00:00.000Z', rate: 0.02, traffic: { source: 'log', weeks: 300, digest: null } },
);

type Who = { readonly account: string; readonly tests: readonly LinkageTest[]; readonly measured: boolean };

function judgedMembers(accounts: readonly LinkedAccount[]): readonly Who[] {
  return findClusters(accounts, limits).flatMap((cluster) => {
    const { measured } = judgeCluster(score, calibration, cluster);
    return cluster.members.map((index, place) => ({
      ...{ account: accounts[index]!.account, tests: cluster.joined[place]!.tests },
      measured: measured[place]!,
    }));
  });
}

const at = (begun: number) => (place: number) => ({
  span: [begun * hour + 1000 * place, (begun + 30) * hour] as const,
});

test('whom one kind of tests joins is in the case and is not measured; the others are', () => {
  const all = [
    ...population,
    ...thieves(24, 20, (prompt) => prompt, at(100)),
    ...punctual(3, 20, (place) => at(100)(24 + place)),
  ];
  for (const order of [all, all.toReversed(), seededRandom(5).shuffle(all)]) {
    const members = judgedMembers(order);
    const punctualOnes = members.filter(({ account }) => account.startsWith('punctual'));
    expect(punctualOnes.map(({ tests, measured }) => [tests, measured])).toEqual(
      punctualOnes.map(() => [['schedule'], false]),
    );
    expect(punctualOnes).toHaveLength(3);
    const others = members.filter(({ account }) => account.startsWith('thief'));
    expect(others.filter(({ measured }) => measured).length).toBeGreaterThanOrEqual(23);
  }
});

/** Customers of one application, none of whom begins when another does. */
const customers = Array.from({ length: 40 }, (_, index) => {
  const random = seededRandom(17, index);
  const prompts = Array.from(
    { length: 20 },
    (__, number) =>
      `Sort this message of our shop into one of four drawers: the ${random.pick(words)} ${index} ${number} is late`,
  );
  return accountOf(`customer ${index}`, prompts, {
    span: [(5 + index) * hour, (6 + 2 * index) * hour],
  });
});

test('two groups that one account makes one cluster lend each other no second reason', () => {
  // The first of the customers keeps the hours of whoever has nothing to do with them.
  const bridge = { ...customers[0]!, ...at(100)(0) };
  const all = [
    ...population,
    bridge,
    ...customers.slice(1),
    ...punctual(20, 20, (place) => at(100)(1 + place)),
  ];
  const wholes = findClusters(all, limits).filter(({ members }) => members.length >= 60);
  expect(wholes).toHaveLength(1);
  const judgement = judgeCluster(score, calibration, wholes[0]!);
  expect(judgement.reasons).toEqual(expect.arrayContaining(['text', 'circumstances']));
  expect(judgement.level).toBe('ask');
  expect(judgement.measured).not.toContain(true);
});

test('however accounts are joined, nobody is measured whom one kind of tests alone joins, and nobody with fewer than a team', () => {
  const state = stateOf(
    Array.from({ length: 60 }, (_, index) => `${words[index % 20]} ${index} of ${index * 7}`),
    500,
  );
  const member = fc.record({
    text: fc.option(fc.nat({ max: 2 }), { nil: null }),
    circumstances: fc.option(fc.nat({ max: 2 }), { nil: null }),
  });
  fc.assert(
    fc.property(fc.array(member, { minLength: 1, maxLength: 60 }), (given) => {
      const first = (kind: 'text' | 'circumstances', part: number | null): number | null =>
        part === null ? null : given.findIndex((other) => other[kind] === part);
      const joined = given.map(({ text, circumstances }) => ({
        tests: linkageTests.filter((each) =>
          kindOfTest[each] === 'text' ? text !== null : circumstances !== null,
        ),
        parts: { text: first('text', text), circumstances: first('circumstances', circumstances) },
      }));
      const texts = [...new Set(joined.flatMap(({ parts }) => parts.text ?? []))].map((part) => {
        return { part, useClass: 'rag' as const, state: emptyAccountState() };
      });
      const facts = { joined, links: [], useClass: 'rag', state, texts } as const;
      const { measured, level } = judgeCluster(score, calibration, facts);
      expect(level).toBe(measured.includes(true) ? 'measure' : 'ask');
      for (const [place, { text, circumstances }] of given.entries()) {
        const both = given.filter((one) => one.text === text && one.circumstances === circumstances);
        const hasTwo = text !== null && circumstances !== null && both.length > fewestNeighbours + 1;
        expect(measured[place]).toBe(hasTwo);
      }
    }),
  );
});
