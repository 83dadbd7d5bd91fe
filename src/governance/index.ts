// governance: where a request may be answered, what is kept of it for how long, and how it is erased.
export { permittedPlaces } from './permitted-places.ts';
export { effectivePolicy } from './policy/combine.ts';
export { mayServe } from './policy/may-serve.ts';
export type { PolicyDocument } from './policy/policy.ts';
export { presets } from './policy/presets.ts';
