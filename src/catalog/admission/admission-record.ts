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
  /** Content filters without which it would not have passed; the subject names them all. @default none */
  readonly conditions?: readonly Condition[];
  /** What was known when it was assessed. @default nothing that can change */
  readonly basis?: AssessmentBasis;
};

export type DecidingPolicy = {
  readonly name: string;
  readonly version: string;
  readonly digest: Digest;
  /** The policy of which it is a quicker form, and everything for which it asks less. @default it stands for itself */
  readonly screens?: { readonly policy: string; readonly weaker: readonly string[] };
  /** Digests of known policies that ask for no more. */
  readonly asStrongAs?: readonly Digest[];
  /** It requires nothing about harm, so that it admits for the model's tasks only. @default false */
  readonly tasksOnly?: true;
};

/** By what a record admits and for what use, in words that go wherever the state of a model is shown. */
export function admittedBy({ battery, policy }: Pick<AdmissionRecord, 'battery' | 'policy'>): string {
  if (policy === undefined)
    return `by the battery ${battery.name} alone, which says nothing about harm, refusals or bias`;
  const { name, version, screens, tasksOnly } = policy;
  const form = screens === undefined ? '' : `, a screening form of ${screens.policy}`;
  const use = tasksOnly ? ', for its tasks only' : '';
  return `by the policy ${name} ${version}${form}${use}`;
}

/** A content filter by the name that the policy gave it, and its digest. */
export type Condition = { readonly filter: string; readonly digest: Digest };

/** Digests of what an assessment is made of and that grows; a record goes stale with another one. */
export type AssessmentBasis = { readonly [part: string]: Digest };

/** What is signed. */
export type AdmissionRecord = {
  readonly schema: typeof recordSchema;
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

const recordSchema = 2;

/** Keeps a signature over a record from being taken for one over anything else. */
function purposeOf(schema: unknown): string {
  return `tiegel admission record, schema ${schema}\n`;
}

/** The record of a passed assessment, from now on for `validDays`. */
export function admissionRecord(passed: PassedAssessment, now: number): AdmissionRecord {
  const failed = passed.probes.find((probe) => probe.verdict !== 'pass');
  if (passed.probes.length === 0 || failed !== undefined) {
    throw new TypeError('admissionRecord: only an assessment whose probes all passed can be recorded');
  }
  const { conditions = [], basis, policy } = passed;
  const missing = missingFilter(conditions, passed.subject);
  if (missing !== undefined)
    throw new TypeError(`admissionRecord: ${missing} is not among the content filters of the subject`);
  return {
    schema: recordSchema,
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
  const signature = key.sign(purposeOf(record.schema) + canonicalJson(record));
  return strictJson({ record, publicKey: key.publicKey, signature });
}

/** What became of reading an admission file; a problem is an answer here, since it only means "not admitted". */
export type OpenedRecord =
  | { readonly state: 'absent' }
  | { readonly state: 'refused'; readonly problem: string }
  /** Sound, but made by a version of the program that wrote subjects in another form. */
  | { readonly state: 'other-schema'; readonly model: string; readonly problem: string }
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
    const schema: unknown = Object(sealed.record).schema;
    if (!key.verify(purposeOf(schema) + canonicalJson(sealed.record), sealed.signature)) {
      refuse('its signature does not fit its content');
    }
    const { record } = sealed;
    if (schema !== recordSchema) {
      const problem = `another version of Tiegel made its admission record (schema ${schema}; this one reads schema ${recordSchema})`;
      return { state: 'other-schema', model: record.model, problem };
    }
    if (record.verdict !== 'pass' && record.verdict !== 'pass-with-conditions')
      refuse('its verdict is not a pass');
    const missing = missingFilter(record.conditions ?? [], record.subject);
    if (missing !== undefined) refuse(`the content filter ${missing} that it requires is not in its subject`);
    if (admissionKeyOf(record.subject) !== record.admissionKey)
      refuse('its key does not belong to its subject');
    return { state: 'valid', record };
  } catch (cause) {
    if (cause instanceof Refused) return { state: 'refused', problem: cause.message };
    throw cause;
  }
}

/** The name of a content filter that is required and that the subject does not name. */
function missingFilter(conditions: readonly Condition[], { filters }: Subject): string | undefined {
  return conditions.find(({ digest }) => !filters.includes(digest))?.filter;
}

class Refused extends Error {}

function refuse(problem: string): never {
  throw new Refused(problem);
}
