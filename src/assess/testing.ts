// For tests of other folders: servers with small random models on them, and what is kept of one that passes.
export { type RandomModel, randomModel, randomServer } from './recognition/fixture.ts';
export { takeKnownAnswers } from './recognition/take-known-answers.ts';
