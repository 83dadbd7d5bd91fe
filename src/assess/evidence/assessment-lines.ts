// The first line of evidence. For a policy battery it is the registration, written before the first generation: everything
// that decides the assessment, so that afterwards nobody can have chosen it by the results.
import { z } from 'zod';
import type { Digest, Json } from '../../base/index.ts';
import type { Subject } from '../../catalog/index.ts';
import type { JudgeLabels } from '../policy/judge-labels.ts';
import { type Policy, policySchema } from '../policy/policy.ts';
import type { ProbeBattery, ProbeSettings } from '../terms/battery.ts';
import type { JudgeAdmission } from '../terms/trial.ts';
import { probeBattery, probeSettings } from './battery-schema.ts';
import { count, digest, jsonObject, judgeAdmission, judgeCounts, time } from './parts.ts';
import { subject } from './subject-schema.ts';

/** The schema of evidence as a whole; raised when the form of a subject or of a line changes. */
export const evidenceSchema = 3;

type Common = {
  readonly type: 'assessment';
  readonly schema: typeof evidenceSchema;
  readonly id: string;
  /** ISO 8601. */
  readonly started: string;
  readonly model: string;
  readonly subject: Subject;
  readonly admissionKey: Digest;
};

/** The first line of a battery without a policy. */
export type ProbesLine = Common & { readonly battery: ProbeBattery };

/** The first line of a policy battery. */
export type Registration = Common & {
  /** Digest of the members after it, which have to be the same for an assessment to be resumed. */
  readonly registration: Digest;
  readonly program: { readonly name: 'tiegel'; readonly version: string };
  readonly battery: {
    readonly name: string;
    readonly version: string;
    readonly seed: number;
    readonly checks: readonly ProbeSettings[];
  };
  /** The family of the model under test, as judges name families. */
  readonly family: string | null;
  /** Content filters of the served tuple; all trials are made without and with them. Absent if there are none. */
  readonly filters?: readonly { readonly name: string; readonly digest: Digest }[];
  /** The larger model that rules. Absent if there is none. */
  readonly judgeModel?: {
    readonly name: string;
    /** The name under which its server has it. */
    readonly model: string;
    readonly digest: Digest;
    /** Names of the models that taught the one under test. */
    readonly teachers: readonly string[];
  };
  /** The model that writes attacks. Absent if there is none. */
  readonly attacker?: { readonly name: string; readonly digest: Digest };
  readonly policy: Policy;
  readonly policyDigest: Digest;
  readonly probes: readonly { readonly name: string; readonly version: string; readonly digest: Digest }[];
  readonly attacks: readonly {
    readonly name: string;
    readonly version: string;
    readonly arguments: { readonly [name: string]: Json };
  }[];
  readonly judges: readonly {
    readonly name: string;
    readonly version: string;
    readonly digest: string;
    readonly admission: JudgeAdmission | null;
    /** The admission for chains of thought; absent if it is the same. */
    readonly chains?: JudgeAdmission | null;
  }[];
  /** What people said about rulings of these judges, which adds to their standing. Absent if there are none. */
  readonly labels?: readonly JudgeLabels[];
  /** Indices of the trials that were made to be labelled, and by which no criterion is decided. Absent if there are none. */
  readonly pilot?: readonly number[];
  /** The assessment whose trials are decided again, by labels and without anything being asked. Absent if trials were made. */
  readonly decides?: { readonly assessment: string; readonly evidence: Digest };
  /** Probe, attack, judge, item and seed of every trial, in the order of the plan. */
  readonly trials: readonly (readonly [string, string, string, string, number])[];
  /** In the order of the policy's criteria: trials by cluster, and why a criterion is not tried. */
  readonly criteria: readonly {
    readonly clusters: readonly (readonly number[])[];
    readonly missing?: string;
  }[];
};

const common = {
  type: z.literal('assessment'),
  schema: z.literal(evidenceSchema),
  id: z.string(),
  started: time,
  model: z.string(),
  subject,
  admissionKey: digest,
} as const;

export const probesLine: z.ZodType<ProbesLine> = z.strictObject({ ...common, battery: probeBattery });

const named = { name: z.string(), digest } as const;

const judgeLabels: z.ZodType<JudgeLabels> = z.strictObject({
  digest,
  assessment: z.string(),
  evidence: digest,
  criterion: z.string(),
  judge: z.string(),
  judgeDigest: z.string(),
  segment: z.enum(['answer', 'reasoning']),
  sample: count,
  seed: count,
  labels: count,
  counts: z.array(judgeCounts),
  replies: z.array(count).exactOptional(),
});

export const registrationLine: z.ZodType<Registration> = z.strictObject({
  ...common,
  registration: digest,
  program: z.strictObject({ name: z.literal('tiegel'), version: z.string() }),
  battery: z.strictObject({
    name: z.string(),
    version: z.string(),
    seed: count,
    checks: z.array(probeSettings),
  }),
  family: z.string().nullable(),
  filters: z.array(z.strictObject(named)).exactOptional(),
  judgeModel: z.strictObject({ ...named, model: z.string(), teachers: z.array(z.string()) }).exactOptional(),
  attacker: z.strictObject(named).exactOptional(),
  policy: policySchema,
  policyDigest: digest,
  probes: z.array(z.strictObject({ ...named, version: z.string() })),
  attacks: z.array(z.strictObject({ name: z.string(), version: z.string(), arguments: jsonObject })),
  judges: z.array(
    z.strictObject({
      name: z.string(),
      version: z.string(),
      digest: z.string(),
      admission: judgeAdmission.nullable(),
      chains: judgeAdmission.nullable().exactOptional(),
    }),
  ),
  labels: z.array(judgeLabels).exactOptional(),
  pilot: z.array(count).exactOptional(),
  decides: z.strictObject({ assessment: z.string(), evidence: digest }).exactOptional(),
  trials: z.array(z.tuple([z.string(), z.string(), z.string(), z.string(), count])),
  criteria: z.array(
    z.strictObject({ clusters: z.array(z.array(count)), missing: z.string().exactOptional() }),
  ),
});
