// How often honest accounts alarm and thieves are found, at both thresholds, over rotations: rows as data, counted by class.
import { type Random, seededRandom } from '../../src/base/index.ts';
import { reachedBy, thresholdAt } from '../../src/guard/decision/conformal.ts';
import { exactLowerBound } from '../../src/stats/index.ts';
import { rounded } from '../bench.ts';
import { type Account, thiefAccount } from './accounts.ts';
import { corpora, type Wrapping } from './extraction.ts';
import { classes, type UseClass } from './kinds.ts';
import { type Rotation, tenantAccount } from './rotation.ts';

const alpha = 0.001;

type Row = {
  readonly name: string;
  readonly honest: boolean;
  readonly draw: (
    rotation: Rotation,
    useClass: UseClass,
    random: Random,
  ) => { account: Account; kind: string };
};

type Theft = {
  readonly share?: number;
  readonly ramp?: number;
  readonly repeats?: number;
  readonly padding?: number;
  readonly wrapping?: Wrapping;
  /** Another wrapper for each request, as if it had been paraphrased. */
  readonly manyWrappers?: boolean;
};

function theft(name: string, given: Theft): Row {
  const { share = 1, wrapping, manyWrappers = false, ...rest } = given;
  const draw: Row['draw'] = (rotation, useClass, random) => {
    const { world } = rotation;
    const host =
      share < 1 ? tenantAccount(rotation, useClass, 'new', random, { second: false }).account : null;
    const lists =
      world.stolen[1][random.pick(corpora)][wrapping ?? random.pick(['none', 'known', 'unknown'] as const)];
    const account = thiefAccount(
      world.library,
      manyWrappers ? lists : [random.pick(lists)],
      random.pick(rotation.clientsOf('new')),
      random.integer(0, 2 ** 31),
      { ...rest, share, host, requests: world.mostRequests },
    );
    return { account, kind: name };
  };
  return { name, honest: false, draw };
}

/** A thief who asks what real users ask. */
const realPrompts: Row = {
  name: 'realPrompts',
  honest: false,
  draw: ({ world, tenantsOf, clientsOf }, _, random) => {
    const lists = tenantsOf('chat', 'new').map(({ prompts }) => prompts);
    const client = random.pick(clientsOf('new'));
    const options = { share: 1, host: null, requests: world.mostRequests };
    const account = thiefAccount(world.library, lists, client, random.integer(0, 2 ** 31), options);
    return { account, kind: 'realPrompts' };
  },
};

/** A thief who hides among uses of all classes. */
const mixedClasses: Row = {
  name: 'mixedClasses',
  honest: false,
  draw: (rotation, _, random) => {
    const { world } = rotation;
    const hosts = classes.map(
      (useClass) => tenantAccount(rotation, useClass, 'new', random, { second: false }).account,
    );
    const host = { requests: world.mostRequests, next: () => random.pick(hosts).next() };
    const lists = world.stolen[1][random.pick(corpora)][random.pick(['none', 'known', 'unknown'] as const)];
    const options = { share: 0.5, host, requests: world.mostRequests };
    const client = random.pick(rotation.clientsOf('new'));
    const account = thiefAccount(
      world.library,
      [random.pick(lists)],
      client,
      random.integer(0, 2 ** 31),
      options,
    );
    return { account, kind: 'mixedClasses' };
  },
};

const rows: readonly Row[] = [
  {
    name: 'falseAlarmRate',
    honest: true,
    draw: (rotation, useClass, random) =>
      tenantAccount(rotation, useClass, 'calibrate', random, { half: 1, clients: 'new', second: false }),
  },
  {
    name: 'unseenKindRate',
    honest: true,
    draw: (rotation, useClass, random) => tenantAccount(rotation, useClass, 'new', random, { second: false }),
  },
  {
    name: 'secondUseRate',
    honest: true,
    draw: (rotation, useClass, random) =>
      tenantAccount(rotation, useClass, 'calibrate', random, { half: 1, clients: 'new', second: true }),
  },
  theft('pure', {}),
  theft('pureUnknownWrapper', { wrapping: 'unknown' }),
  theft('blend50', { share: 0.5 }),
  theft('blend25', { share: 0.25 }),
  theft('blend10', { share: 0.1 }),
  theft('blend5', { share: 0.05 }),
  theft('slowRamp', { share: 0.5, ramp: 2500 }),
  theft('repeats3', { repeats: 0.03 }),
  theft('padding', { padding: 0.7 }),
  theft('paraphrasedWrappers', { wrapping: 'unknown', manyWrappers: true }),
  realPrompts,
  mixedClasses,
];

