// The layout of a model is measured when it is first loaded on a machine: before it is assessed, so that what is assessed is what is
// served, and behind the review of its file, which no native code reads before.
import { reviewFile } from '../assess/index.ts';
import { type Digest, TiegelError } from '../base/index.ts';
import {
  type Catalog,
  filesDigest,
  rememberLayout,
  type ServingConfiguration,
  type Variant,
} from '../catalog/index.ts';
import { describeLayout, type LayoutChoice } from '../engine/index.ts';
import type { HostContext } from './context.ts';
import { tryLayouts } from './fitted-engine.ts';
import { inServedAttention, layoutInForce, machineFingerprint } from './model-layout.ts';

/** Loading a larger one takes longer than its threads could win in a trial of seconds. */
const largestTried = 4e9;

/** What is to be assessed, and how. */
type Measurement = {
  readonly variant: Variant;
  readonly serving: ServingConfiguration;
  readonly allowedTemplate?: Digest | undefined;
  /** Whether an interrupted assessment goes on, which began in the layout that there was. */
  readonly resumed: boolean;
};

/**
 * The configuration in the layout that was measured, measuring it where that is due. What cannot be measured, on a busy machine or
 * because its file does not pass the review, runs in the usual one, and is tried again before the next assessment. A model that is
 * admitted keeps its attention.
 *
 * @throws TGL_DISK_FULL, the reason of `signal`
 */
export async function withMeasuredLayout(
  context: HostContext,
  catalog: Catalog,
  { variant, serving, allowedTemplate, resumed }: Measurement,
  tryThem: typeof tryLayouts = tryLayouts,
): Promise<ServingConfiguration> {
  const { environment, onNote, onProgress, signal } = context;
  const { runtimeBuild } = serving;
  const { record } = layoutInForce(environment, variant, runtimeBuild);
  const isLeftToUs = environment.llamaServer === undefined && environment.layout === 'measured' && !resumed;
  if (!isLeftToUs || record.state === 'measured' || variant.manifest.weights.bytes > largestTried)
    return serving;
  if (record.state === 'damaged')
    onNote(`In which layout ${variant.name} runs best is measured again: ${record.problem}.`);
  onProgress({ doing: 'Measuring in which layout it runs best' });
  const choice = await measured(context, catalog, { variant, serving, allowedTemplate }, tryThem);
  onProgress(null);
  signal.throwIfAborted();
  if (choice?.outcome === 'disturbed')
    onNote(
      `${variant.name} runs in its usual layout: others used the machine, so that none could be measured.`,
    );
  if (choice?.outcome !== 'measured') return serving;
  const { usual, chosen, compared } = choice;
  rememberLayout(environment.home, filesDigest(variant), {
    ...{ machine: machineFingerprint(), runtimeBuild, at: context.clock.now() },
    ...{ usual, chosen, compared },
  });
  onNote(
    `${variant.name} runs with ${describeLayout(chosen)}: the ${describeLayout(usual) === describeLayout(chosen) ? 'usual layout, which nothing beat' : 'fastest layout'} on this machine.`,
  );
  return inServedAttention(environment, variant, serving);
}

/** Undefined where the review or the trial fails: the assessment says why. */
async function measured(
  { environment, clock }: HostContext,
  catalog: Catalog,
  { variant, serving, allowedTemplate }: Omit<Measurement, 'resumed'>,
  tryThem: typeof tryLayouts,
): Promise<LayoutChoice | undefined> {
  try {
    const files = await catalog.variants.filesOf(variant);
    const { weightsPath, adapterPaths, draftPath } = files;
    const furtherPaths = draftPath === null ? adapterPaths : [...adapterPaths, draftPath];
    const runtime = { build: serving.runtimeBuild, now: clock.now() };
    const { verdict } = await reviewFile(weightsPath, () => {}, { allowedTemplate, runtime, furtherPaths });
    if (verdict !== 'pass') return undefined;
    const known = await catalog.admissions.unverifiedRecordOf(variant, serving);
    const isAdmitted = !('admitted' in known);
    return await tryThem(environment, variant, files, isAdmitted);
  } catch (cause) {
    if (TiegelError.isInstance(cause) && cause.code !== 'TGL_DISK_FULL') return undefined;
    throw cause;
  }
}
