// Admission records: the signed sentence that one subject passed one battery, on conditions or without. They lie under
// admissions/, named by their admission key, and stop counting when they expire.
import { canonicalJson, type Digest } from '../../base/index.ts';
import { members, readStrictJson, strictJson } from '../storage/strict-json.ts';
import type { SigningKey } from './signing-key.ts';
import { admissionKeyOf, type Subject } from './subject.ts';

/** One line on a probe; a record exists only where all of them passed. */
type ProbeSummary = { readonly name: string; readonly verdict: 'pass'; readonly reason: string };

/** What an assessment hands over to be recorded. */
export type PassedAssessment = {
  /** The name under which the variant was assessed; the key does not depend on it. */
  readonly model: string;
  readonly subject: Subject;
  readonly battery: { readonly name: string; readonly version: string };
  /** That decided; a battery without one neither replaces such a record nor overcomes a rejection. @default none */
  readonly policy?: DecidingPolicy;
  readonly probes: readonly ProbeSummary[];
  /** SHA-256 of the evidence file. */
  readonly evidence: Digest;
  /** Days until the model has to be assessed again. */
  readonly validDays: number;
  /** Guards without which it would not have passed; they stand in the guard chain of the subject. @default none */
  readonly conditions?: readonly Condition[];
  /** What was known when it was assessed. @default nothing that can change */
  readonly basis?: AssessmentBasis;
};

export type DecidingPolicy = { readonly name: string; readonly version: string; readonly digest: Digest };

/** A guard by the name that the policy gave it, and its digest. */
export type Condition = { readonly guard: string; readonly digest: Digest };

/** Digests of what an assessment is made of and that grows; a record goes stale with another one. */
export type AssessmentBasis = { readonly [part: string]: Digest };

/** What is signed. */
export type AdmissionRecord = {
  readonly schema: 1;
  readonly admissionKey: Digest;
  readonly subject: Subject;
  readonly model: string;
  readonly verdict: 'pass' | 'pass-with-conditions';
  readonly battery: { readonly name: string; readonly version: string };
  /** Absent where none decided. */
  readonly policy?: DecidingPolicy;
  readonly probes: readonly ProbeSummary[];
  readonly evidence: Digest;
  /** Absent where there are none. */
  readonly conditions?: readonly Condition[];
  readonly basis?: AssessmentBasis;
  /** ISO 8601. */
  readonly issued: string;
  /** ISO 8601; the record counts until then. */
  readonly expires: string;
};

/** What an admission file holds. */
type SealedRecord = {
  readonly record: AdmissionRecord;
  readonly publicKey: string;
  readonly signature: string;
};

const maxRecordBytes = 256 * 1024;
const millisecondsPerDay = 24 * 60 * 60 * 1000;

/** Keeps a signature over a record from being taken for one over anything else. */
const purpose = 'tiegel admission record, schema 1\n';

/** The record of a passed assessment, from now on for `validDays`. */
export function admissionRecord(passed: PassedAssessment, now: number): AdmissionRecord {
  const failed = passed.probes.find((probe) => probe.verdict !== 'pass');
  if (passed.probes.length === 0 || failed !== undefined) {
    throw new TypeError('admissionRecord: only an assessment whose probes all passed can be recorded');
  }
  const { conditions = [], basis, policy } = passed;
  const missing = missingGuard(conditions, passed.subject);
  if (missing !== undefined) throw new TypeError(`admissionRecord: ${missing} is not in the guard chain`);
  return {
    schema: 1,
    admissionKey: admissionKeyOf(passed.subject),
    subject: passed.subject,
    model: passed.model,
    verdict: conditions.length === 0 ? 'pass' : 'pass-with-conditions',
    battery: passed.battery,
    ...(policy !== undefined && { policy }),
    probes: passed.probes,
    evidence: passed.evidence,
    ...(conditions.length > 0 && { conditions }),
    ...(basis !== undefined && { basis }),
    issued: new Date(now).toISOString(),
    expires: new Date(now + passed.validDays * millisecondsPerDay).toISOString(),
  };
}

/** The text of an admission file: the record and an Ed25519 signature over its canonical JSON. */
export function sealRecord(record: AdmissionRecord, key: SigningKey): string {
  const signature = key.sign(purpose + canonicalJson(record));
  return strictJson({ record, publicKey: key.publicKey, signature });
}

/** What became of reading an admission file; a problem is an answer here, since it only means "not admitted". */
export type OpenedRecord =
  | { readonly state: 'absent' }
  | { readonly state: 'refused'; readonly problem: string }
  | { readonly state: 'valid'; readonly record: AdmissionRecord };

/**
 * Reads an admission file and checks key, signature and that the admission key belongs to the subject in it. After
 * that the members are as `admissionRecord` made them. Whether the record has expired is left to the caller.
 */
export function openRecord(path: string, key: SigningKey): OpenedRecord {
  try {
    const file = readStrictJson(path, maxRecordBytes, refuse);
    if (file === undefined) return { state: 'absent' };
    const sealed = members(file, 'the file', ['record', 'publicKey', 'signature'], refuse) as SealedRecord;
    if (sealed.publicKey !== key.publicKey) refuse('it was signed with another key');
    if (!key.verify(purpose + canonicalJson(sealed.record), sealed.signature)) {
      refuse('its signature does not fit its content');
    }
    const { record } = sealed;
    if (record.schema !== 1) refuse('its schema is not 1');
    if (record.verdict !== 'pass' && record.verdict !== 'pass-with-conditions')
      refuse('its verdict is not a pass');
    const missing = missingGuard(record.conditions ?? [], record.subject);
    if (missing !== undefined) refuse(`the guard ${missing} that it asks for is not in its chain`);
    if (admissionKeyOf(record.subject) !== record.admissionKey)
      refuse('its key does not belong to its subject');
    return { state: 'valid', record };
  } catch (cause) {
    if (cause instanceof Refused) return { state: 'refused', problem: cause.message };
    throw cause;
  }
}

/** The name of a guard that is asked for and does not stand in the chain. */
function missingGuard(conditions: readonly Condition[], { guardChain }: Subject): string | undefined {
  return conditions.find(({ digest }) => !guardChain.includes(digest))?.guard;
}

class Refused extends Error {}

function refuse(problem: string): never {
  throw new Refused(problem);
}
