// The seed that an engine gets with a problem.
import { digestOf } from '../../base/index.ts';

export type Seeds = {
  /** Of the problems. */
  readonly seed: number;
  /** Of the samples, where an engine must not learn from its seeds which problems are meant. @default the same */
  readonly samplingSeed?: number;
};

export function samplingSeedAt({ seed, samplingSeed }: Seeds, index: number): number {
  if (samplingSeed === undefined) return seed + index;
  return Number.parseInt(digestOf(JSON.stringify([samplingSeed, index])).slice(0, 8), 16) >>> 1;
}
