// The models on this machine and the way one of them comes to be served: find or import it, assess it where no valid
// record for this machine's tuple exists, admit it, start an engine for it.
import { existsSync, readFileSync, statSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { type Assessment, type AssessOptions, assess, type Battery, quickBattery } from '../assess/index.ts';
import { TiegelError } from '../base/index.ts';
import {
  type AdmittedVariant,
  type Catalog,
  nameOf,
  nameOfReference,
  type ServingConfiguration,
  type Variant,
} from '../catalog/index.ts';
import type { Engine } from '../engine/index.ts';
import type { ContentFilter } from '../reasoning/index.ts';
import type { HostContext } from './context.ts';
import type { Environment } from './environment.ts';
import { fitUntriedEngine, localRuntimeBuild } from './fitted-engine.ts';
import { withMeasuredLayout } from './measure-layout.ts';
import { inServedAttention, servedAttention } from './model-layout.ts';
import { assessWhereDue, type Readiness, showTrials } from './readiness.ts';
import { servingOn } from './serving.ts';

const models = resolve(import.meta.dirname, '..', '..', 'models');

/** The reasoner that comes with Tiegel. */
export const shippedModel: { readonly name: string; readonly path: string; readonly card: string } = {
  name: 'tiegel-nano',
  path: join(models, 'tiegel-nano', 'tiegel-nano.q8_0.gguf'),
  card: join(models, 'tiegel-nano', 'README.md'),
};

/** What a request gets that names nothing else: what the publisher recommends. */
export async function servingConfiguration(
  environment: Environment,
  variant: Variant,
  filters: readonly ContentFilter[] = [],
): Promise<ServingConfiguration> {
  const runtimeBuild = await localRuntimeBuild(environment);
  const { region, watermark, coins } = environment;
  const attention = servedAttention(environment, variant, runtimeBuild);
  return servingOn({ runtimeBuild, region, watermark, coins, ...attention }, variant, filters);
}

/**
 * The variant that an argument means: a name in the catalog, a known name that was pulled, a GGUF file, or a run
 * directory of `tiegel teach`; without one, the shipped model. Files are imported, which puts them into quarantine.
 *
 * @param draft in the same way, the model that proposes tokens to it
 * @throws TGL_MODEL_UNKNOWN, TGL_MODEL_NAME_INVALID, TGL_DRAFT_UNSUITABLE and what reading the files throws
 */
export async function findModel(
  catalog: Catalog,
  argument: string | undefined,
  draft?: string,
): Promise<Variant> {
  if (draft !== undefined)
    return await catalog.variants.withDraft(
      await findModel(catalog, argument),
      await findModel(catalog, draft),
    );
  if (argument === undefined || argument === shippedModel.name) {
    const { name, path, card } = shippedModel;
    return catalog.variants.importFile(path, {
      name,
      source: 'shipped with Tiegel',
      card: readFileSync(card, 'utf8'),
    });
  }
  if (!existsSync(argument)) return catalog.variants.find(nameOfReference(argument) ?? argument);
  const path = statSync(argument).isDirectory() ? join(argument, 'model.q8_0.gguf') : argument;
  const name = nameOf(statSync(argument).isDirectory() ? basename(resolve(argument)) : basename(argument));
  return catalog.variants.importFile(path, { name, source: resolve(path) });
}

/** Admits a variant, assessing it first where that is due. */
export async function admitModel(
  context: HostContext,
  catalog: Catalog,
  variant: Variant,
  serving: ServingConfiguration,
  filters: readonly ContentFilter[] = [],
): Promise<Readiness<AdmittedVariant>> {
  const readiness = await assessWhereDue(context, variant.name, {
    officer: catalog.officer,
    // An assessment may have measured a layout in which attention is another one.
    admit: () => catalog.admissions.admit(variant, inServedAttention(context.environment, variant, serving)),
    assess: () => assessModel(context, catalog, variant, serving, quickBattery, { filters }),
  });
  return readiness.ready ? { ready: true, admitted: readiness.admitted.variant } : readiness;
}

/**
 * Runs a battery on a variant, in the layout that is measured before where that is due, and tells of its progress.
 *
 * @throws TGL_MODEL_TOO_LARGE before anything is loaded
 */
export async function assessModel(
  context: HostContext,
  catalog: Catalog,
  variant: Variant,
  serving: ServingConfiguration,
  battery: Battery,
  options: Pick<AssessOptions, 'allowedTemplate' | 'filters' | 'trials'> = {},
): Promise<Assessment> {
  const { environment, clock, signal, onProgress } = context;
  const measured = await withMeasuredLayout(context, catalog, {
    ...{ variant, serving, allowedTemplate: options.allowedTemplate },
    resumed: options.trials?.resume === true,
  });
  const startEngine = await engineForReview(environment, catalog, variant);
  const assessment = await assess({
    catalog,
    variant,
    serving: measured,
    battery,
    clock,
    signal,
    startEngine,
    ...options,
    onProgress: showTrials(context),
  });
  onProgress(null);
  return assessment;
}

/** A model as it would be assessed, for making trials again. */
export async function assessmentTarget(
  context: HostContext,
  catalog: Catalog,
  model: string,
  { filters, draft }: { readonly filters: readonly ContentFilter[]; readonly draft: string | undefined },
): Promise<Pick<AssessOptions, 'variant' | 'serving' | 'startEngine'>> {
  const variant = await findModel(catalog, model, draft);
  const serving = await servingConfiguration(context.environment, variant, filters);
  return { variant, serving, startEngine: await engineForReview(context.environment, catalog, variant) };
}

/** A file that cannot be read is for the review to judge; what this machine or its engine cannot hold is refused at once. */
export async function engineForReview(
  environment: Environment,
  catalog: Catalog,
  variant: Variant,
): Promise<() => Promise<Engine>> {
  try {
    return await fitUntriedEngine(environment, variant, await catalog.variants.filesOf(variant));
  } catch (cause) {
    if (!TiegelError.isInstance(cause) || refusedAtOnce.includes(cause.code)) throw cause;
    return () => Promise.reject(cause);
  }
}

const refusedAtOnce: readonly string[] = ['TGL_MODEL_TOO_LARGE', 'TGL_CAPABILITY_MISSING'];
