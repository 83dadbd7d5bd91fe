// What the gateway is given to serve. An AdmittedVariant can only come from the catalog, so that serving something
// that was not admitted is a type error before it is a refusal.
import type { EnginePlace } from '../../base/index.ts';
import type { AdmittedRemote, AdmittedVariant } from '../../catalog/index.ts';
import type { Engine } from '../../engine/index.ts';
import type { ChatTemplate } from '../../formats/index.ts';
import type { ContentFilter } from '../../reasoning/index.ts';

export type ServedModel = {
  readonly admitted: AdmittedVariant | AdmittedRemote;
  readonly engine: Engine;
  /** Where its engine runs, one place a replica, as the admitted tuple declares them. */
  readonly places: readonly EnginePlace[];
  /** Null where the engine's server renders the prompts. */
  readonly template: ChatTemplate | null;
  /** The content filters of the served tuple, in their order. @default none */
  readonly filters?: readonly ContentFilter[];
  /** Milliseconds since the Unix epoch. */
  readonly created: number;
  /**
   * Until when its engine stays in the memory of this machine if nobody asks, in milliseconds since the Unix epoch; undefined
   * while it is not there. Absent: it runs somewhere else.
   */
  readonly loadedUntil?: () => number | undefined;
  /** Aborts when it may not be served any more; its reason is what clients are told. */
  readonly withdrawn?: AbortSignal;
};

/** Whether thinking that has begun can be ended: where prompts are rendered here, or where a server continues turns. */
export function canEndThinking({ engine }: ServedModel): boolean {
  const { promptForm, prefill } = engine.capabilities;
  return promptForm === 'tokens' || prefill === true;
}

export type Resolved = ServedModel | { readonly notAdmitted: string } | undefined;

export type ModelDirectory = {
  readonly list: () => readonly { readonly name: string; readonly created: number }[];
  /** `notAdmitted` carries the reason, which the client is told. */
  readonly resolve: (name: string) => Resolved | Promise<Resolved>;
};
