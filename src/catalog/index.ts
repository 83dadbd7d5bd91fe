// catalog: models, their blobs and manifests, and the records that admit them to be served.
export type { AdmissionRecord, PassedAssessment } from './admission-record.ts';
export type { Admission, AdmittedVariant, NotAdmitted } from './admit.ts';
export { type Catalog, type CatalogOptions, openCatalog } from './catalog.ts';
export type { Manifest, Variant } from './manifest.ts';
export { admissionKeyOf, type ServingConfiguration, type Subject } from './subject.ts';
