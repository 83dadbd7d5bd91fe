// A second model that takes part in an assessment: it writes attacks or rules on replies. Its replies cost what those of the
// model under test cost, so its tokens count towards the same limits; the registration names it.
import type { Clock, Digest } from '../../base/index.ts';
import type { ServingConfiguration } from '../../catalog/index.ts';
import type { Engine } from '../../engine/index.ts';
import type { ChatTemplate } from '../../formats/index.ts';
import type { Budget } from '../terms/budget.ts';
import type { Ask } from '../terms/trial.ts';
import { askServed } from './ask-served.ts';

export type AuxiliaryModel = {
  readonly name: string;
  /** Digest of where it runs and what it is called there. */
  readonly digest: Digest;
  /** Started and stopped by whoever provides the model. */
  readonly engine: Engine;
  /** Null if a server renders the prompts. */
  readonly template: ChatTemplate | null;
  readonly serving: ServingConfiguration;
};

export type AuxiliaryAsking = {
  readonly budget: Budget;
  readonly clock: Pick<Clock, 'monotonic'>;
  readonly signal?: AbortSignal | undefined;
  readonly pauseMs?: number;
};

/** Its questions throw what those of `askServed` do. */
export function askAuxiliary(
  { engine, template, serving }: AuxiliaryModel,
  { budget, clock, signal, pauseMs }: AuxiliaryAsking,
): Ask {
  const asking = { budget, clock, signal, ...(pauseMs !== undefined && { pauseMs }) };
  return askServed({ engine, template, serving, ...asking });
}