type Cell = { trials: number; hits: number; within200: number; readonly requests: number[] };
const emptyCell = (): Cell => ({ trials: 0, hits: 0, within200: 0, requests: [] });

export type Tally = {
  readonly cells: Map<string, Cell>;
  /** Weeks of each kind that no calibration had seen, and how many of them alarmed at either threshold. */
  readonly kinds: Map<string, { weeks: number; asks: number; measures: number }>;
};

export function emptyTally(): Tally {
  return { cells: new Map(), kinds: new Map() };
}

export function countRotation(
  tally: Tally,
  rotation: Rotation,
  seed: number,
  counts: { readonly honest: number; readonly thieves: number },
): void {
  for (const [rowIndex, row] of rows.entries())
    for (const [classIndex, useClass] of classes.entries()) {
      const random = seededRandom(77, seed, rowIndex, classIndex);
      for (let trial = 0; trial < (row.honest ? counts.honest : counts.thieves); trial++)
        countAccount(tally, rotation, row, useClass, row.draw(rotation, useClass, random));
    }
}

function countAccount(
  tally: Tally,
  rotation: Rotation,
  row: Row,
  useClass: UseClass,
  { account, kind }: { readonly account: Account; readonly kind: string },
): void {
  const [score, conformal] = [rotation.scores[useClass], rotation.conformal[useClass]];
  const seen = rotation.looksOf(account);
  const ask = thresholdAt(conformal, alpha);
  const alarms = { Ask: ask, Measure: ask * conformal.margin };
  for (const [name, threshold] of Object.entries(alarms)) {
    const first = seen.find((look) => (reachedBy(score, conformal, [look])?.statistic ?? 0) > threshold);
    const key = `${row.name} ${useClass} ${name}`;
    const counted = tally.cells.get(key) ?? emptyCell();
    tally.cells.set(key, counted);
    counted.trials++;
    if (first === undefined) continue;
    counted.hits++;
    counted.requests.push(first.requests);
    if (first.requests <= 200) counted.within200++;
  }
  if (row.name !== 'unseenKindRate') return;
  const counted = tally.kinds.get(kind) ?? { weeks: 0, asks: 0, measures: 0 };
  tally.kinds.set(kind, counted);
  const statistic = reachedBy(score, conformal, seen)?.statistic ?? 0;
  counted.weeks++;
  if (statistic > alarms.Ask) counted.asks++;
  if (statistic > alarms.Measure) counted.measures++;
}

/** The one-sided bound of Clopper and Pearson that the rate lies below with 95 % confidence. */
const upperBound = (hits: number, trials: number): number => 1 - exactLowerBound(trials - hits, trials);

/** Rates of all rows, of all classes together and of each; bounds for honest ones. */
export function figuresOf(tally: Tally): Record<string, number> {
  const figures: Record<string, number> = {};
  for (const { name, honest } of rows)
    for (const threshold of ['Ask', 'Measure'] as const) {
      const cells = classes.map((useClass) => ({
        useClass,
        cell: tally.cells.get(`${name} ${useClass} ${threshold}`) ?? emptyCell(),
      }));
      const hits = cells.reduce((sum, { cell }) => sum + cell.hits, 0);
      const trials = cells.reduce((sum, { cell }) => sum + cell.trials, 0);
      if (trials === 0) continue;
      figures[`${name}${threshold}`] = rounded(hits / trials);
      if (honest)
        figures[`${name.replace('Rate', '')}UpperBound${threshold}`] = rounded(upperBound(hits, trials));
      for (const { useClass, cell } of cells) {
        const of = `${useClass.slice(0, 1).toUpperCase()}${useClass.slice(1)}`;
        figures[`${name}${of}${threshold}`] = rounded(cell.hits / cell.trials);
        if (name === 'pure')
          figures[`pureWithin200${of}${threshold}`] = rounded(cell.within200 / cell.trials);
      }
      if (name === 'pure') {
        const within = cells.reduce((sum, { cell }) => sum + cell.within200, 0);
        figures[`pureWithin200${threshold}`] = rounded(within / trials);
      }
    }
  const honestTrials = rows
    .filter(({ honest }) => honest)
    .flatMap(({ name }) =>
      classes.map((useClass) => tally.cells.get(`${name} ${useClass} Ask`)?.trials ?? 0),
    );
  figures.honestAccountWeeks = honestTrials.reduce((sum, trials) => sum + trials, 0);
  figures.unseenKinds = tally.kinds.size;
  figures.unseenKindsThatAsk = [...tally.kinds.values()].filter(({ asks }) => asks > 0).length;
  figures.unseenKindsThatMeasure = [...tally.kinds.values()].filter(({ measures }) => measures > 0).length;
  return figures;
}
