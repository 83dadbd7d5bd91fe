// assess: probes a model and lets the catalog sign what passed.
export { type Assessment, assess } from './assess.ts';
export type { AssessOptions, AssessProgress } from './assess-options.ts';
export { quickBattery } from './batteries/quick.ts';
export type { Battery } from './battery.ts';
export type { ProbeResult } from './probe.ts';
export { exitCodeOf, type Verdict } from './verdict.ts';
