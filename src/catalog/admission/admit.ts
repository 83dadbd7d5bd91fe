// Admission: what turns a variant into one that may be served, checked against the bytes at hand. The proof is a class
// although it has no lifetime, because only a class is nominal: a literal, parsed JSON or a spread copy is not one.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { type Digest, digestOf } from '../../base/index.ts';
import type { ChatTemplate } from '../../formats/index.ts';
import type { RemoteModel } from '../remote/remote-manifest.ts';
import type { CatalogStorage } from '../storage/catalog-storage.ts';
import type { Layout } from '../storage/layout.ts';
import type { WeightsFacts } from '../variant/inspect-weights.ts';
import type { Manifest, ModelFiles, Variant } from '../variant/manifest.ts';
import { type AdmissionRecord, type OpenedRecord, openRecord, sealRecord } from './admission-record.ts';
import type { DecisionLog } from './decision-log.ts';
import { type Officer, refusalByOfficer } from './officer.ts';
import { type Revocation, standingRevocation } from './revocation.ts';
import type { SigningKey } from './signing-key.ts';
import {
  admissionKeyOf,
  type ServingConfiguration,
  type Subject,
  subjectDifferences,
  subjectFrom,
} from './subject.ts';

class AdmittedModel {
  /** Never read; a protected member is what makes the type nominal. */
  protected readonly admitted = true;
  readonly name: string;
  readonly serving: ServingConfiguration;
  readonly admissionKey: Digest;
  /** Its `expires` also bounds how long a running server may rely on it. */
  readonly record: AdmissionRecord;

  constructor(name: string, serving: ServingConfiguration, record: AdmissionRecord) {
    this.name = name;
    this.serving = structuredClone(serving);
    this.admissionKey = record.admissionKey;
    this.record = record;
  }
}

class Admitted extends AdmittedModel {
  readonly variant: Variant;
  readonly files: ModelFiles;
  /** The vetted family of the template text in the file, or that very text where the record is about it. */
  readonly template: ChatTemplate;

  constructor(candidate: Candidate, template: ChatTemplate, record: AdmissionRecord) {
    super(candidate.variant.name, candidate.serving, record);
    this.variant = candidate.variant;
    this.files = candidate.files;
    this.template = template;
    Object.freeze(this);
  }
}

class AdmittedThere extends AdmittedModel {
  readonly remote: RemoteModel;

  constructor(remote: RemoteModel, serving: ServingConfiguration, record: AdmissionRecord) {
    super(remote.name, serving, record);
    this.remote = remote;
    Object.freeze(this);
  }
}

/** A variant with a valid admission record for exactly this serving configuration. Only this file makes one. */
export type AdmittedVariant = Admitted;

/** The same of a model on a server; what was recognised is its answers, not its bytes. */
export type AdmittedRemote = AdmittedThere;

/**
 * `quarantined`: no valid record for this tuple; `stale`: there is one that time, a new runtime or new knowledge has
 * overtaken; `revoked`: nothing but lifting the revocation brings it back; `rejected`: nothing but an admission by a
 * policy does.
 */
export type NotAdmitted = {
  readonly admitted: false;
  readonly state: 'quarantined' | 'stale' | 'revoked' | 'rejected';
  readonly reason: string;
  /** Where it is revoked or rejected. */
  readonly revocation?: Revocation;
  /** The policy by which it was admitted before, by name. */
  readonly admittedBy?: string;
};

/** What `admit` answers: a value to be looked at, not an exception. */
export type Admission = { readonly admitted: true; readonly variant: AdmittedVariant } | NotAdmitted;

/** @see Admission */
export type RemoteAdmission = { readonly admitted: true; readonly remote: AdmittedRemote } | NotAdmitted;

/** A clock that was set back by more than this does not revive or postdate a record. */
const clockTolerance = 24 * 60 * 60 * 1000;

/** A variant as it would be served; the facts belong to verified bytes. */
type Candidate = {
  readonly variant: Variant;
  readonly serving: ServingConfiguration;
  readonly facts: WeightsFacts;
  readonly files: ModelFiles;
};

/** Where records lie and what checks them. */
export type RecordContext = CatalogStorage & {
  readonly key: SigningKey;
  readonly outdated: Outdated;
  readonly decisions: DecisionLog;
  readonly officer: Officer;
};

/** What has become known since a record was made, in a sentence; undefined where nothing has. */
export type Outdated = (record: AdmissionRecord) => string | undefined;

/** The valid record of exactly this subject. */
export function recordOf(
  { variant, serving, facts }: Candidate,
  context: RecordContext,
): AdmissionRecord | NotAdmitted {
  if (templateOf(facts) === null) return quarantined('it has no chat template');
  const record = validRecord(variant.name, subjectFrom(facts.file, serving), context);
  if (!('admitted' in record) || facts.template !== null || record.state !== 'quarantined') return record;
  return quarantined(`its chat template is not of a vetted family, and ${record.reason}`);
}

/** Admits by such a record what was verified. */
export function admitSubject(candidate: Candidate, context: RecordContext): Admission {
  const record = recordOf(candidate, context);
  if ('admitted' in record) return record;
  const template = templateOf(candidate.facts) as ChatTemplate;
  return { admitted: true, variant: new Admitted(candidate, template, record) };
}

