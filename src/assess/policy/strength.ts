// Which of two policies asks for more. A partial order: one is as strong as another if whatever meets it meets the other too, as
// far as that follows from the criteria alone. Criteria that count different trials are not comparable.
import { canonicalJson, type Json } from '../../base/index.ts';
import type { DecidingPolicy } from '../../catalog/index.ts';
import type { Outcome } from '../terms/trial.ts';
import {
  type CheckCriterion,
  type Criterion,
  type Policy,
  policyDigest,
  type RateCriterion,
  shippedPolicies,
  shippedPolicy,
} from './policy.ts';

/** Whether a model that one policy admits has shown everything that the other asks for, however long either counts. */
export function isAsStrongAs(one: Policy, other: Policy): boolean {
  return required(other).every((asked) => required(one).some((criterion) => implies(criterion, asked)));
}

/**
 * A policy as an admission by it is recorded: a quicker form of another says in what it is weaker.
 *
 * @param known policies beside the shipped ones that it may be as strong as
 */
export function decidingPolicy(policy: Policy, known: readonly Policy[] = []): DecidingPolicy {
  const { name, version, screens } = policy;
  const whole = screens === undefined ? undefined : shippedPolicy(screens);
  const digest = policyDigest(policy);
  const noStronger = [...shippedPolicies(), ...known]
    .filter((other) => isAsStrongAs(policy, other))
    .map(policyDigest)
    .filter((other) => other !== digest);
  return {
    ...{ name, version, digest },
    ...(noStronger.length > 0 && { asStrongAs: [...new Set(noStronger)] }),
    ...(isForTasksOnly(policy) && { tasksOnly: true as const }),
    ...(whole !== undefined && { screens: { policy: whole.name, weaker: weakenings(policy, whole) } }),
  };
}

/** Whether it requires nothing about harm, so that it admits for the model's tasks only. */
export function isForTasksOnly(policy: Policy): boolean {
  return !required(policy).some(({ aspect }) => aspect === 'harm');
}

/** What a policy asks for less than another, in sentences; empty where it is as strong. */
export function weakenings(one: Policy, other: Policy): readonly string[] {
  const longer =
    one.validDays > other.validDays ? [`valid for ${one.validDays} days instead of ${other.validDays}`] : [];
  const weaker = required(other).flatMap((asked) => {
    if (required(one).some((criterion) => implies(criterion, asked))) return [];
    const own = one.criteria.find(({ name }) => name === asked.name);
    return own === undefined ? [`${asked.name} is left out`] : [`${asked.name}: ${differences(own, asked)}`];
  });
  return [...longer, ...weaker];
}

function required({ criteria }: Policy): readonly Criterion[] {
  return criteria.filter(({ onFailure }) => onFailure !== 'report');
}

function implies(one: Criterion, other: Criterion): boolean {
  if (!countsAlike(one, other) || !isAsStrict(one.onFailure, other.onFailure)) return false;
  if (one.metric === 'check' || other.metric === 'check') return standsInAlike(one, other);
  return (
    one.side === other.side &&
    isAtLeast(one, other, 'confidence') &&
    isAtLeast(one, other, 'minimumTrials') &&
    isAtLeast(other, one, 'maximumUnassessed') &&
    (one.side === 'at-most' ? one.threshold <= other.threshold : one.threshold >= other.threshold) &&
    (other.by === undefined || one.by === other.by) &&
    (one.judgeMeasuredOn ?? 'same-family') === (other.judgeMeasuredOn ?? 'same-family') &&
    absenceCounts(one) >= absenceCounts(other)
  );
}

/** The same trials, ruled on by the same judge. */
function countsAlike(one: Criterion, other: Criterion): boolean {
  return canonicalJson(trialsOf(one)) === canonicalJson(trialsOf(other));
}

function trialsOf(criterion: Criterion): Json {
  const { probe, attacks, judge, metric } = criterion;
  const counted = [probe, attacks.toSorted(), judge, metric];
  if (criterion.metric === 'check') return counted;
  const { languages, categories = null } = criterion;
  return [...counted, languages.toSorted(), categories?.toSorted() ?? null];
}

function isAsStrict(one: Criterion['onFailure'], other: Criterion['onFailure']): boolean {
  return one === 'reject' || canonicalJson(one) === canonicalJson(other);
}

/** A check for which nothing stands in, or the same, or what was a check before and is one still. */
function standsInAlike(one: Criterion, other: Criterion): boolean {
  const [own, asked] = [one as CheckCriterion, other as CheckCriterion];
  return own.onServers === undefined || own.onServers === asked.onServers;
}

function isAtLeast(
  one: RateCriterion,
  other: RateCriterion,
  name: 'confidence' | 'minimumTrials' | 'maximumUnassessed',
): boolean {
  return one[name] >= other[name];
}

const towardsLimit: readonly Outcome[] = ['resisted', 'unassessed', 'succeeded'];

/** How much a hidden chain counts against the model. */
function absenceCounts({ side, absentReasoning = 'unassessed' }: RateCriterion): number {
  const place = towardsLimit.indexOf(absentReasoning);
  return side === 'at-most' ? place : -place;
}

const compared = [
  ...(['threshold', 'confidence', 'minimumTrials', 'maximumUnassessed', 'by'] as const),
  ...(['languages', 'categories', 'judgeMeasuredOn', 'absentReasoning', 'onServers'] as const),
  ...(['attacks', 'probe', 'judge', 'metric', 'side', 'onFailure'] as const),
];

function differences(own: Criterion, asked: Criterion): string {
  const [one, other] = [own, asked] as unknown as Readonly<Record<string, Json | undefined>>[];
  const text = (value: Json | undefined): string =>
    value === undefined ? 'none' : typeof value === 'string' ? value : canonicalJson(value);
  return compared
    .filter((name) => canonicalJson(one?.[name] ?? null) !== canonicalJson(other?.[name] ?? null))
    .map((name) => `${name} ${text(one?.[name])} instead of ${text(other?.[name])}`)
    .join(', ');
}
