// One rotation: sources of honest kinds in five folds, of which two train the scores, two calibrate and one is new; clients by
// number in three, prompts of extraction in two. The score is trained and every class calibrated as `src/guard` does it.
import { type Random, seededRandom } from '../../src/base/index.ts';
import { emptyAccountWeek, type Look, observeRequest } from '../../src/guard/decision/account-week.ts';
import { type Conformal, calibrate, type HonestWeek } from '../../src/guard/decision/conformal.ts';
import {
  type AccountExample,
  type AdditiveScore,
  fitAdditiveScore,
} from '../../src/guard/score/additive-score.ts';
import { type LexicalScore, lexicalScoreOf, trainLexicalScore } from '../../src/guard/score/lexical-score.ts';
import {
  type Account,
  honestAccount,
  type Library,
  mixedAccount,
  type Prompt,
  type Tenant,
  thiefAccount,
} from './accounts.ts';
import type { Client } from './clients.ts';
import { type Corpus, corpora, type Wrapping } from './extraction.ts';
import { classes, type UseClass } from './kinds.ts';

/** Prompts of extraction by half, corpus and wrapping, one list for each wrapper. */
export type Stolen = Readonly<Record<Corpus, Readonly<Record<Wrapping, readonly (readonly Prompt[])[]>>>>;

export type World = {
  readonly library: Library;
  readonly tenants: readonly Tenant[];
  readonly clients: readonly Client[];
  readonly stolen: readonly [Stolen, Stolen];
  readonly mostRequests: number;
  /** Honest weeks that calibrate one class. */
  readonly calibrationWeeks: number;
};

export type Role = 'train' | 'calibrate' | 'new';
const roleOfFold: readonly Role[] = ['train', 'train', 'calibrate', 'calibrate', 'new'];
const roleOfClient = ['train', 'calibrate', 'new'] as const;

export type Rotation = {
  readonly world: World;
  readonly tenantsOf: (useClass: UseClass, role: Role) => readonly Tenant[];
  readonly clientsOf: (role: Role) => readonly Client[];
  readonly looksOf: (account: Account) => readonly Seen[];
  /** How much a prompt resembles those of extraction. */
  readonly lexicalOf: (prompt: Prompt) => number;
  readonly scores: Readonly<Record<UseClass, AdditiveScore>>;
  readonly conformal: Readonly<Record<UseClass, Conformal>>;
};

/** A look with how much had been stolen by then. */
export type Seen = Look & { readonly stolen: number };

/** The fold of each source, as evenly as can be over the kinds of each class. */
export function foldsOf(tenants: readonly Tenant[]): ReadonlyMap<string, number> {
  const folds = new Map<string, number>();
  for (const useClass of classes) {
    const sources = new Set(
      tenants.filter((tenant) => tenant.useClass === useClass).map(({ source }) => source),
    );
    const unassigned = [...sources].filter((source) => !folds.has(source));
    for (const [index, source] of seededRandom(21).shuffle(unassigned).entries())
      folds.set(source, index % roleOfFold.length);
  }
  return folds;
}

export function rotate(world: World, rotation: number): Rotation {
  const folds = foldsOf(world.tenants);
  const tenantsOf = (useClass: UseClass, role: Role): readonly Tenant[] =>
    world.tenants.filter(
      ({ source, useClass: its }) =>
        its === useClass && roleOfFold[(folds.get(source)! + rotation) % roleOfFold.length] === role,
    );
  const clientsOf = (role: Role): readonly Client[] =>
    world.clients.filter(({ id }) => roleOfClient[id % roleOfClient.length] === role);
  const lexical = trainOn(world, tenantsOf, seededRandom(31, rotation));
  const scored = Float32Array.from(world.library.all, (prompt) => lexicalScoreOf(lexical, prompt));
  const base = {
    ...{ world, tenantsOf, clientsOf },
    looksOf: (account: Account) => looksOf(account, scored),
    lexicalOf: ({ id }: Prompt) => scored[id]!,
  };
  const scores: Partial<Record<UseClass, AdditiveScore>> = {};
  const conformal: Partial<Record<UseClass, Conformal>> = {};
  for (const [index, useClass] of classes.entries()) {
    const random = seededRandom(47, rotation, index);
    scores[useClass] = fitAdditiveScore(examplesOf(base, useClass, random), seededRandom(9));
    conformal[useClass] = calibrate(scores[useClass], honestWeeks(base, useClass, random));
  }
  return {
    ...base,
    scores: scores as Record<UseClass, AdditiveScore>,
    conformal: conformal as Record<UseClass, Conformal>,
  };
}

type Base = Omit<Rotation, 'scores' | 'conformal'>;

