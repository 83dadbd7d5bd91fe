// The models a running server offers: the one it was started for, and every other model of the catalog, here or on a
// server, that is admitted. The rest are known by name, so that a client is told why it does not get them.
import { TiegelError } from '../base/index.ts';
import type { AdmittedRemote, AdmittedVariant, Catalog, RemoteModel } from '../catalog/index.ts';
import type { ModelDirectory, ServedModel } from '../gateway/index.ts';
import type { CommandContext } from './command.ts';
import { planEngine } from './fitted-engine.ts';
import { servingConfiguration } from './local-models.ts';
import { recogniseRemote, startRemoteEngine } from './remote-models.ts';

type Entry = ServedModel | { readonly notAdmitted: string };

export type ServedModels = ModelDirectory & AsyncDisposable;

/**
 * Looks at every variant once and starts an engine for each that is admitted; a model that is admitted later is served
 * from the next start on.
 *
 * @throws TGL_MODEL_TOO_LARGE, TGL_ENGINE_START_FAILED
 */
export async function openServedModels(
  context: CommandContext,
  catalog: Catalog,
  first: AdmittedVariant | AdmittedRemote,
): Promise<ServedModels> {
  await using started = new AsyncDisposableStack();
  const entries = new Map<string, Entry>();
  for (const variant of catalog.list().variants) {
    const admission =
      'variant' in first && variant.name === first.name
        ? { admitted: true as const, variant: first }
        : await catalog.admit(variant, await servingConfiguration(variant));
    if (admission.admitted) {
      const model = await serve(catalog.home, admission.variant);
      started.use(model.engine);
      entries.set(variant.name, model);
    } else entries.set(variant.name, { notAdmitted: admission.reason });
  }
  for (const remote of catalog.remotes.list().models) {
    const admitted = 'remote' in first && remote.name === first.name ? first : undefined;
    const entry = await serveRemote(context, catalog, remote, admitted);
    if ('engine' in entry) started.use(entry.engine);
    entries.set(remote.name, entry);
  }
  const engines = started.move();
  return {
    list: () =>
      [...entries].flatMap(([name, entry]) =>
        'notAdmitted' in entry ? [] : [{ name, created: entry.created }],
      ),
    resolve: (name) => entries.get(name),
    [Symbol.asyncDispose]: () => engines.disposeAsync(),
  };
}

async function serve(home: string, admitted: AdmittedVariant): Promise<ServedModel> {
  const { variant, serving, template, weightsPath } = admitted;
  const startEngine = await planEngine(home, variant, weightsPath);
  return {
    admitted,
    engine: await startEngine(),
    template,
    defaults: { ...serving.sampling, thinkingBudget: serving.thinkingBudget },
    created: Date.parse(variant.manifest.created),
  };
}

/** A server that is away at this moment keeps nobody from serving the other models. */
async function serveRemote(
  context: CommandContext,
  catalog: Catalog,
  remote: RemoteModel,
  known: AdmittedRemote | undefined,
): Promise<Entry> {
  try {
    const admission =
      known === undefined
        ? await recogniseRemote(context, catalog, remote)
        : { admitted: true as const, remote: known };
    if (!admission.admitted) return { notAdmitted: admission.reason };
    const { serving } = admission.remote;
    return {
      admitted: admission.remote,
      engine: startRemoteEngine(context, remote),
      template: null,
      defaults: { ...serving.sampling, thinkingBudget: serving.thinkingBudget },
      created: Date.parse(remote.manifest.created),
    };
  } catch (cause) {
    if (!TiegelError.isInstance(cause)) throw cause;
    return { notAdmitted: `it could not be recognised: ${cause.message}` };
  }
}
