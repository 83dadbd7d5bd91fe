// catalog: models, their blobs and manifests, and the records that admit them to be served.
export type { AdmissionRecord } from './admission-record.ts';
export type { AdmittedVariant } from './admit.ts';
export { type Catalog, openCatalog } from './catalog.ts';
export type { Variant } from './manifest.ts';
export { admissionKeyOf, type ServingConfiguration, type Subject } from './subject.ts';
