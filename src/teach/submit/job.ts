// A job for an engine that trains on clusters: what is run, and the files beside it. Everything the recipe says is
// data in job.json; the Python files are the same for every job.
import { TiegelError } from '../../base/index.ts';
import type { ClusterRecipe } from './cluster-recipe.ts';

export const clusterEngines = ['verl', 'trl', 'openrlhf'] as const;
export type ClusterEngine = (typeof clusterEngines)[number];

/** The part of a job that depends on its engine. */
export type EngineJob = {
  /** Name of the Python file that reads job.json. */
  readonly script: 'verl_job.py' | 'trl_job.py' | 'openrlhf_job.py';
  /** What that file reads in job.json. */
  readonly settings: Readonly<Record<string, unknown>>;
};

/** Where the job keeps its checkpoints and leaves its result: a directory that all machines of the cluster share. */
export type Storage = string;

/** @throws TGL_SUBMIT_UNSUPPORTED for anything for which the engine has no setting */
export function refuse(engine: ClusterEngine, recipe: ClusterRecipe, setting: string, repair: string): never {
  throw new TiegelError('TGL_SUBMIT_UNSUPPORTED', { engine, recipe: recipe.name, setting, repair });
}

/** A member if there is a value, so that an engine keeps its own default where a recipe says nothing. */
export function given<Value>(name: string, value: Value | undefined): Readonly<Record<string, Value>> {
  return value === undefined ? {} : { [name]: value };
}
