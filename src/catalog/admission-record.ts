// Admission records: the signed sentence that one subject passed one battery. They lie under admissions/, named by
// their admission key, and stop counting when they expire.
import { canonicalJson, type Digest } from '../base/index.ts';
import type { SigningKey } from './signing-key.ts';
import { members, readStrictJson, strictJson } from './strict-json.ts';
import { admissionKeyOf, type Subject } from './subject.ts';

/** One line on a probe; a record exists only where all of them passed. */
type ProbeSummary = { readonly name: string; readonly verdict: 'pass'; readonly reason: string };

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

/** What an admission file holds. */
type SealedRecord = {
  readonly record: AdmissionRecord;
  readonly publicKey: string;
  readonly signature: string;
};

const largestRecord = 256 * 1024;
const millisecondsPerDay = 24 * 60 * 60 * 1000;

/** Keeps a signature over a record from being taken for one over anything else. */
const purpose = 'tiegel admission record, schema 1\n';

/** The record of a passed assessment, from now on for `validDays`. */
export function admissionRecord(passed: PassedAssessment, now: number): AdmissionRecord {
  const failed = passed.probes.find((probe) => probe.verdict !== 'pass');
  if (passed.probes.length === 0 || failed !== undefined) {
    throw new TypeError('admissionRecord: only an assessment whose probes all passed can be recorded');
  }
  return {
    schema: 1,
    admissionKey: admissionKeyOf(passed.subject),
    subject: passed.subject,
    model: passed.model,
    verdict: 'pass',
    battery: passed.battery,
    probes: passed.probes,
    evidence: passed.evidence,
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
    const file = readStrictJson(path, largestRecord, refuse);
    if (file === undefined) return { state: 'absent' };
    const sealed = members(file, 'the file', ['record', 'publicKey', 'signature'], refuse) as SealedRecord;
    if (sealed.publicKey !== key.publicKey) refuse('it was signed with another key');
    if (!key.verify(purpose + canonicalJson(sealed.record), sealed.signature)) {
      refuse('its signature does not fit its content');
    }
    const { record } = sealed;
    if (record.schema !== 1) refuse('its schema is not 1');
    if (record.verdict !== 'pass') refuse('its verdict is not a pass');
    if (admissionKeyOf(record.subject) !== record.admissionKey)
      refuse('its key does not belong to its subject');
    return { state: 'valid', record };
  } catch (cause) {
    if (cause instanceof Refused) return { state: 'refused', problem: cause.message };
    throw cause;
  }
}

class Refused extends Error {}

function refuse(problem: string): never {
  throw new Refused(problem);
}
