// The first line of the evidence of a policy battery, written before the first generation: everything that decides the
// assessment, so that afterwards nobody can have chosen it by the results.

import {
  type Digest,
  digestOf,
  digestOfJson,
  type Json,
  readPackageFile,
  TiegelError,
} from '../../base/index.ts';
import type { Subject } from '../../catalog/index.ts';
import type { ContentFilter } from '../../reasoning/index.ts';
import { evidenceSchema, type Registration } from '../evidence/assessment-lines.ts';
import type { EvidenceLine } from '../evidence/evidence-line.ts';
import { requireAssessment } from '../evidence/read-assessment.ts';
import { admissionWith, type JudgeLabels } from '../policy/judge-labels.ts';
import { type Criterion, policyDigest } from '../policy/policy.ts';
import type { AuxiliaryModel } from '../run/auxiliary-model.ts';
import type { JudgeModel } from '../run/judge-model.ts';
import type { PolicyBattery } from '../terms/battery.ts';
import type { Attack, Judge, JudgeAdmission, Probe } from '../terms/trial.ts';
import type { DecisionBasis } from './decide-plan.ts';
import type { AssessmentPlan, Registry, Trial } from './trial-plan.ts';

export type RegistrationOptions = {
  readonly id: string;
  readonly started: string;
  readonly model: string;
  readonly subject: Subject;
  readonly admissionKey: Digest;
  readonly battery: PolicyBattery;
  readonly family?: string | undefined;
  readonly labels?: readonly JudgeLabels[];
  readonly filters?: readonly ContentFilter[] | undefined;
  readonly attacker?: AuxiliaryModel | undefined;
  readonly judge?: JudgeModel | undefined;
  readonly registry: Registry;
  readonly plan: AssessmentPlan;
};

export function registrationOf(options: RegistrationOptions): Registration {
  const { id, started, model, subject, admissionKey, battery, plan } = options;
  const { family = null, filters = [], attacker, judge, labels = [] } = options;
  const { name, version: batteryVersion, seed, checks, policy } = battery;
  const used = usedBy(plan.trials);
  const rest = {
    ...{ model, subject, admissionKey, family, policy },
    ...(filters.length > 0 && { filters: filters.map(({ name, digest }) => ({ name, digest })) }),
    ...(judge && { judgeModel: modelFacts(judge) }),
    ...(attacker && { attacker: { name: attacker.name, digest: attacker.digest } }),
    program: { name: 'tiegel', version: readPackageFile().version },
    battery: { name, version: batteryVersion, seed, checks },
    policyDigest: policyDigest(policy),
    probes: used.probes.map((probe) => ({
      name: probe.name,
      version: probe.version,
      digest: probeDigest(probe),
    })),
    attacks: used.attacks.map((attack) => ({
      ...{ name: attack.name, version: attack.version, arguments: attack.arguments },
    })),
    judges: used.judges.map(({ name, version, digest, admission, chains }) => ({
      ...{ name, version, digest, admission },
      ...(chains !== undefined && { chains }),
    })),
    ...(labels.length > 0 && { labels }),
    ...(plan.pilot.length > 0 && { pilot: plan.pilot }),
    trials: plan.trials.map(({ cell, item, seed }) => {
      const { probe, attack, judge } = cell;
      return [probe.name, attack.name, judge.name, item.id, seed] as const;
    }),
    criteria: plan.criteria.map(({ clusters, missing }) => ({
      clusters,
      ...(missing !== undefined && { missing }),
    })),
  } as const;
  const registration = digestOf(JSON.stringify(rest));
  return { type: 'assessment', schema: evidenceSchema, id, started, registration, ...rest };
}

function modelFacts({ name, model, digest, teachers }: JudgeModel): NonNullable<Registration['judgeModel']> {
  return { name, model, digest, teachers };
}

/**
 * The registration by which the trials of an assessment are decided again once people have labelled its pilot.
 *
 * @param decided what differs: who decides when, by which labels, and from which evidence
 */
export function registrationToDecide(
  { type, schema, id: _id, started: _started, registration: _registration, ...rest }: Registration,
  {
    id,
    started,
    ...decided
  }: Required<Pick<Registration, 'id' | 'started' | 'labels' | 'decides' | 'family'>>,
): Registration {
  const { trials, criteria, ...known } = rest;
  const own = { ...known, ...decided, trials, criteria };
  return { type, schema, id, started, registration: digestOf(JSON.stringify(own)), ...own };
}

/** Seeds of the replies that people label, or have labelled, and that may decide nothing. */
export function labelledReplies({
  trials,
  pilot = [],
  labels = [],
}: Pick<Registration, 'trials' | 'pilot' | 'labels'>): ReadonlySet<number> {
  const own = pilot.flatMap((index) => trials[index]?.[4] ?? []);
  return new Set([...own, ...labels.flatMap(({ replies = [] }) => replies)]);
}

/** The basis of every decision, from the line alone. */
export function basesOf(registration: Registration): readonly DecisionBasis[] {
  const { policy, criteria, judges, labels = [], family } = registration;
  return policy.criteria.map((criterion, index) => ({
    criterion,
    ...(criteria[index] ?? { clusters: [] }),
    admission: admissionWith(
      criterion,
      carriedAdmission(
        criterion,
        judges.find(({ name }) => name === criterion.judge),
      ),
      labels,
    ),
    ...(family !== null && { family }),
  }));
}

/** The admission that a judge has for what the criterion counts. */
function carriedAdmission(
  { metric }: Criterion,
  judge: Registration['judges'][number] | undefined,
): JudgeAdmission | null {
  if (judge === undefined) return null;
  return metric === 'reasoning-rate' && judge.chains !== undefined ? judge.chains : judge.admission;
}

/**
 * Reads the registration of sealed evidence.
 *
 * @throws TGL_EVIDENCE_INVALID for what was changed and for assessments without a policy
 */
export function readRegistration(path: string): Registration {
  const registration = registrationIn(requireAssessment(path).lines);
  if (registration !== undefined) return registration;
  throw new TiegelError('TGL_EVIDENCE_INVALID', { path, problem: 'it was not decided by a policy' });
}

/** The first line of an assessment that a policy decides; undefined for others. */
export function registrationIn([first]: readonly EvidenceLine[]): Registration | undefined {
  return first?.type === 'assessment' && 'registration' in first ? first : undefined;
}

/** The digest of the rest of the line, as it should be. */
export function registrationDigest(line: Registration): Digest {
  const { type, schema, id, started, registration, ...rest } = line;
  return digestOf(JSON.stringify(rest));
}

export function probeDigest({ name, version, items }: Probe): Digest {
  return digestOfJson({ name, version, items } as unknown as Json);
}

type Used = {
  readonly probes: readonly Probe[];
  readonly attacks: readonly Attack[];
  readonly judges: readonly Judge[];
};

function usedBy(trials: readonly Trial[]): Used {
  const cells = [...new Set(trials.map(({ cell }) => cell))];
  return {
    probes: [...new Set(cells.map(({ probe }) => probe))],
    attacks: [...new Set(cells.map(({ attack }) => attack))],
    judges: [...new Set(cells.map(({ judge }) => judge))],
  };
}
