// Which variants may be served: what was recorded about them, what was withdrawn, and the check of both against bytes.
import { existsSync } from 'node:fs';
import { type Digest, TiegelError, writeFileAtomically } from '../../base/index.ts';
import { type InspectedVariant, inspectVariant, type PathOf } from '../variant/inspect-variant.ts';
import type { Variant } from '../variant/manifest.ts';
import { manifestDisagreement } from '../variant/store-variant.ts';
import {
  type AdmissionRecord,
  admissionRecord,
  type PassedAssessment,
  sealRecord,
} from './admission-record.ts';
import {
  type Admission,
  admitSubject,
  type NotAdmitted,
  quarantined,
  type RecordContext,
  recordOf,
  validRecord,
} from './admit.ts';
import {
  type Revocation,
  rejectionTarget,
  rejectionTargets,
  revocationTarget,
  revocationText,
  standingRevocation,
} from './revocation.ts';
import { type ServingConfiguration, type Subject, subjectFrom } from './subject.ts';

export type Admissions = {
  /**
   * The served tuple, recomputed from the bytes of the weights file.
   * @throws TGL_BLOB_CORRUPT
   */
  readonly subjectOf: (variant: Variant, serving: ServingConfiguration) => Promise<Subject>;
  /**
   * Signs and stores that a subject passed a battery; the record that counts from now on. A pass that no policy decided
   * leaves a valid record by one as it is. One that a policy decided lifts an earlier rejection.
   * @throws TGL_DISK_FULL
   */
  readonly record: (passed: PassedAssessment) => AdmissionRecord;
  /** Whether this variant may be served in this configuration. */
  readonly admit: (variant: Variant, serving: ServingConfiguration) => Promise<Admission>;
  /**
   * The record by which `admit` would decide, for a listing. The bytes of large files are not compared with their
   * digests, so that the answer admits nothing.
   */
  readonly unverifiedRecordOf: (
    variant: Variant,
    serving: ServingConfiguration,
  ) => Promise<AdmissionRecord | NotAdmitted>;
  /** By which a subject is admitted now; undefined where none is. */
  readonly standingRecord: (model: string, subject: Subject) => AdmissionRecord | undefined;
  /**
   * Signs that this subject, in whatever configuration, is not to be served any more, or that it may be again.
   * @throws TGL_DISK_FULL
   */
  readonly revoke: (model: string, subject: Subject, revoked: boolean, reason: string) => Revocation;
  /**
   * Signs that an assessment by a policy rejected this subject. That ends its admissions, also on running servers, until
   * a policy admits it.
   * @throws TGL_DISK_FULL
   */
  readonly reject: (model: string, subject: Subject, policy: string, reason: string) => Revocation;
  /** Null where it is neither revoked nor rejected. */
  readonly revocationOf: (subject: Subject) => Revocation | null;
};

export function createAdmissions(context: RecordContext): Admissions {
  const { layout, blobs, disk, clock, key } = context;
  const writeRevocation = (target: Digest, said: Omit<Revocation, 'time'>): Revocation => {
    const revocation = { ...said, time: new Date(clock.now()).toISOString() };
    writeFileAtomically(layout.revocation(target), revocationText(target, revocation, key), { disk });
    return revocation;
  };
  const liftRejection = (model: string, subject: Subject, policy: string): void => {
    for (const target of rejectionTargets(subject)) {
      if (!existsSync(layout.revocation(target))) continue;
      writeRevocation(target, { model, reason: 'a policy admitted it', revoked: false, policy });
    }
  };
  /** A file that cannot be trusted is a reason, whatever is wrong with it. */
  const examine = async <Answer>(
    variant: Variant,
    pathOf: PathOf,
    answer: (inspected: InspectedVariant) => Answer,
  ): Promise<Answer | NotAdmitted> => {
    try {
      const inspected = await inspectVariant(variant, context, pathOf);
      const disagreement = manifestDisagreement(variant.manifest, inspected.facts);
      return disagreement === undefined ? answer(inspected) : quarantined(disagreement);
    } catch (cause) {
      if (TiegelError.isInstance(cause)) return quarantined(cause.message);
      throw cause;
    }
  };

  return {
    subjectOf: async (variant, serving) =>
      subjectFrom((await inspectVariant(variant, context, blobs.verifiedPath)).facts.file, serving),
    record: (passed) => {
      const { model, subject, policy } = passed;
      const record = admissionRecord(passed, clock.now());
      const standing = validRecord(model, subject, context);
      if (policy === undefined && 'policy' in standing) return standing;
      writeFileAtomically(layout.admission(record.admissionKey), sealRecord(record, key), { disk });
      if (policy !== undefined) liftRejection(model, subject, policy.name);
      return record;
    },
    standingRecord: (model, subject) => {
      const standing = validRecord(model, subject, context);
      return 'admissionKey' in standing ? standing : undefined;
    },
    admit: (variant, serving) =>
      examine(variant, blobs.verifiedPath, (inspected) =>
        admitSubject({ variant, serving, ...inspected }, context),
      ),
    unverifiedRecordOf: (variant, serving) =>
      examine(
        variant,
        async (digest) => layout.blob(digest),
        (inspected) => recordOf({ variant, serving, ...inspected }, context),
      ),
    revoke: (model, subject, revoked, reason) =>
      writeRevocation(revocationTarget(subject), { model, reason, revoked }),
    reject: (model, subject, policy, reason) =>
      writeRevocation(rejectionTarget(subject), { model, reason, revoked: true, policy }),
    revocationOf: (subject) => standingRevocation(subject, layout, key),
  };
}
