// Admission: what turns a variant into one that may be served. The brand is a symbol that never leaves this file, so
// that no other code, and no parsed JSON, can make an AdmittedVariant.
import type { Digest } from '../base/index.ts';
import type { AdmissionRecord } from './admission-record.ts';
import type { Variant } from './manifest.ts';
import type { ServingConfiguration } from './subject.ts';

const admittedBrand: unique symbol = Symbol('admitted');

/** A variant with a valid admission record for exactly this serving configuration. */
export type AdmittedVariant = {
  readonly [admittedBrand]: true;
  readonly variant: Variant;
  readonly serving: ServingConfiguration;
  readonly admissionKey: Digest;
  readonly record: AdmissionRecord;
  /** The weights file, verified against its digest. */
  readonly weightsPath: string;
};

/** `quarantined`: no valid record for this tuple; `stale`: the record has expired. */
export type NotAdmitted = {
  readonly admitted: false;
  readonly state: 'quarantined' | 'stale';
  readonly reason: string;
};

/** What `admit` answers: a value to be looked at, not an exception. */
export type Admission = { readonly admitted: true; readonly variant: AdmittedVariant } | NotAdmitted;
