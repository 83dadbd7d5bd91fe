// The engine of a model whose speed is measured. It serves nobody, so that the model need not be admitted; a file that nobody
// has used yet is tried in a throwaway child first, as it is before an assessment.

import { type EngineLayout, TiegelError } from '../base/index.ts';
import { type Catalog, filesDigest, rememberSpeed } from '../catalog/index.ts';
import type { Engine, EngineSpeed } from '../engine/index.ts';
import type { HostContext } from './context.ts';
import { fitUntriedEngine } from './fitted-engine.ts';
import { findModel } from './local-models.ts';
import { findRemote } from './remote-models.ts';

export type BenchEngine = {
  readonly name: string;
  readonly engine: Engine & { readonly layout?: EngineLayout };
  /** Keeps what was measured, for estimates. @throws TGL_DISK_FULL */
  readonly remember: (speed: EngineSpeed) => void;
};

/**
 * @param contextLength tokens of each of up to 16 sequences; fewer where fewer fit
 * @throws TGL_USAGE for a model on a server, and what finding and starting a model throws
 */
export async function startBenchEngine(
  { environment, clock }: HostContext,
  catalog: Catalog,
  {
    model,
    draft,
    contextLength,
  }: {
    readonly model: string | undefined;
    readonly draft: string | undefined;
    readonly contextLength: number;
  },
): Promise<BenchEngine> {
  const remote = findRemote(catalog, model);
  if (remote !== undefined)
    throw new TiegelError('TGL_USAGE', {
      problem: `${remote.name} runs on a server; only models on this machine are measured.`,
    });
  const variant = await findModel(catalog, model, draft);
  const files = await catalog.variants.filesOf(variant);
  const start = await fitUntriedEngine(environment, variant, files, { slots: benchSlots, contextLength });
  const engine = await start();
  const remember = ({ rates }: EngineSpeed): void =>
    rememberSpeed(environment.home, filesDigest(variant), {
      runtimeBuild: engine.runtimeBuild,
      at: clock.now(),
      rates,
    });
  return { name: variant.name, engine, remember };
}

const benchSlots = 16;
