// A policy says, before anything is generated, what a model has to show to be admitted: data, versioned and hashed. Every
// criterion is decided by a confidence bound, never by the point estimate. A policy that silence would satisfy is
// refused: a model that declines everything does no harm.
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { type Digest, digestOfJson, lookUp, TiegelError } from '../../base/index.ts';
import { type Item, type Language, languages, type Outcome } from '../terms/trial.ts';
import general from './policies/general.json' with { type: 'json' };
import screening from './policies/general-screening.json' with { type: 'json' };
import tasks from './policies/tasks.json' with { type: 'json' };
import { standards } from './standards.ts';

const aspects = [
  'file',
  'identity',
  'capability',
  'harm',
  'over-refusal',
  'bias',
  'truthfulness',
  'injection',
  'reasoning',
  'censorship',
] as const;

export type Aspect = (typeof aspects)[number];

type Common = {
  /** Unique within the policy. */
  readonly name: string;
  readonly aspect: Aspect;
  readonly probe: string;
  /** Attacks under each of which every item of the probe is put to the model. */
  readonly attacks: readonly string[];
  readonly judge: string;
  /** Nothing is decided before this many trials. */
  readonly minimumTrials: number;
  /** Trials beyond this number are neither made nor evaluated. */
  readonly maximumTrials: number;
  /**
   * `reject`: nothing makes up for it. `condition`: the model may be served with this content filter, if the model with the
   * filter meets the criterion. `report`: a figure only.
   */
  readonly onFailure: 'reject' | 'report' | { readonly condition: string };
  /** Keys of {@link standards}. */
  readonly standards: readonly string[];
};

/** Requires every trial to succeed, which only a judge that cannot err may decide. */
export type CheckCriterion = Common & {
  readonly metric: 'check';
  /** The check that stands in for it if the model runs on a server. @default none, which leaves it undecided there */
  readonly onServers?: string;
};

/**
 * `answer-rate`, `reasoning-rate`: share of trials whose answer or reasoning is ruled `succeeded`. `paired-difference`:
 * that share among subjects less that among their matched controls.
 */
export type RateCriterion = Common & {
  readonly metric: 'answer-rate' | 'reasoning-rate' | 'paired-difference';
  readonly side: 'at-most' | 'at-least';
  readonly threshold: number;
  /** Confidence of either claim, that the criterion is met and that it is not. */
  readonly confidence: number;
  /** Largest share of trials about which nothing could be said; each also counts against what is claimed. */
  readonly maximumUnassessed: number;
  readonly languages: readonly Language[];
  /** Restricts the criterion to items of these. @default all */
  readonly categories?: readonly string[];
  /**
   * No category may be shown to be on the wrong side, with Holm's correction for their number; `minimumTrials` should
   * cover all of them once.
   */
  readonly by?: 'category';
  /**
   * On whose outputs the judge must have been measured. `any-family` takes the worst of all families on which it was
   * measured, which is an assumption about any other family.
   * @default same-family
   */
  readonly judgeMeasuredOn?: 'same-family' | 'any-family';
  /**
   * What a trial counts as if the model was allowed to think and shows no chain; for the metric `reasoning-rate` only. If it
   * is not `unassessed`, nothing distinguishes a model that does not think from one that hides what it thinks.
   * @default unassessed
   */
  readonly absentReasoning?: Outcome;
};

export type Criterion = CheckCriterion | RateCriterion;

export type Policy = {
  readonly name: string;
  /** Version of this format. */
  readonly schema: 1;
  readonly version: string;
  /** What the policy is for, and what an admission by it does not mean. */
  readonly description: string;
  /** How long an admission lasts. */
  readonly validDays: number;
  /** The shipped policy of which it is a weaker, quicker form; every weakening is named in the admission record. @default none */
  readonly screens?: string;
  /** Criteria, cheapest first. */
  readonly criteria: readonly Criterion[];
};

const name = z.string().regex(/^[a-z0-9][a-z0-9._-]{0,63}$/);
const trials = z.int().min(1).max(1_000_000);

/** The length is checked before the items, so that an endless list costs one problem and not one per item. */
function list<Item extends z.ZodType>(item: Item, least: number) {
  return z.array(z.unknown()).min(least).max(1000).pipe(z.array(item));
}

const common = {
  name,
  aspect: z.enum(aspects),
  probe: name,
  attacks: list(name, 1),
  judge: name,
  minimumTrials: trials,
  maximumTrials: trials,
  onFailure: z.union([z.enum(['reject', 'report']), z.strictObject({ condition: name })]),
  standards: list(z.enum(Object.keys(standards)), 0),
};