function templateOf({ template, embedded }: WeightsFacts): ChatTemplate | null {
  return template ?? embedded;
}

/** The same for a model on a server, once its answers were recognised. */
export function admitRemoteSubject(
  remote: RemoteModel,
  subject: Subject,
  serving: ServingConfiguration,
  context: RecordContext,
): RemoteAdmission {
  const record = validRecord(remote.name, subject, context);
  if ('admitted' in record) return record;
  return { admitted: true, remote: new AdmittedThere(remote, serving, record) };
}

/** The record of this subject, or what stands against relying on it. */
export function validRecord(
  model: string,
  subject: Subject,
  context: RecordContext,
): AdmissionRecord | NotAdmitted {
  const { layout, key, clock, outdated, decisions, officer } = context;
  const log = decisions.read();
  if (!log.sound) return quarantined(log.problem);
  const revocation = standingRevocation(subject, context);
  if (revocation !== null) {
    const state = revocation.policy === undefined ? 'revoked' : 'rejected';
    const reason = `it was ${state} at ${revocation.time}: ${revocation.reason}`;
    return { admitted: false, state, reason, revocation };
  }
  const admissionKey = admissionKeyOf(subject);
  const opened = openRecord(layout.admission(admissionKey), key);
  if (opened.state === 'absent') return absence(model, subject, context);
  if (opened.state === 'refused') return quarantined(`its admission record is refused: ${opened.problem}`);
  if (opened.state === 'other-schema') return stale(opened.problem);
  const { record } = opened;
  if (record.admissionKey !== admissionKey) return quarantined('its admission record is for another subject');
  if (Date.parse(record.issued) > clock.now() + clockTolerance) {
    return quarantined(`its admission record is dated in the future (${record.issued})`);
  }
  if (Date.parse(record.expires) <= clock.now()) {
    return stale(`its admission record expired at ${record.expires}`, record);
  }
  const logged = log.last('admission', admissionKey);
  if (logged?.kind !== 'admission' || logged.content !== digestOf(sealRecord(record, key)))
    return stale('its admission record is not the one that the log of decisions names last', record);
  const news = outdated(record);
  if (news !== undefined) return stale(news, record);
  const refusal = refusalByOfficer(officer.read(), record, clock.now());
  if (refusal === undefined) return record;
  const { policy } = record;
  return { ...quarantined(refusal), ...(policy !== undefined && { admittedBy: policy.name }) };
}

/** The answer for a variant that has no claim to a record. */
export function quarantined(reason: string): NotAdmitted {
  return { admitted: false, state: 'quarantined', reason };
}

/** @param record by which it was admitted before */
function stale(reason: string, record?: AdmissionRecord): NotAdmitted {
  const policy = record?.policy?.name;
  return { admitted: false, state: 'stale', reason, ...(policy !== undefined && { admittedBy: policy }) };
}

/** Names what changed since the variant was last admitted under its name, if it ever was. */
function absence(model: string, subject: Subject, { layout, key }: RecordContext): NotAdmitted {
  const records = openedRecords(layout, key);
  const [nearest] = records
    .flatMap((opened) => (opened.state === 'valid' && opened.record.model === model ? [opened.record] : []))
    .map((record) => ({ record, differences: subjectDifferences(record.subject, subject) }))
    .sort((one, other) => one.differences.length - other.differences.length);
  if (nearest === undefined) {
    const other = records.find((opened) => opened.state === 'other-schema' && opened.model === model);
    return other?.state === 'other-schema'
      ? stale(other.problem)
      : quarantined('it has not been assessed in this configuration');
  }
  const { record, differences } = nearest;
  const changed = differences.join(', ');
  if (differences.length === 1 && record.subject.runtimeBuild !== subject.runtimeBuild)
    return stale(`since its admission record was made there is a change in ${changed}`, record);
  return {
    ...stale(
      `it has no admission record for this configuration; since the nearest one there is a change in ${changed}`,
      record,
    ),
    state: 'quarantined',
  };
}

/** The text of the newest record that this machine has made over the files of a manifest, expired or not. */
export function newestRecord(
  { weights, adapters = [] }: Manifest,
  layout: Layout,
  key: SigningKey,
): string | undefined {
  const applied = adapters.map(({ digest }) => digest).join();
  const [newest] = openedRecords(layout, key)
    .flatMap((opened) => (opened.state === 'valid' ? [opened.record] : []))
    .filter(
      ({ subject }) =>
        'weights' in subject &&
        subject.weights === weights.digest &&
        subject.adapters.join() === applied &&
        subject.draft === undefined,
    )
    .sort((one, other) => Date.parse(other.issued) - Date.parse(one.issued));
  return newest && sealRecord(newest, key);
}

function openedRecords(layout: Layout, key: SigningKey): readonly OpenedRecord[] {
  return readdirSync(layout.admissions)
    .filter((name) => /^[0-9a-f]{64}\.json$/.test(name))
    .map((name) => openRecord(join(layout.admissions, name), key));
}
