// assess: probes a model and lets the catalog sign what passed.
export { type Assessment, assess, assessRemote } from './assess.ts';
export type { AssessProgress } from './assess-options.ts';
export { quickBattery } from './batteries/quick.ts';
export { remoteBattery } from './batteries/remote.ts';
export type { Battery } from './battery.ts';
export { takeFingerprint } from './probes/fingerprint.ts';
export { exitCodeOf, type Verdict } from './verdict.ts';
