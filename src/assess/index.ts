// assess: probes a model and lets the catalog sign what passed.
export { type Assessment, assess } from './assess.ts';
export type { AssessProgress } from './assess-options.ts';
export { quickBattery } from './batteries/quick.ts';
export type { Battery } from './battery.ts';
export { exitCodeOf, type Verdict } from './verdict.ts';
