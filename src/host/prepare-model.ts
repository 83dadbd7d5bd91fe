// A model by its name, on this machine or on a server: brought to admission, and started.
import { type Battery, quickBattery, remoteBattery } from '../assess/index.ts';
import type { AdmittedRemote, AdmittedVariant, Catalog } from '../catalog/index.ts';
import type { Engine } from '../engine/index.ts';
import type { ContentFilter } from '../reasoning/index.ts';
import type { HostContext } from './context.ts';
import { planAdmitted } from './fitted-engine.ts';
import { admitModel, findModel, servingConfiguration } from './local-models.ts';
import type { Readiness } from './readiness.ts';
import { admitRemoteModel, findRemote, requireNoDraft, startAskingEngine } from './remote-models.ts';

export type Prepared = {
  readonly name: string;
  /** What it was or would have been assessed by. */
  readonly battery: Battery;
  readonly readiness: Readiness<AdmittedVariant | AdmittedRemote>;
};

/** Finds the model that the argument means, the shipped one without an argument, and admits it, assessing it where due. */
export async function prepareModel(
  context: HostContext,
  catalog: Catalog,
  argument: string | undefined,
  {
    filters = [],
    draft,
  }: { readonly filters?: readonly ContentFilter[]; readonly draft?: string | undefined } = {},
): Promise<Prepared> {
  const remote = findRemote(catalog, argument);
  if (remote !== undefined) {
    requireNoDraft(remote, draft);
    const readiness = await admitRemoteModel(context, catalog, remote, filters);
    return { name: remote.name, battery: remoteBattery, readiness };
  }
  const variant = await findModel(catalog, argument, draft);
  const readiness = await admitModel(
    context,
    catalog,
    variant,
    await servingConfiguration(context.environment, variant, filters),
    filters,
  );
  return { name: variant.name, battery: quickBattery, readiness };
}

/** @throws TGL_MODEL_TOO_LARGE, TGL_ENGINE_START_FAILED, TGL_ENVIRONMENT_INVALID */
export async function startAdmitted(
  context: HostContext,
  admitted: AdmittedVariant | AdmittedRemote,
): Promise<Engine> {
  if ('remote' in admitted) return startAskingEngine(context, admitted.remote);
  const { start } = await planAdmitted(context.environment, admitted);
  return start();
}
