// tasks: verifiable problems with prompts, traces and verifiers.
export type { Language, Split, Task, TaskSample, Verification } from './task.ts';
