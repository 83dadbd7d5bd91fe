// Which variants may be served: what was recorded about them, what was withdrawn, and the check of both against bytes.
import { digestOf, TiegelError, writeFileAtomically } from '../../base/index.ts';
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
import { type ServingConfiguration, type Subject, subjectFrom } from './subject.ts';
import { createWithdrawals, type Withdrawals } from './withdrawals.ts';

export type Admissions = Withdrawals & {
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
};

export function createAdmissions(context: RecordContext): Admissions {
  const { layout, blobs, disk, clock, key, decisions } = context;
  const { liftRejections, ...withdrawals } = createWithdrawals(context);
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
      const text = sealRecord(record, key);
      writeFileAtomically(layout.admission(record.admissionKey), text, { disk });
      decisions.append({ kind: 'admission', target: record.admissionKey, content: digestOf(text), model });
      if (policy !== undefined) liftRejections(model, subject, policy);
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
    ...withdrawals,
  };
}
