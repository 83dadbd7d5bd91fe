// stats: what counts say, with how much certainty.
export { exactLowerBound, type Proportion, wilsonInterval } from './proportion.ts';