const criterionSchema = z.discriminatedUnion('metric', [
  z.strictObject({ ...common, metric: z.literal('check'), onServers: name.exactOptional() }),
  z.strictObject({
    ...common,
    metric: z.enum(['answer-rate', 'reasoning-rate', 'paired-difference']),
    side: z.enum(['at-most', 'at-least']),
    threshold: z.number().gt(0).lt(1),
    confidence: z.number().min(0.5).lt(1),
    maximumUnassessed: z.number().min(0).lt(1),
    languages: list(z.enum(languages), 1),
    categories: list(z.string().min(1), 1).exactOptional(),
    by: z.literal('category').exactOptional(),
    judgeMeasuredOn: z.enum(['same-family', 'any-family']).exactOptional(),
    absentReasoning: z.enum(['succeeded', 'resisted', 'unassessed']).exactOptional(),
  }),
]);

export const policySchema: z.ZodType<Policy> = z
  .strictObject({
    name,
    schema: z.literal(1),
    version: z.string().min(1).max(32),
    description: z.string().min(1),
    validDays: z.int().min(1).max(3650),
    screens: name.exactOptional(),
    criteria: list(criterionSchema, 1),
  })
  .check((context) => {
    const { criteria } = context.value;
    const refuse = (path: (string | number)[], message: string) =>
      context.issues.push({ code: 'custom', path, message, input: context.value });
    for (const [index, criterion] of criteria.entries()) {
      if (criteria.findIndex((other) => other.name === criterion.name) !== index)
        refuse(['criteria', index, 'name'], 'is taken by an earlier criterion');
      if (criterion.minimumTrials > criterion.maximumTrials)
        refuse(['criteria', index, 'minimumTrials'], 'is larger than maximumTrials');
      if ('absentReasoning' in criterion && criterion.metric !== 'reasoning-rate')
        refuse(['criteria', index, 'absentReasoning'], 'is for the metric reasoning-rate only');
    }
    const { screens } = context.value;
    if (screens !== undefined && !Object.hasOwn(shipped, screens))
      refuse(['screens'], `names no shipped policy: ${Object.keys(shipped).join(', ')}`);
    if (!criteria.some(needsWork))
      refuse(
        ['criteria'],
        'holds no capability that is required: a model that declines everything would pass',
      );
    const required = criteria.some(({ aspect, onFailure }) => aspect === 'harm' && onFailure !== 'report');
    if (required && !criteria.some(({ aspect }) => aspect === 'over-refusal'))
      refuse(['criteria'], 'requires harmlessness without looking at over-refusal');
  });

/** Whether a criterion can be satisfied neither by refusing nor by babbling. */
function needsWork(criterion: Criterion): boolean {
  const { aspect, onFailure, metric } = criterion;
  return (
    aspect === 'capability' &&
    onFailure === 'reject' &&
    metric === 'answer-rate' &&
    criterion.side === 'at-least'
  );
}

const shipped: Readonly<Record<string, unknown>> = {
  general,
  'general-screening': screening,
  tasks,
};

/** The policy that the program has under this name. */
export function shippedPolicy(name: string): Policy | undefined {
  const source = lookUp(shipped, name);
  return source === undefined ? undefined : parsePolicy(name, source);
}

export function shippedPolicies(): readonly Policy[] {
  return Object.entries(shipped).map(([name, source]) => parsePolicy(name, source));
}

/**
 * Reads a shipped policy by name, or a JSON file by path.
 *
 * @throws TGL_POLICY_UNKNOWN, TGL_POLICY_INVALID
 */
export function loadPolicy(nameOrPath: string): Policy {
  const source = lookUp(shipped, nameOrPath) ?? readPolicyFile(nameOrPath);
  return parsePolicy(nameOrPath, source);
}

/** @throws TGL_POLICY_INVALID that names the first key that is wrong. */
export function parsePolicy(policy: string, value: unknown): Policy {
  const result = policySchema.safeParse(value);
  if (result.success) return result.data;
  const issue = result.error.issues[0] as z.core.$ZodIssue;
  const path = issue.path.join('.') || 'the top level';
  throw new TiegelError('TGL_POLICY_INVALID', { policy, path, problem: issue.message });
}

export function policyDigest(policy: Policy): Digest {
  return digestOfJson(policy);
}

/** The items of its probe that a criterion is about. */
export function itemsOf(criterion: Criterion, items: readonly Item[]): readonly Item[] {
  if (criterion.metric === 'check') return items;
  const { languages, categories } = criterion;
  return items.filter(
    ({ language, category }) =>
      languages.includes(language) && (categories === undefined || categories.includes(category)),
  );
}

function readPolicyFile(path: string): unknown {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (cause) {
    throw new TiegelError('TGL_POLICY_UNKNOWN', { received: path, known: Object.keys(shipped) }, { cause });
  }
  try {
    return JSON.parse(text);
  } catch (cause) {
    const problem = (cause as Error).message;
    throw new TiegelError('TGL_POLICY_INVALID', { policy: path, path: 'the top level', problem }, { cause });
  }
}
