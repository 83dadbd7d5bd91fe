// governance: where a request may be answered, what is kept of it for how long, and how it is erased.
export {
  type ErasurePlaces,
  type ErasureReceipt,
  erasePrincipal,
  previewErasure,
  repeatErasures,
} from './erase.ts';
export { modelsUnder, type PlacedModel, policyOf } from './models-under-policy.ts';
export { type PoliciesInForce, permittedPlaces } from './permitted-places.ts';
export { type FollowedPolicies, followPolicies } from './policies-in-force.ts';
export { effectivePolicy, strictestOf } from './policy/combine.ts';
export { mayServe, permittedOf } from './policy/may-serve.ts';
export { type Policy, type PolicyDocument, parsePolicy } from './policy/policy.ts';
export { isPreset, presets } from './policy/presets.ts';
export { type ProcessingRecord, processingRecord } from './processing-record.ts';
export { type PrunedPart, previewPruning, pruneStore } from './prune.ts';
