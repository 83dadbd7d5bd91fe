// The models a running server offers: the one it was started for, and every other model of the catalog, here or on a
// server, that is admitted. The rest are known by name, so that a client is told why it does not get them.
import { TiegelError } from '../base/index.ts';
import {
  type AdmittedRemote,
  type AdmittedVariant,
  type Catalog,
  placesOf,
  type RemoteModel,
} from '../catalog/index.ts';
import { createEnginePool, createPooledEngine, type EnginePool } from '../engine/index.ts';
import type { ModelDirectory, ServedModel } from '../gateway/index.ts';
import type { ContentFilter } from '../reasoning/index.ts';
import type { HostContext } from './context.ts';
import { exposedEngine } from './exposed-engine.ts';
import { type EnginePlan, planAdmitted } from './fitted-engine.ts';
import { servingConfiguration } from './local-models.ts';
import { recogniseRemote, remoteTemplate, startRemoteEngine } from './remote-models.ts';
import { type RevocationWatch, watchRevocations } from './watch-revocations.ts';

type Entry = ServedModel | { readonly notAdmitted: string };

export type ServedModels = ModelDirectory & AsyncDisposable;

/**
 * Looks at every model once; one that is admitted later is served from the next start on. The model it was started for
 * is loaded at once, every other one with its first request; they are unloaded when nobody has asked for a while, or
 * when another one needs their room.
 *
 * @throws TGL_MODEL_TOO_LARGE, TGL_ENGINE_START_FAILED
 */
export async function openServedModels(
  context: HostContext,
  catalog: Catalog,
  first: AdmittedVariant | AdmittedRemote,
  filters: readonly ContentFilter[] = [],
): Promise<ServedModels> {
  await using started = new AsyncDisposableStack();
  const revocations = started.use(watchRevocations(catalog.admissions));
  const entries = new Map<string, Entry>();
  const planned: { readonly admitted: AdmittedVariant; readonly plan: EnginePlan }[] = [];
  for (const variant of catalog.variants.list().variants) {
    const isFirst = 'variant' in first && variant.name === first.name;
    const admission = isFirst
      ? { admitted: true as const, variant: first }
      : await catalog.admissions.admit(
          variant,
          await servingConfiguration(context.environment, variant, filters),
        );
    if (!admission.admitted) {
      entries.set(variant.name, { notAdmitted: admission.reason });
      continue;
    }
    try {
      const admitted = admission.variant;
      planned.push({
        admitted,
        plan: await planAdmitted(context.environment, admitted),
      });
    } catch (cause) {
      // A model that does not fit keeps nobody from serving the others.
      if (isFirst || !TiegelError.isInstance(cause)) throw cause;
      entries.set(variant.name, { notAdmitted: `it cannot be served here: ${cause.message}` });
    }
  }
  const pool = createEnginePool<EnginePlan>({
    key: ({ name }) => name,
    start: (plan) => plan.start(),
    bytes: ({ bytes }) => bytes,
    capacityBytes: Math.max(0, ...planned.map(({ plan }) => plan.budget)),
    clock: context.clock,
  });
  started.use(pool);
  for (const { admitted, plan } of planned) {
    if (plan.name === first.name) await load(context, pool, plan);
    entries.set(plan.name, started.use(serve(context, pool, { admitted, plan, filters, revocations })));
  }
  for (const remote of catalog.remotes.list().models) {
    const admitted = 'remote' in first && remote.name === first.name ? first : undefined;
    const entry = await serveRemote(context, catalog, remote, { known: admitted, filters, revocations });
    if ('engine' in entry) started.use(entry.engine);
    entries.set(remote.name, entry);
  }
  const engines = started.move();
  return {
    list: () =>
      [...entries].flatMap(([name, entry]) =>
        'notAdmitted' in entry || entry.withdrawn?.aborted ? [] : [{ name, created: entry.created }],
      ),
    resolve: (name) => entries.get(name),
    [Symbol.asyncDispose]: () => engines.disposeAsync(),
  };
}

/** Loads the model that the server is started for, and says so: a large one takes minutes. */
async function load(
  { onProgress }: HostContext,
  pool: EnginePool<EnginePlan>,
  plan: EnginePlan,
): Promise<void> {
  onProgress({ doing: `Loading ${plan.name}` });
  try {
    (await pool.lease(plan))[Symbol.dispose]();
  } finally {
    onProgress(null);
  }
}

type Served = {
  readonly admitted: AdmittedVariant;
  readonly plan: EnginePlan;
  readonly filters: readonly ContentFilter[];
  readonly revocations: RevocationWatch;
};

function serve(
  { environment }: HostContext,
  pool: EnginePool<EnginePlan>,
  { admitted, plan, filters, revocations }: Served,
): ServedModel & AsyncDisposable {
  const { variant, template } = admitted;
  const engine = exposedEngine(environment, createPooledEngine({ pool, model: plan, ...plan }));
  return {
    admitted,
    engine,
    places: placesOf(admitted.record.subject),
    template,
    filters,
    created: Date.parse(variant.manifest.created),
    loadedUntil: () => pool.loaded().find(({ key }) => key === plan.name)?.until,
    withdrawn: revocations.watch(variant.name, admitted.record.subject),
    [Symbol.asyncDispose]: () => engine[Symbol.asyncDispose](),
  };
}

/** A server that is away at this moment keeps nobody from serving the other models. */
async function serveRemote(
  context: HostContext,
  catalog: Catalog,
  remote: RemoteModel,
  {
    known,
    filters,
    revocations,
  }: Pick<Served, 'filters' | 'revocations'> & { readonly known: AdmittedRemote | undefined },
): Promise<Entry> {
  try {
    const admission =
      known === undefined
        ? await recogniseRemote(context, catalog, remote, filters)
        : { admitted: true as const, remote: known };
    if (!admission.admitted) return { notAdmitted: admission.reason };
    const { record } = admission.remote;
    return {
      admitted: admission.remote,
      engine: startRemoteEngine(context, remote),
      places: placesOf(record.subject),
      template: remoteTemplate(remote),
      filters,
      created: Date.parse(remote.manifest.created),
      withdrawn: revocations.watch(remote.name, record.subject),
    };
  } catch (cause) {
    if (!TiegelError.isInstance(cause)) throw cause;
    return { notAdmitted: `it could not be recognised: ${cause.message}` };
  }
}
