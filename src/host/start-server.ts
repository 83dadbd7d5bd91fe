// The start of a server, whoever asks for it: one model is brought to admission, every admitted model of the catalog is put
// into service, the ports of the gateway are filled, and it listens.
import { type Assessment, type Battery, outdatedSince } from '../assess/index.ts';
import { reasonOf, systemEntropy } from '../base/index.ts';
import {
  type AdmissionRecord,
  admittedBy,
  byWhoseWord,
  type Catalog,
  openCatalog,
  type Variant,
} from '../catalog/index.ts';
import {
  createGateway,
  createMetrics,
  type ListenOptions,
  type ModelDirectory,
  requireUsableAddress,
} from '../gateway/index.ts';
import { permittedPlaces } from '../governance/index.ts';
import type { ContentFilter } from '../reasoning/index.ts';
import { administrationOf } from './administration/administration.ts';
import { dataPoliciesOf } from './administration/data-policies.ts';
import { type AssessmentReader, openAssessmentReader } from './assessments/read-assessments.ts';
import { openCheckers } from './checkers.ts';
import { consoleFiles } from './console-files.ts';
import type { HostContext } from './context.ts';
import { openEffortPolicies } from './effort-policies.ts';
import { environmentOfJobs } from './environment.ts';
import { exportMetrics } from './export-metrics.ts';
import { modelFetcher } from './fetch-model.ts';
import { type Governance, govern } from './govern.ts';
import { guardAdministrationOf } from './guard/administer-guard.ts';
import { caseWebhookOf } from './guard/case-webhook.ts';
import { type Guard, type GuardContext, startGuard } from './guard/start-guard.ts';
import { openIdempotencyKeys } from './idempotency.ts';
import { openJobs, type ServerJobs } from './jobs/jobs.ts';
import { jobStarter } from './jobs/start-child.ts';
import { servingConfiguration } from './local-models.ts';
import { openMeter } from './meter/meter.ts';
import { lostAndLateReader, usageReader } from './metering/read-usage.ts';
import { startMetering } from './metering/start-metering.ts';
import { type HostStore, openHostStore, pepperOf } from './open-store.ts';
import { placedModels } from './placed-models.ts';
import { prepareModel } from './prepare-model.ts';
import { catalogReader } from './read-catalog.ts';
import { watchServed } from './recognition/watch-served.ts';
import { announceServer } from './running-servers.ts';
import { lookAfterStore, serveKeys } from './serve-keys.ts';
import { openServedModels } from './served-models.ts';
import { createServerLogger } from './server-logger.ts';
import { openSignIn } from './sign-in.ts';
import { signInUrl } from './sign-in-url.ts';

export type ServerOptions = ListenOptions & {
  /** Content filters before every model, in their order. @default none */
  readonly filters?: readonly ContentFilter[];
  /** A model that proposes tokens to the one the server is started for. */
  readonly draft?: string | undefined;
  /** Files of calibrations whose strategies requests with an effort get. @default none */
  readonly effortPolicies?: readonly string[];
  /** Origins whose pages may use the server, beside those of the environment. @default none */
  readonly allowedOrigins?: readonly string[];
  /** `/metrics` needs no key. @default false */
  readonly openMetrics?: boolean;
};

export type RunningServer = AsyncDisposable & {
  readonly url: string;
  /** Of the model that it was started for. */
  readonly model: string;
  /** By which policy or battery that model is admitted, and by whose word that is enough. */
  readonly admission: string;
  /** The operator's key where it was made at this start; it is kept nowhere in plain text. */
  readonly freshKey: string | undefined;
  /** Signs in whoever owns the organisation, once and within ten minutes; undefined where no person does. */
  readonly signInUrl: string | undefined;
  /** Refuses new requests, lets running ones end for so long, and closes. */
  readonly drain: (deadlineMs: number) => Promise<void>;
};

export type StartedServer =
  | { readonly started: true; readonly server: RunningServer }
  /** The model did not pass; nothing listens. */
  | {
      readonly started: false;
      readonly model: string;
      readonly battery: Battery;
      readonly assessment: Assessment;
    };

/**
 * Starts a server for a model; without a name, for the shipped one. The address is checked before anything is assessed or
 * loaded. Disposing of the server ends everything at once.
 *
 * @throws TGL_ADDRESS_FORBIDDEN, TGL_ADDRESS_IN_USE, what bringing the model to admission and loading it throws, and the
 *   reason of the context's signal
 */
