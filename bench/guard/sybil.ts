// A thief who spreads over many accounts, among honest ones: who of them is found when how much has left, and who is accused.
import { type Random, seededRandom } from '../../src/base/index.ts';
import { type AccountState, addRequest, emptyAccountState } from '../../src/guard/account/account-state.ts';
import type { Calibration } from '../../src/guard/calibration/calibration.ts';
import { type Cluster, findClusters } from '../../src/guard/linkage/find-clusters.ts';
import { type ClusterJudgement, judgeCluster } from '../../src/guard/linkage/judge-cluster.ts';
import { type LinkageLimits, largerLimits, limitsOf } from '../../src/guard/linkage/limits.ts';
import type { LinkedAccount } from '../../src/guard/linkage/linked-account.ts';
import type { GuardScore } from '../../src/guard/score/guard-score.ts';
import { rounded } from '../bench.ts';
import { type Account, honestAccount, thiefAccount } from './accounts.ts';
import { type Corpus, corpora, type Wrapping } from './extraction.ts';
import { classes } from './kinds.ts';
import { type Rotation, tenantAccount } from './rotation.ts';

/** Requests that each account of the thief has in all. */
const requestsEach = 100;

type Campaign = {
  readonly name: string;
  readonly accounts: number;
  /** How the prompts of all accounts are wrapped; each request takes one of the lists. */
  readonly wrapping: Wrapping;
  readonly wrappers: number;
  readonly corpus: Corpus | 'all';
};

const campaigns: readonly Campaign[] = [
  { name: 'sharedWrapper', accounts: 1000, wrapping: 'unknown', wrappers: 1, corpus: 'all' },
  { name: 'mixedWrappers', accounts: 1000, wrapping: 'unknown', wrappers: 4, corpus: 'all' },
  { name: 'nothingShared', accounts: 1000, wrapping: 'none', wrappers: 1, corpus: 'self-instruct' },
  { name: 'nothingSharedMathematics', accounts: 1000, wrapping: 'none', wrappers: 1, corpus: 'mathematics' },
];

/** Shares of what the thief is after that have left when one looks, by what was looked for. */
const looks: Readonly<Record<string, readonly number[]>> = {
  sharedWrapper: [0.02, 0.05],
  mixedWrappers: [0.02, 0.05, 0.1],
  nothingShared: [0.1, 0.2],
  nothingSharedMathematics: [0.1, 0.2],
};

/** How many requests honest accounts had when they were looked at for the limits. */
const stages = [2, 4, 8, 16, 40, 200];

type Population = {
  readonly rotation: Rotation;
  readonly scored: (account: Account, requests: number) => AccountState;
};

export function sybilFigures(
  rotation: Rotation,
  counts: { readonly honest: number; readonly thieves: number },
): Record<string, number> {
  const population = { rotation, scored: statesOf(rotation) };
  const random = seededRandom(131);
  const limits = stages
    .map((most) => limitsOf(honestAccounts(population, counts.honest, 'calibrate', random, { most })))
    .reduce(largerLimits);
  const honest = [
    ...honestAccounts(population, counts.honest / 2, 'new', random, {}),
    ...honestAccounts(population, counts.honest / 2, 'calibrate', random, { half: 1 }),
  ];
  const figures: Record<string, number> = {};
  for (const campaign of campaigns)
    for (const share of looks[campaign.name]!) {
      const requests = Math.round(share * requestsEach);
      const thieves = thiefAccounts(population, { ...campaign, accounts: counts.thieves }, requests, random);
      const { found, accused, measured, accusedMeasured } = countFound(
        population,
        [...honest, ...thieves],
        limits,
      );
      const at = `sybil${campaign.name[0]!.toUpperCase()}${campaign.name.slice(1)}${100 * share}`;
      figures[`${at}Members`] = rounded(found / thieves.length);
      figures[`${at}Honest`] = rounded(accused / honest.length);
      figures[`${at}Measured`] = rounded(measured / thieves.length);
      figures[`${at}HonestMeasured`] = rounded(accusedMeasured / honest.length);
      process.stderr.write(
        `${at}: ${found} of ${thieves.length}, ${accused} of ${honest.length} honest, measured ${measured} and ${accusedMeasured} honest\n`,
      );
    }
  figures.sybilSmallestFound = smallestFound(population, honest, limits, random);
  return {
    ...figures,
    ...appFigures(population, honest, limits, random),
    sybilHonestAlone: rounded(countFound(population, honest, limits).accused / honest.length),
  };
}

const isThief = ({ organisation }: LinkedAccount): boolean => organisation === 'thief';

