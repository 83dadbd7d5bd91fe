// guard: notices who harvests a model, alone or as a group, by what is computed inside each request.
export { addRequest, emptyAccountState, type RequestFacts } from './account/account-state.ts';
export { accountStateBytes } from './account/encode-account-state.ts';
export { createFeatureExtractor } from './features/request-features.ts';
