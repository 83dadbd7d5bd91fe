// For tests of other folders.
export { readAndSolve } from './read-and-solve.ts';
