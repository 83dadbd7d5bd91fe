// stats: what counts say, with how much certainty.
export { exactLowerBound, wilsonInterval } from './proportion.ts';