function countFound(
  population: Population,
  all: readonly LinkedAccount[],
  limits: LinkageLimits,
): {
  readonly found: number;
  readonly accused: number;
  readonly measured: number;
  readonly accusedMeasured: number;
} {
  const [found, measured] = [
    { thieves: 0, honest: 0 },
    { thieves: 0, honest: 0 },
  ];
  for (const cluster of findClusters(all, limits)) {
    const judgement = judgementOf(population, cluster);
    for (const [place, index] of cluster.members.entries()) {
      const who = isThief(all[index]!) ? 'thieves' : 'honest';
      found[who]++;
      if (judgement.measured[place]) measured[who]++;
    }
  }
  return {
    ...{ found: found.thieves, accused: found.honest },
    ...{ measured: measured.thieves, accusedMeasured: measured.honest },
  };
}

/** The fewest accounts with all of their requests of which nine of ten are found; 0 where not even 200 are. */
function smallestFound(
  population: Population,
  honest: readonly LinkedAccount[],
  limits: LinkageLimits,
  random: Random,
): number {
  for (const accounts of [10, 20, 50, 100, 200]) {
    const campaign = { ...campaigns[2]!, accounts };
    const thieves = thiefAccounts(population, campaign, requestsEach, random);
    if (countFound(population, [...honest, ...thieves], limits).found >= 0.9 * accounts) return accounts;
  }
  return 0;
}

/** One honest application with 200 payers, one template and data of their own: asked about, never measured. */
function appFigures(
  population: Population,
  honest: readonly LinkedAccount[],
  limits: LinkageLimits,
  random: Random,
): Record<string, number> {
  const { rotation, scored } = population;
  const tenant = random.pick(rotation.tenantsOf('labelling', 'new').filter(({ renewed }) => renewed));
  process.stderr.write(`the application: ${tenant.name}\n`);
  const payers = Array.from({ length: 200 }, (_, index): LinkedAccount => {
    const client = random.pick(rotation.clientsOf('new'));
    const account = honestAccount(rotation.world.library, tenant, client, random.integer(0, 2 ** 31), {
      mostRequests: requestsEach,
    });
    return linked('app', index, 'labelling', scored(account, account.requests));
  });
  const all = [...honest, ...payers];
  const clusters = findClusters(all, limits).filter(({ members }) =>
    members.some((index) => all[index]!.organisation === 'app'),
  );
  const levels = clusters.map((cluster) => judgementOf(population, cluster).level);
  return {
    sybilApplicationAsked: Number(levels.includes('ask') || levels.includes('measure')),
    sybilApplicationMeasured: Number(levels.includes('measure')),
  };
}

function judgementOf({ rotation }: Population, cluster: Cluster): ClusterJudgement {
  const { scores, conformal } = rotation;
  const calibration = { classes: conformal, rate: 0.001 } as unknown as Calibration;
  return judgeCluster({ classes: scores } as unknown as GuardScore, calibration, cluster);
}

type Honest = { readonly half?: 0 | 1; readonly most?: number };

/** @param most requests of an account; without it each is somewhere in its week. */
function honestAccounts(
  { rotation, scored }: Population,
  count: number,
  role: 'calibrate' | 'new',
  random: Random,
  { half = 0, most }: Honest,
): readonly LinkedAccount[] {
  return Array.from({ length: count }, (_, index) => {
    const useClass = classes[index % classes.length]!;
    const from =
      role === 'new' ? {} : { half, clients: half === 0 ? ('calibrate' as const) : ('new' as const) };
    const { account } = tenantAccount(rotation, useClass, role, random, { ...from, second: false });
    const requests = Math.min(account.requests, most ?? Math.ceil(2 * 100 ** random.next()));
    return linked(`${role} ${half}`, index, useClass, scored(account, requests));
  });
}

function thiefAccounts(
  { rotation, scored }: Population,
  { accounts, wrapping, wrappers, corpus }: Campaign,
  requests: number,
  random: Random,
): readonly LinkedAccount[] {
  const { world } = rotation;
  return Array.from({ length: accounts }, (_, index) => {
    const from = corpus === 'all' ? corpora : [corpus];
    const lists = from.flatMap((name) => world.stolen[1][name][wrapping].slice(0, wrappers));
    const account = thiefAccount(
      world.library,
      lists,
      random.pick(rotation.clientsOf('new')),
      random.integer(0, 2 ** 31),
      {
        ...{ share: 1, host: null, requests },
      },
    );
    return linked('thief', index, classes[index % classes.length]!, scored(account, requests));
  });
}

function linked(
  organisation: string,
  index: number,
  useClass: LinkedAccount['useClass'],
  state: AccountState,
): LinkedAccount {
  return {
    organisation,
    account: `${organisation} ${index}`,
    useClass,
    state,
    span: null,
    infrastructure: [],
  };
}

function statesOf({ lexicalOf }: Rotation): Population['scored'] {
  return (account, requests) => {
    const state = emptyAccountState();
    for (let count = 0; count < requests; count++) {
      const { prompt, facts } = account.next();
      addRequest(state, prompt, facts, lexicalOf(prompt));
    }
    return state;
  };
}
