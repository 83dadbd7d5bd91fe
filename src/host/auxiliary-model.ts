// A model on a server that takes part in an assessment beside the one under test: it is asked, never served, so that no
// record is looked for.
import type { AuxiliaryModel } from '../assess/index.ts';
import { digestOfJson, TiegelError } from '../base/index.ts';
import type { Catalog } from '../catalog/index.ts';
import type { HostContext } from './context.ts';
import { findRemote, remoteServing, remoteTemplate, startAskingEngine } from './remote-models.ts';

/**
 * Disposing it closes the connections.
 *
 * @param flag that names it
 * @throws TGL_USAGE where no model on a server has the name, TGL_ENVIRONMENT_INVALID
 */
export function openAuxiliaryModel(
  context: HostContext,
  catalog: Catalog,
  { flag, name }: { readonly flag: string; readonly name: string },
): AuxiliaryModel & AsyncDisposable {
  const remote = findRemote(catalog, name);
  if (remote === undefined) {
    const problem = `${flag} is ${name}; expected a model added with \`tiegel remote add\`.`;
    throw new TiegelError('TGL_USAGE', { problem });
  }
  const { server, endpoints, model, contextLength, opensThinking } = remote.manifest;
  const environment = { ...context.environment, coins: false };
  const engine = startAskingEngine({ ...context, environment }, remote);
  return {
    name,
    digest: digestOfJson({ server, endpoints, model, contextLength, opensThinking }),
    engine,
    template: remoteTemplate(remote),
    serving: remoteServing(environment, remote),
    [Symbol.asyncDispose]: () => engine[Symbol.asyncDispose](),
  };
}
