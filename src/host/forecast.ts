// What an assessment of a model would take, on this machine or on its server.
import {
  type AssessOptions,
  type ForecastOutcome,
  forecastAssessment,
  forecastRemoteAssessment,
  type PolicyBattery,
  type RemoteAssessOptions,
} from '../assess/index.ts';
import {
  type Catalog,
  filesDigest,
  measuredSpeed,
  type RemoteModel,
  type Variant,
} from '../catalog/index.ts';
import type { HostContext } from './context.ts';
import { engineForReview } from './local-models.ts';
import { remoteAssessmentTarget } from './remote-models.ts';

/** @throws TGL_MODEL_TOO_LARGE before anything is loaded, and what starting and asking the engine throws */
export async function forecastLocal(
  { environment, clock, signal, onProgress }: HostContext,
  catalog: Catalog,
  variant: Variant,
  options: Pick<AssessOptions, 'allowedTemplate' | 'filters' | 'serving' | 'trials'> & {
    readonly battery: PolicyBattery;
  },
): Promise<ForecastOutcome> {
  const startEngine = await engineForReview(environment, catalog, variant);
  onProgress({ doing: 'Measuring a few replies' });
  const { rates } = measuredSpeed(environment.home, filesDigest(variant), options.serving.runtimeBuild) ?? {};
  const outcome = await forecastAssessment({
    ...{ catalog, variant, clock, signal, startEngine, ...options },
    ...(rates !== undefined && { benched: rates }),
  });
  onProgress(null);
  return outcome;
}

export async function forecastRemote(
  context: HostContext,
  catalog: Catalog,
  remote: RemoteModel,
  options: Pick<RemoteAssessOptions, 'trials'> & {
    readonly battery: PolicyBattery;
    readonly filters: NonNullable<RemoteAssessOptions['filters']>;
  },
): Promise<ForecastOutcome> {
  const { clock, signal, onProgress } = context;
  onProgress({ doing: 'Measuring a few replies' });
  const target = remoteAssessmentTarget(context, remote, options.filters);
  const outcome = await forecastRemoteAssessment({ catalog, clock, signal, ...options, ...target });
  onProgress(null);
  return outcome;
}
