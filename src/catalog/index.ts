// catalog: models, their blobs and manifests, and the records that admit them to be served.
export type { AdmissionRecord } from './admission-record.ts';
export type { AdmittedRemote, AdmittedVariant } from './admit.ts';
export { type Catalog, openCatalog } from './catalog.ts';
export type { Variant } from './manifest.ts';
export type { Fingerprint, RemoteDescription, RemoteModel } from './remote/remote-manifest.ts';
export { admissionKeyOf, type ServingConfiguration, type Subject } from './subject.ts';
