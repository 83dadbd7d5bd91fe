// The part of host that is quick to load: the environment, and what commands show that start nothing.
export { readEnvironment } from './environment.ts';
export { lastRuntimeBuild } from './last-runtime-build.ts';
export { servingOn } from './serving.ts';
