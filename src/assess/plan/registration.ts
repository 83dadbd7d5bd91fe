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
import type { Guard } from '../../reasoning/index.ts';
import type { EvidenceLine } from '../evidence/evidence-line.ts';
import { readEvidence } from '../evidence/read-evidence.ts';
import { admissionWith, type JudgeLabels } from '../policy/judge-labels.ts';
import { type Criterion, type Policy, policyDigest } from '../policy/policy.ts';
import type { AuxiliaryModel } from '../run/auxiliary-model.ts';
import type { JudgeModel } from '../run/judge-model.ts';
import type { PolicyBattery } from '../terms/battery.ts';
import type { Attack, Judge, JudgeAdmission, Probe } from '../terms/trial.ts';
import type { DecisionBasis } from './decide-plan.ts';
import type { AssessmentPlan, CriterionPlan, Registry, Trial } from './trial-plan.ts';

export type Registration = {
  readonly type: 'assessment';
  readonly schema: 2;
  readonly id: string;
  /** ISO 8601. */
  readonly started: string;
  /** Digest of the rest: what has to be the same for an assessment to be resumed. */
  readonly registration: Digest;
  readonly model: string;
  readonly subject: Subject;
  readonly admissionKey: Digest;
  readonly program: { readonly name: 'tiegel'; readonly version: string };
  readonly battery: {
    readonly name: string;
    readonly version: string;
    readonly seed: number;
    readonly checks: Json;
  };
  /** Of the model under test, as judges name families. */
  readonly family: string | null;
  /** That stand before it; all trials are then made without and with them. Absent where there are none. */
  readonly guards?: readonly { readonly name: string; readonly digest: Digest }[];
  /** The larger model that rules. Absent where there is none. */
  readonly judgeModel?: Pick<JudgeModel, 'name' | 'model' | 'digest' | 'teachers'>;
  /** The model that writes attacks. Absent where there is none. */
  readonly attacker?: Pick<AuxiliaryModel, 'name' | 'digest'>;
  readonly policy: Policy;
  readonly policyDigest: Digest;
  readonly probes: readonly { readonly name: string; readonly version: string; readonly digest: Digest }[];
  readonly attacks: readonly { readonly name: string; readonly version: string; readonly arguments: Json }[];
  readonly judges: readonly {
    readonly name: string;
    readonly version: string;
    readonly digest: string;
    readonly admission: JudgeAdmission | null;
    /** For chains of thought; absent where it is the same. */
    readonly chains?: JudgeAdmission | null;
  }[];
  /** What people said of rulings by these judges; adds to their standing. Absent where there are none. */
  readonly labels?: readonly JudgeLabels[];
  /** Probe, attack, judge, item and seed of every trial, in their order. */
  readonly trials: readonly (readonly [string, string, string, string, number])[];
  /** In the order of the policy's criteria. */
  readonly criteria: readonly Pick<CriterionPlan, 'clusters' | 'missing'>[];
};

export type RegistrationOptions = {
  readonly id: string;
  readonly started: string;
  readonly model: string;
  readonly subject: Subject;
  readonly admissionKey: Digest;
  readonly battery: PolicyBattery;
  readonly family?: string | undefined;
  readonly labels?: readonly JudgeLabels[];
  readonly guards?: readonly Guard[] | undefined;
  readonly attacker?: AuxiliaryModel | undefined;
  readonly judge?: JudgeModel | undefined;
  readonly registry: Registry;
  readonly plan: AssessmentPlan;
};

export function registrationOf(options: RegistrationOptions): Registration {
  const { id, started, model, subject, admissionKey, battery, plan } = options;
  const { family = null, guards = [], attacker, judge, labels = [] } = options;
  const { name, version: batteryVersion, seed, checks, policy } = battery;
  const used = usedBy(plan.trials);
  const rest = {
    ...{ model, subject, admissionKey, family, policy },
    ...(guards.length > 0 && { guards: guards.map(({ name, digest }) => ({ name, digest })) }),
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
  return { type: 'assessment', schema: 2, id, started, registration, ...rest };
}

function modelFacts({ name, model, digest, teachers }: JudgeModel): NonNullable<Registration['judgeModel']> {
  return { name, model, digest, teachers };
}

/** What the decisions follow from, out of the line alone. */
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

/** What a judge brings with it for what the criterion counts. */
function carriedAdmission(
  { metric }: Criterion,
  judge: Registration['judges'][number] | undefined,
): JudgeAdmission | null {
  if (judge === undefined) return null;
  return metric === 'reasoning-rate' && judge.chains !== undefined ? judge.chains : judge.admission;
}

/**
 * What sealed evidence says it was going to do.
 *
 * @throws TGL_EVIDENCE_INVALID for what was changed and for assessments without a policy
 */
export function readRegistration(path: string): Registration {
  const read = readEvidence(path);
  const refuse = (problem: string): never => {
    throw new TiegelError('TGL_EVIDENCE_INVALID', { path, problem });
  };
  if (!read.sound) return refuse(read.problem);
  const first = read.evidence.lines[0] as unknown as Registration;
  return first.schema === 2 ? first : refuse('it was not decided by a policy');
}

/** The digest of the rest of the line, as it should be. */
export function registrationDigest(line: Registration): Digest {
  const {
    previous: _,
    type,
    schema,
    id,
    started,
    registration,
    ...rest
  } = line as Registration & { previous?: string };
  return digestOf(JSON.stringify(rest));
}

export function probeDigest({ name, version, items }: Probe): Digest {
  return digestOfJson({ name, version, items } as unknown as Json);
}

/** As a line of evidence. */
export function registrationLine(registration: Registration): EvidenceLine {
  return registration as unknown as EvidenceLine;
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
