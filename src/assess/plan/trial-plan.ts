// What an assessment is going to try, settled before the first generation: every criterion's trials in order, each
// with a seed of its own. A trial that several criteria need is made once.
import { digestOf, type Random, seededRandom } from '../../base/index.ts';
import { type PlannedTrial, planTrials } from '../policy/plan-trials.ts';
import type { Criterion, RateCriterion } from '../policy/policy.ts';
import type { Attack, Item, Judge, Probe } from '../terms/trial.ts';

/** What the names in criteria refer to. */
export type Registry = {
  readonly probes: ReadonlyMap<string, Probe>;
  readonly attacks: ReadonlyMap<string, Attack>;
  readonly judges: ReadonlyMap<string, Judge>;
  /** Why something that exists is not available, by name. */
  readonly reasons?: ReadonlyMap<string, string>;
};

/** One probe under one attack, ruled on by one judge. */
export type Cell = { readonly probe: Probe; readonly attack: Attack; readonly judge: Judge };

export type Trial = {
  readonly index: number;
  readonly cell: Cell;
  readonly item: Item;
  readonly seed: number;
};

/** Trials of one cluster, as indices into the plan; they count once all of them have been made. */
export type PlannedCluster = readonly number[];

export type CriterionPlan = {
  readonly criterion: Criterion;
  /** Clusters in the order in which they are evaluated; empty if something that the criterion names is missing. */
  readonly clusters: readonly PlannedCluster[];
  /** Why it is not tried. */
  readonly missing?: string;
};

export type AssessmentPlan = {
  readonly trials: readonly Trial[];
  /** Indices of the trials that are made for people to label, and by which no criterion is decided. */
  readonly pilot: readonly number[];
  readonly criteria: readonly CriterionPlan[];
};

export type PlanOptions = {
  /** Names of criteria whose trials come first, in this order. @default that of the policy */
  readonly first?: readonly string[];
  /** Why criteria are not tried, by name. @default all are */
  readonly untried?: ReadonlyMap<string, string>;
  /** Trials that come before all others, to be labelled. @default none */
  readonly pilot?: readonly Pick<Trial, 'cell' | 'item'>[];
  /** Seeds of replies that were labelled. No criterion is decided by them. @default none */
  readonly labelled?: ReadonlySet<number>;
};

/** The trials of all criteria, in the order in which the criteria evaluate them. Checks have none. */
export function planAssessment(
  criteria: readonly Criterion[],
  registry: Registry,
  seed: number,
  { first = [], untried = new Map(), pilot = [], labelled = new Set() }: PlanOptions = {},
): AssessmentPlan {
  const trials: Trial[] = [];
  const known = new Map<string, number>();
  const indexOf = (cell: Cell, item: Item): number => {
    const key = JSON.stringify([cell.probe.name, cell.attack.name, cell.judge.name, item.id]);
    const index = known.get(key) ?? trials.length;
    if (index === trials.length) {
      known.set(key, index);
      trials.push({ index, cell, item, seed: trialSeed(seed, cell, item) });
    }
    return index;
  };
  const pilotIndices = pilot.map(({ cell, item }) => indexOf(cell, item));
  const reserved = new Set([...labelled, ...trials.map((trial) => trial.seed)]);
  const rank = ({ name }: Criterion): number => (first.includes(name) ? first.indexOf(name) : first.length);
  const planned = new Map<Criterion, CriterionPlan>();
  for (const criterion of criteria.toSorted((one, other) => rank(one) - rank(other))) {
    const missing = untried.get(criterion.name);
    planned.set(
      criterion,
      missing === undefined
        ? planCriterion(criterion, registry, { seed, reserved, indexOf })
        : { criterion, clusters: [], missing },
    );
  }
  return {
    criteria: criteria.map((criterion) => planned.get(criterion) as CriterionPlan),
    trials,
    pilot: pilotIndices,
  };
}

type Planning = {
  readonly seed: number;
  /** Seeds of the replies that are labelled. */
  readonly reserved: ReadonlySet<number>;
  readonly indexOf: (cell: Cell, item: Item) => number;
};

function planCriterion(
  criterion: Criterion,
  registry: Registry,
  { seed, reserved, indexOf }: Planning,
): CriterionPlan {
  if (criterion.metric === 'check') return { criterion, clusters: [] };
  const probe = registry.probes.get(criterion.probe);
  const judge = registry.judges.get(criterion.judge);
  const attack = criterion.attacks.find((name) => !registry.attacks.has(name));
  const missing = (what: string, name: string): CriterionPlan => ({
    criterion,
    clusters: [],
    missing: registry.reasons?.get(name) ?? `there is no ${what} ${name} here`,
  });
  if (probe === undefined) return missing('probe', criterion.probe);
  if (judge === undefined) return missing('judge', criterion.judge);
  if (attack !== undefined) return missing('attack', attack);
  const cellOf = cellsOf(criterion, { probe, judge }, registry);
  const isReserved = (item: Item, name: string): boolean => reserved.has(trialSeed(seed, cellOf(name), item));
  const planned = planTrials(criterion, probe.items, orderOf(seed, probe), isReserved);
  const indices = planned.map(({ item, attack: name }) => ({
    cluster: item.cluster,
    index: indexOf(cellOf(name), item),
  }));
  const clusters = [...Map.groupBy(indices, ({ cluster }) => cluster).values()];
  return { criterion, clusters: clusters.map((cluster) => cluster.map(({ index }) => index)) };
}

function cellsOf(
  { attacks }: Criterion,
  asked: Omit<Cell, 'attack'>,
  registry: Registry,
): (attack: string) => Cell {
  const cells = new Map(
    attacks.map((name) => [name, { ...asked, attack: registry.attacks.get(name) as Attack }] as const),
  );
  return (name) => cells.get(name) as Cell;
}

/** One order for all criteria over a probe, so that they share their trials. */
function orderOf(seed: number, { name }: Probe): Random {
  return seededRandom(seed, wordOf(name));
}

/**
 * All clusters of a criterion, those beyond its maximum of trials too, in the order in which it is decided. None if something that it
 * names is missing.
 */
export function everyCluster(
  criterion: RateCriterion,
  registry: Registry,
  seed: number,
): readonly (readonly Omit<Trial, 'index'>[])[] {
  const probe = registry.probes.get(criterion.probe);
  const judge = registry.judges.get(criterion.judge);
  if (probe === undefined || judge === undefined) return [];
  if (criterion.attacks.some((name) => !registry.attacks.has(name))) return [];
  const cellOf = cellsOf(criterion, { probe, judge }, registry);
  const unlimited = { ...criterion, maximumTrials: Number.POSITIVE_INFINITY };
  const planned = planTrials(unlimited, probe.items, orderOf(seed, probe));
  const trialOf = ({ item, attack }: PlannedTrial): Omit<Trial, 'index'> => {
    const cell = cellOf(attack);
    return { cell, item, seed: trialSeed(seed, cell, item) };
  };
  const clusters = Map.groupBy(planned, ({ item }) => item.cluster).values();
  return [...clusters].map((cluster) => cluster.map(trialOf));
}

/** Depends on battery seed, probe, item and attack alone, so that a trial is the same under another policy. */
function trialSeed(seed: number, { probe, attack }: Cell, item: Item): number {
  return wordOf(JSON.stringify([seed, probe.name, item.id, attack.name]));
}

/** 31 bits of a text's digest, a seed that every engine accepts. */
function wordOf(text: string): number {
  return Number.parseInt(digestOf(text).slice(0, 8), 16) >>> 1;
}
