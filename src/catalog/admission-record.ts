// Admission records: the signed sentence that one subject passed one battery. They lie under admissions/, named by
// their admission key, and stop counting when they expire.
import type { Digest } from '../base/index.ts';
import type { Subject } from './subject.ts';

/** One line on a probe; a record exists only where all of them passed. */
export type ProbeSummary = { readonly name: string; readonly verdict: 'pass'; readonly reason: string };

/** What an assessment hands over to be recorded. */
export type PassedAssessment = {
  /** The name under which the variant was assessed; the key does not depend on it. */
  readonly model: string;
  readonly subject: Subject;
  readonly battery: { readonly name: string; readonly version: string };
  readonly probes: readonly ProbeSummary[];
  /** SHA-256 of the evidence file. */
  readonly evidence: Digest;
  /** Days until the model has to be assessed again. */
  readonly validDays: number;
};

/** What is signed. */
export type AdmissionRecord = {
  readonly schema: 1;
  readonly admissionKey: Digest;
  readonly subject: Subject;
  readonly model: string;
  readonly verdict: 'pass';
  readonly battery: { readonly name: string; readonly version: string };
  readonly probes: readonly ProbeSummary[];
  readonly evidence: Digest;
  /** ISO 8601. */
  readonly issued: string;
  /** ISO 8601; the record counts until then. */
  readonly expires: string;
};
