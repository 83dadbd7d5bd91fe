// catalog: models, their blobs and manifests, and the records that admit them to be served.
export {
  type AdmissionRecord,
  type AssessmentBasis,
  admittedBy,
  type Condition,
  type DecidingPolicy,
} from './admission/admission-record.ts';
export type { Admissions } from './admission/admissions.ts';
export type { AdmittedRemote, AdmittedVariant, NotAdmitted } from './admission/admit.ts';
export { type Attestations, openAttestation } from './admission/attestations.ts';
export type { TrustedKey } from './admission/decision-entry.ts';
export type { Envelope } from './admission/dsse.ts';
export type { Statement } from './admission/in-toto.ts';
export { byWhoseWord, type OfficerState, type OfficersWord, policyDue } from './admission/officer.ts';
export { placesOf, placesOfEndpoints } from './admission/places.ts';
export { revokedError } from './admission/revocation.ts';
export { openSigningKey, type SigningKey, verifyingKey } from './admission/signing-key.ts';
export { admissionKeyOf, type ServingConfiguration, type Subject } from './admission/subject.ts';
export { type Catalog, openCatalog } from './catalog.ts';
export {
  type Candidate,
  chooseVariant,
  isFamily,
  publishedModelOf,
  publishedNames,
  variantOfFamily,
} from './fit/choose-variant.ts';
export { type Fit, fitModel, type Machine, requireFit } from './fit/fit-model.ts';
export { machineMemory } from './fit/machine-memory.ts';
export { measuredSpeed, measuredUses, rememberSpeed, rememberUse } from './fit/measured.ts';
export {
  type ComparedLayout,
  type LayoutOnRecord,
  type MeasuredLayout,
  measuredLayout,
  rememberLayout,
} from './fit/measured-layout.ts';
export { measureMemoryBandwidth } from './fit/memory-bandwidth.ts';
export { cacheBytesPerToken } from './fit/memory-needs.ts';
export { readModel } from './fit/read-model.ts';
export { nameOf, nameOfAdapted, nameOfReference } from './pull/pull.ts';
export type { Fingerprint, RemoteDescription, RemoteModel } from './remote/remote-manifest.ts';
export type { RemoteListing } from './remote/remote-models.ts';
export { openRegularFile } from './storage/open-regular-file.ts';
export { knownModels } from './variant/known-models.ts';
export {
  filesDigest,
  type LoadedFile,
  type Manifest,
  type ModelFiles,
  type Variant,
} from './variant/manifest.ts';
