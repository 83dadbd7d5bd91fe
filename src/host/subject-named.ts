// The served tuple of a model by its name, on this machine or on a server, in the configuration that it would be served in.
import type { Catalog, Subject } from '../catalog/index.ts';
import type { Environment } from './environment.ts';
import { findModel, servingConfiguration } from './local-models.ts';
import { findRemote, remoteServing } from './remote-models.ts';

/** @throws TGL_MODEL_UNKNOWN and what reading its files throws */
export async function subjectNamed(
  environment: Environment,
  catalog: Catalog,
  model: string,
): Promise<{ readonly name: string; readonly subject: Subject }> {
  const remote = findRemote(catalog, model);
  if (remote !== undefined) {
    const { fingerprint } = remote.manifest;
    return {
      name: remote.name,
      subject: catalog.remotes.subjectOf(remote, remoteServing(environment, remote), fingerprint),
    };
  }
  const variant = await findModel(catalog, model);
  const serving = await servingConfiguration(environment, variant);
  return { name: variant.name, subject: await catalog.admissions.subjectOf(variant, serving) };
}
