// catalog: models, their blobs and manifests, and the records that admit them to be served.
export type { AdmissionRecord, AssessmentBasis, Condition } from './admission-record.ts';
export type { AdmittedRemote, AdmittedVariant, NotAdmitted } from './admit.ts';
export { type Catalog, openCatalog } from './catalog.ts';
export type { Envelope } from './dsse.ts';
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
export { measuredUses, rememberUse } from './fit/measured-use.ts';
export { measureMemoryBandwidth } from './fit/memory-bandwidth.ts';
export { cacheBytesPerToken } from './fit/memory-needs.ts';
export { readModel } from './fit/read-model.ts';
export type { Statement } from './in-toto.ts';
export { knownModels } from './known-models.ts';
export { filesDigest, type LoadedFile, type Manifest, type ModelFiles, type Variant } from './manifest.ts';
export { openRegularFile } from './open-regular-file.ts';
export { nameOf, nameOfAdapted, nameOfReference } from './pull/pull.ts';
export type { Fingerprint, RemoteDescription, RemoteModel } from './remote/remote-manifest.ts';
export type { RemoteListing } from './remote/remote-models.ts';
export { revokedError } from './revocation.ts';
export { admissionKeyOf, type ServingConfiguration, type Subject } from './subject.ts';
