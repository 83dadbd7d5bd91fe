// The models on this machine and the way one of them comes to be served: find or import it, assess it where no valid
// record for this machine's tuple exists, admit it, start an engine for it.
import { existsSync, statSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { type Assessment, type AssessProgress, assess, type Battery, quickBattery } from '../assess/index.ts';
import type { AdmittedVariant, Catalog, ServingConfiguration, Variant } from '../catalog/index.ts';
import { createLlamaEngine, type Engine, llamaRuntimeBuild } from '../engine/index.ts';
import type { CommandContext } from './command.ts';

/** The reasoner that comes with Tiegel. */
export const shippedModel: { readonly name: string; readonly path: string } = {
  name: 'tiegel-nano',
  path: resolve(import.meta.dirname, '..', '..', 'models', 'tiegel-nano', 'tiegel-nano.q8_0.gguf'),
};

/** Sequences that one engine runs at the same time. */
const slots = 4;

/** What a request gets that names nothing else: greedy, because the taught models reason by calculating. */
export async function servingConfiguration(): Promise<ServingConfiguration> {
  return {
    runtimeBuild: await llamaRuntimeBuild(),
    sampling: { temperature: 0, topP: 1, maxTokens: 256 },
    thinkingBudget: null,
    systemPrompt: null,
    guardChain: [],
  };
}

/**
 * The variant that an argument means: a name in the catalog, a GGUF file, or a run directory of `tiegel teach`; without
 * one, the shipped model. Files are imported, which puts them into quarantine.
 *
 * @throws TGL_MODEL_UNKNOWN, TGL_MODEL_NAME_INVALID and what reading the file throws
 */
export async function findModel(catalog: Catalog, argument: string | undefined): Promise<Variant> {
  if (argument === undefined || argument === shippedModel.name) {
    return catalog.importFile(shippedModel.path, { name: shippedModel.name, source: 'shipped with Tiegel' });
  }
  if (!existsSync(argument)) return catalog.find(argument);
  const path = statSync(argument).isDirectory() ? join(argument, 'model.q8_0.gguf') : argument;
  const name = nameOf(statSync(argument).isDirectory() ? basename(resolve(argument)) : basename(argument));
  return catalog.importFile(path, { name, source: resolve(path) });
}

/** A model name made from a file name: lower case, without the ending, other characters as dashes. */
function nameOf(fileName: string): string {
  const stem = fileName.toLowerCase().replace(/\.gguf$/, '');
  return stem
    .replaceAll(/[^a-z0-9._-]+/g, '-')
    .replace(/^[^a-z0-9]+/, '')
    .slice(0, 64);
}

export type Readiness =
  | { readonly ready: true; readonly admitted: AdmittedVariant }
  | { readonly ready: false; readonly assessment: Assessment };

/** Admits a variant, assessing it first where that is due. */
export async function admitModel(
  context: CommandContext,
  catalog: Catalog,
  variant: Variant,
  serving: ServingConfiguration,
): Promise<Readiness> {
  const { terminal } = context;
  const known = await catalog.admit(variant, serving);
  if (known.admitted) return { ready: true, admitted: known.variant };
  terminal.note(`${variant.name} is not admitted yet: ${known.reason}. Assessing it now.`);
  const assessment = await assessModel(context, catalog, variant, serving, quickBattery);
  if (assessment.verdict !== 'pass') return { ready: false, assessment };
  const admission = await catalog.admit(variant, serving);
  if (!admission.admitted) throw new Error(`a model that just passed was not admitted: ${admission.reason}`);
  return { ready: true, admitted: admission.variant };
}

/** Runs a battery on a variant, with progress on the terminal. */
export async function assessModel(
  context: CommandContext,
  catalog: Catalog,
  variant: Variant,
  serving: ServingConfiguration,
  battery: Battery,
): Promise<Assessment> {
  const { terminal, clock, signal } = context;
  const assessment = await assess({
    catalog,
    variant,
    serving,
    battery,
    clock,
    signal,
    startEngine: (weightsPath) => startEngine(variant.name, weightsPath),
    onProgress: (progress) => terminal.progress(progressLine(progress)),
  });
  terminal.clearProgress();
  return assessment;
}

/** Starts the runtime on a verified file. @throws TGL_ENGINE_START_FAILED */
export function startEngine(model: string, weightsPath: string): Promise<Engine> {
  return createLlamaEngine({ model, modelPath: weightsPath, slots });
}

function progressLine({ probe, done, total }: AssessProgress): string {
  return `Assessing: ${probe} ${done} of ${total}`;
}