export async function startServer(
  context: HostContext,
  model: string | undefined,
  options: ServerOptions,
): Promise<StartedServer> {
  const { environment, clock } = context;
  const { filters = [], draft, effortPolicies = [], ...listening } = options;
  const { allowedOrigins = [], openMetrics = false, ...address } = listening;
  const catalog = openCatalog({ home: environment.home, clock, outdated: outdatedSince });
  await requireUsableAddress(address, { givenByOperator: environment.key !== undefined });
  await using opened = new AsyncDisposableStack();
  const store = opened.use(await openHostStore(context));
  const keys = opened.use(await serveKeys(context, store));
  const { name, battery, readiness } = await prepareModel(context, catalog, model, { filters, draft });
  if (!readiness.ready) return { started: false, model: name, battery, assessment: readiness.assessment };

  const models = opened.use(await openServedModels(context, catalog, readiness.admitted, filters));
  const logger = createServerLogger({ level: environment.logLevel });
  opened.use(lookAfterStore(store, catalog, logger));
  const writer = `node_${Buffer.from(systemEntropy(8)).toString('hex')}`;
  const { maxSamples, reasoningField, unknownFields, watts } = environment;
  const metering = opened.use(await startMetering({ store: store.store, clock, logger, writer, watts }));
  const { check, settle, remaining, recordOwn } = metering;
  const guard = opened.use(await guardOf(context, { store, catalog, logger, node: writer }));
  const watched = { catalog, models, logger, store: store.store, recordOwn };
  const checking = opened.use(openCheckers(environment, logger));
  const efforts = await openEffortPolicies(effortPolicies, { catalog, models, maxSamples, logger });
  const governance = opened.use(await govern(context, store, logger));
  const { policies } = governance;
  const idempotency = opened.use(openIdempotencyKeys({ store: store.store, policies, logger }));
  const metrics = createMetrics();
  const { signIn } = opened.use(openSignIn(environment, store, keys));
  opened.use(exportMetrics(environment, { metrics, clock, logger }));
  const gateway = opened.use(
    createGateway({
      ...{ models, keys, clock, entropy: systemEntropy, logger, metrics },
      ...{ reasoningField, unknownFields, openMetrics },
      allowedOrigins: [...environment.allowedOrigins, ...allowedOrigins],
      ...{ checks: [check], settle, checkers: checking.checkers, limits: { maxSamples } },
      effortPolicies: efforts.policies,
      beginKeyed: idempotency.begin,
      ...{ readUsage: usageReader(store.store), readLostAndLate: lostAndLateReader(store.store) },
      meter: opened.use(openMeter({ ...{ store: store.store, clock }, ...{ catalog, models }, ...efforts })),
      ...{ readRemaining: remaining, readAssessments: opened.use(assessmentReaderOf(catalog)) },
      ...catalogPorts(context, catalog, models, filters),
      ...administrationPorts(context, { store, catalog, content: governance.content }),
      ...{ signIn, console: consoleFiles(), jobs: opened.use(jobsOf(context, store, logger, writer)) },
      ...{
        observers: [governance.observer, guard.observer, opened.use(watchServed(context, watched)).observer],
        gauges: () => [...guard.gauges(), ...efforts.gauges(), ...checking.gauges()],
      },
      permittedPlaces: permittedPlaces(policies),
    }),
  );
  const url = await gateway.listen({ ...address, hostNames: hostNames(environment, address) });
  opened.use(announceServer(environment.home, { url, models: models.list().map((served) => served.name) }));
  // Made last, so that no start that fails makes a key which nobody gets to see.
  const { freshKey, link } = await keys.firstStart();
  const running = opened.move();
  return {
    started: true,
    server: {
      ...{ url, model: name, freshKey },
      admission: admissionText(catalog, readiness.admitted.record),
      signInUrl: link && signInUrl(environment.origin ?? url, link.token),
      drain: gateway.drain,
      [Symbol.asyncDispose]: () => running.disposeAsync(),
    },
  };
}

function admissionText({ officer }: Catalog, record: AdmissionRecord): string {
  return `${admittedBy(record)}, ${byWhoseWord(officer.read())}`;
}

function catalogPorts(
  context: HostContext,
  catalog: Catalog,
  models: ModelDirectory,
  filters: readonly ContentFilter[],
) {
  const servingOf = (variant: Variant) => servingConfiguration(context.environment, variant, filters);
  return {
    readCatalog: catalogReader({ catalog, models, servingOf }),
    fetchModel: modelFetcher(context, catalog),
  };
}

function assessmentReaderOf({ home, attestations }: Catalog): AssessmentReader {
  return openAssessmentReader({ home, trusted: [attestations.publicKey] });
}

/** Names under which clients reach the server. */
function hostNames(
  { origin }: HostContext['environment'],
  { hostNames: given = [] }: ListenOptions,
): readonly string[] {
  return origin === undefined ? given : [...given, new URL(origin).hostname];
}

type Guarded = Pick<Administered, 'store' | 'catalog'> & Pick<GuardContext, 'logger' | 'node'>;

function guardOf(
  { environment, clock }: HostContext,
  { store, catalog, logger, node }: Guarded,
): Promise<Guard> {
  return startGuard({
    ...{ store: store.store, pepper: pepperOf(environment), attestations: catalog.attestations },
    ...{ clock, logger, node, setting: environment.guard },
    webhook: caseWebhookOf(environment, logger),
  });
}

function jobsOf(
  { environment }: HostContext,
  { store }: HostStore,
  logger: GuardContext['logger'],
  server: string,
): ServerJobs {
  return openJobs({
    ...{ store, server, startJob: jobStarter(environmentOfJobs(environment, process.env)) },
    onProblem: (error) => logger.error({ error: reasonOf(error) }, 'a job could not be told to the store'),
  });
}

type Administered = {
  readonly store: HostStore;
  readonly catalog: Catalog;
  readonly content: Governance['content'];
};

function administrationPorts({ environment, clock }: HostContext, { store, catalog, content }: Administered) {
  const administration = administrationOf(store);
  const models = () => placedModels(environment, catalog);
  const { refused } = administration;
  const { attestations } = catalog;
  const guard = guardAdministrationOf(store, { attestations, setting: environment.guard, clock, refused });
  return { administration, guard, dataPolicies: dataPoliciesOf(store, { content, models, refused }) };
}
