// The kinds of sample on which a model is trained and evaluated: the tasks, and prompts outside all of them.
import { type AnyTaskName, allTaskNames } from '../tasks/index.ts';

/** What a training sample shows: a task, or a prompt outside all tasks. */
export type SampleKind = AnyTaskName | 'outside';

/** Every kind, in the order in which mixtures are added up. */
export const sampleKinds: readonly SampleKind[] = [...allTaskNames, 'outside'];