export function trainOn(world: World, tenantsOf: Base['tenantsOf'], random: Random): LexicalScore {
  const total = 4000;
  const honest = classes.flatMap((useClass) => {
    const tenants = tenantsOf(useClass, 'train');
    return tenants.flatMap(({ prompts }) => {
      const taken = prompts.slice(0, 80);
      const weight = total / classes.length / tenants.length / taken.length;
      return taken.map((features) => ({ features, isExtraction: false, weight }));
    });
  });
  const extraction = corpora.flatMap((corpus) =>
    (['none', 'known'] as const).flatMap((wrapping) => {
      const lists = world.stolen[0][corpus][wrapping];
      return lists.flatMap((prompts) => {
        const taken = prompts.slice(0, 250);
        const weight = total / corpora.length / 2 / lists.length / taken.length;
        return taken.map((features) => ({ features, isExtraction: true, weight }));
      });
    }),
  );
  const examples = [...honest, ...extraction];
  const mean = examples.reduce((sum, { weight }) => sum + weight, 0) / examples.length;
  return trainLexicalScore(
    examples.map((example) => ({ ...example, weight: Math.min(4, example.weight / mean) })),
    random,
  );
}

export function looksOf(account: Account, scored: Float32Array): readonly Seen[] {
  const week = emptyAccountWeek();
  const seen: Seen[] = [];
  let stolen = 0;
  for (let count = 0; count < account.requests; count++) {
    const request = account.next();
    if (request.stolen) stolen++;
    for (const look of observeRequest(week, request.prompt, request.facts, scored[request.prompt.id]!))
      seen.push({ ...look, stolen });
  }
  return seen;
}

/** An honest account; two of five have a second use of another class, for 1 to 60 % of their requests. */
export function tenantAccount(
  base: Base,
  useClass: UseClass,
  role: Role,
  random: Random,
  options: { readonly half?: 0 | 1; readonly clients?: Role; readonly second?: boolean } = {},
): { readonly account: Account; readonly kind: string; readonly sources: readonly string[] } {
  const { world, tenantsOf, clientsOf } = base;
  const tenant = random.pick(tenantsOf(useClass, role));
  const client = random.pick(clientsOf(options.clients ?? role));
  const seed = random.integer(0, 2 ** 31);
  const { mostRequests } = world;
  const half = options.half === undefined ? {} : { half: options.half };
  const first = honestAccount(world.library, tenant, client, seed, { ...half, mostRequests });
  if (!(options.second ?? random.next() < 0.4))
    return { account: first, kind: tenant.name, sources: [tenant.source] };
  const others = classes.filter((each) => each !== useClass && each !== 'evaluation');
  const other = random.pick(tenantsOf(random.pick(others), role));
  const second = honestAccount(world.library, other, client, seed + 1, { ...half, mostRequests });
  const share = 0.01 + 0.59 * random.next() ** 2;
  return {
    account: mixedAccount(first, second, share, seededRandom(seed, 2)),
    kind: tenant.name,
    sources: [tenant.source, other.source],
  };
}

function honestWeeks(base: Base, useClass: UseClass, random: Random): readonly HonestWeek[] {
  return Array.from({ length: base.world.calibrationWeeks }, () => {
    const { account, kind, sources } = tenantAccount(base, useClass, 'calibrate', random, { half: 0 });
    return { kind, sources, looks: base.looksOf(account) };
  });
}

const trainingAccounts = 250;

export function examplesOf(base: Base, useClass: UseClass, random: Random): readonly AccountExample[] {
  const { world, clientsOf } = base;
  const honest = Array.from({ length: trainingAccounts }, () =>
    base.looksOf(tenantAccount(base, useClass, 'train', random).account),
  );
  const thieves = Array.from({ length: trainingAccounts }, (_, index) => {
    const share = [1, 1, 0.5, 0.25, 0.1][index % 5]!;
    const host = share < 1 ? tenantAccount(base, useClass, 'train', random).account : null;
    const prompts = world.stolen[0][random.pick(corpora)][random.pick(['none', 'known'] as const)];
    const account = thiefAccount(
      world.library,
      [random.pick(prompts)],
      random.pick(clientsOf('train')),
      random.integer(0, 2 ** 31),
      { share, host, requests: world.mostRequests, padding: index % 3 === 0 ? 0.5 : 0 },
    );
    return base.looksOf(account).filter(({ stolen }) => stolen >= 10);
  });
  return [
    ...honest
      .flat()
      .map(({ features, view }) => ({ features, isExtraction: false, weight: view === 'whole' ? 2 : 1 })),
    ...thieves.flat().map(({ features }) => ({ features, isExtraction: true, weight: 1 })),
  ];
}
