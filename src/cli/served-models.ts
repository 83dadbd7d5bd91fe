// The models a running server offers: the one it was started for, and every other variant of the catalog that is
// admitted. The rest are known by name, so that a client is told why it does not get them.
import type { AdmittedVariant, Catalog, ServingConfiguration } from '../catalog/index.ts';
import type { ModelDirectory, ServedModel } from '../gateway/index.ts';
import { startEngine } from './local-models.ts';

export type ServedModels = ModelDirectory & AsyncDisposable;

/**
 * Looks at every variant once and starts an engine for each that is admitted; a model that is admitted later is served
 * from the next start on.
 *
 * @throws TGL_ENGINE_START_FAILED
 */
export async function openServedModels(
  catalog: Catalog,
  serving: ServingConfiguration,
  first: AdmittedVariant,
): Promise<ServedModels> {
  await using started = new AsyncDisposableStack();
  const entries = new Map<string, ServedModel | { readonly notAdmitted: string }>();
  for (const variant of catalog.list().variants) {
    const admission =
      variant.name === first.variant.name
        ? { admitted: true as const, variant: first }
        : await catalog.admit(variant, serving);
    if (admission.admitted) {
      const model = await serve(admission.variant);
      started.use(model.engine);
      entries.set(variant.name, model);
    } else entries.set(variant.name, { notAdmitted: admission.reason });
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

async function serve(admitted: AdmittedVariant): Promise<ServedModel> {
  const { variant, serving, template, weightsPath } = admitted;
  return {
    admitted,
    engine: await startEngine(variant.name, weightsPath),
    template,
    defaults: { ...serving.sampling, thinkingBudget: serving.thinkingBudget },
    created: Date.parse(variant.manifest.created),
  };
}
