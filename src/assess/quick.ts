// The part of assess that is quick to load: whether an admission record still holds.
export { outdatedSince } from './plan/assessment-basis.ts';
