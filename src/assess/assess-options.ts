// What an assessment needs: a subject, a battery, a way to start the runtime, and the injected world.
import type { Clock, Entropy } from '../base/index.ts';
import type { Catalog, ServingConfiguration, Variant } from '../catalog/index.ts';
import type { Engine } from '../engine/index.ts';
import type { Battery } from './battery.ts';

export type AssessOptions = {
  readonly catalog: Catalog;
  readonly variant: Variant;
  readonly serving: ServingConfiguration;
  /** Starts the runtime on a verified file; only called once the file review has passed. */
  readonly startEngine: (weightsPath: string) => Promise<Engine>;
  readonly battery: Battery;
  readonly clock: Clock;
  readonly entropy?: Entropy;
  readonly onProgress?: (progress: AssessProgress) => void;
  readonly signal?: AbortSignal;
};

export type AssessProgress = { readonly probe: string; readonly done: number; readonly total: number };
